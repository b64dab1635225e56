"""The application as a browser reaches it."""

import threading

import pytest
from werkzeug.serving import make_server

from tests.simulated import free_port


@pytest.fixture
def served(app, province):
    """The application on a port; `*.localhost` names resolve to it in a browser."""
    port = free_port()
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://binh-thuan.localhost:{port}"
    server.shutdown()
    thread.join()
    server.server_close()
