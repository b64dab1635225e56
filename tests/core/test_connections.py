"""Whoever waits for PostgreSQL or Redis notices within seconds that a cable is cut; `make bench` pulls one."""

import socket
import socketserver
import threading
from urllib.parse import urlsplit

import psycopg
import pytest

from motcua.conversation.receiving import writing
from motcua.core import background_loop, keepalive, queue, reporting
from motcua.core.database import db
from motcua.core.hot_connection import HotConnection

PATIENCE = {
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}


def of_the_session(url: str) -> dict[str, str]:
    return db.session.connection().connection.driver_connection.info.get_parameters()


def of_the_reports(url: str) -> dict[str, str]:
    with reporting.connection() as opened:
        return opened.connection.driver_connection.info.get_parameters()


def of_a_drain(url: str) -> dict[str, str]:
    hot = HotConnection(url)

    async def opened() -> dict[str, str]:
        async with hot.transaction():
            found = hot._connection.info.get_parameters()
        await hot.close()
        return found

    return background_loop.run(opened())


def of_the_webhooks(url: str) -> dict[str, str]:
    with psycopg.connect(url.replace("+psycopg", ""), **writing.CONNECTION) as opened:
        return opened.info.get_parameters()


@pytest.mark.parametrize("parameters", [of_the_session, of_the_reports, of_a_drain, of_the_webhooks])
def test_it_asks_whether_the_other_side_is_still_there(app, parameters):
    found = parameters(app.config["SETTINGS"].database_urls["app"])

    assert PATIENCE.items() <= found.items()


class Cable(socketserver.BaseRequestHandler):
    """By TCP to a server that listens on a Unix socket."""

    def handle(self) -> None:
        with socket.socket(socket.AF_UNIX) as far:
            far.connect(self.server.far)
            threading.Thread(target=pump, args=(far, self.request), daemon=True).start()
            pump(self.request, far)


def pump(one: socket.socket, other: socket.socket) -> None:
    try:
        while some := one.recv(4096):
            other.sendall(some)
    except OSError:  # the other way has ended
        return


@pytest.fixture
def redis_by_cable(app):
    url = app.config["SETTINGS"].redis_url
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Cable) as cable:
        cable.daemon_threads, cable.far = True, urlsplit(url).path
        threading.Thread(target=cable.serve_forever, daemon=True).start()
        queue.use(f"redis://127.0.0.1:{cable.server_address[1]}")
        yield queue.connection()
        queue.connection().connection_pool.disconnect()
        queue.use(url)
        cable.shutdown()


def test_redis_by_cable_is_asked_whether_it_is_still_there(redis_by_cable):
    assert redis_by_cable.ping()

    opened = redis_by_cable.connection_pool.get_connection()
    found = {name: opened._sock.getsockopt(socket.IPPROTO_TCP, name) for name in keepalive.SOCKET}
    assert found == keepalive.SOCKET
    assert opened._sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
