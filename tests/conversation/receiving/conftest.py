"""The webhook by both of its ways: a thread a request (Flask's test client), and an event loop (a real server)."""

import http.client
import json
import socket
import threading
from dataclasses import dataclass

import pytest
import uvicorn

from motcua.conversation.models import WebhookEvent
from motcua.conversation.receiving import storing
from motcua.conversation.receiving.reception import Reception
from motcua.core.database import db, tenant_scope
from motcua.zalo import signature
from tests.conversation.conftest import poster
from tests.factories import APP_ID, WEBHOOK_SECRET
from tests.installation import wait_until


@dataclass
class Answer:
    status_code: int
    headers: dict
    data: bytes

    @property
    def json(self):
        return json.loads(self.data)


class LoopClient:
    """Posts as Flask's test client does, over a connection of its own each time."""

    def __init__(self, port: int, reception: Reception):
        self.port, self.reception = port, reception

    def post(self, path: str, *, data=b"", headers=None, content_type="application/json") -> Answer:
        return self.ask("POST", path, data, {"Content-Type": content_type, **(headers or {})})

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def ask(self, method: str, path: str, data=None, headers=None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            # Header values as the bytes that a stranger may send.
            sent = {name: value.encode("utf-8") for name, value in (headers or {}).items()}
            connection.request(method, path, data, sent)
            got = connection.getresponse()
            return Answer(got.status, dict(got.getheaders()), got.read())
        finally:
            connection.close()


@pytest.fixture(scope="session")
def reception(shared_app):
    """The reception served by uvicorn in a thread of this process."""
    served = Reception(shared_app)
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(served, log_config=None, access_log=False, lifespan="on", http="httptools")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    wait_until(lambda: server.started, "the reception answers")
    yield LoopClient(listening.getsockname()[1], served)
    server.should_exit = True
    thread.join(10)
    listening.close()


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """On a busy machine a commit may be slow: only a test of that gives up waiting for it."""
    monkeypatch.setattr(storing, "PATIENCE_S", 30.0)


@pytest.fixture(params=["threads", "loop"])
def way(app, request):
    """Gives a client for one thread."""
    if request.param == "threads":
        return app.test_client
    served = request.getfixturevalue("reception")
    return lambda: served


@pytest.fixture
def client(way):
    return way()


def sender(way):
    """`send(event, secret)` posts it signed; from any thread."""

    def send(event: dict, secret: str = WEBHOOK_SECRET):
        raw = json.dumps(event).encode()
        return way().post(
            "/webhooks/zalo", data=raw, headers={"X-ZEvent-Signature": mac_of(raw, event, secret)}
        )

    return send


def mac_of(raw: bytes, event: dict, secret: str = WEBHOOK_SECRET) -> str:
    return "mac=" + signature.sign(APP_ID, raw, event["timestamp"], secret)


def keys(slug: str) -> list[str]:
    """Of what is stored for the province."""
    db.session.rollback()
    with tenant_scope(slug):
        return sorted(db.session.scalars(db.select(WebhookEvent.event_key)))


@pytest.fixture
def post(client, province):
    """As `tests.conversation.conftest.post`, by both ways."""
    return poster(client)


def cut_connections() -> None:
    """Those over which webhooks were stored."""
    db.session.rollback()
    cut = db.session.scalars(
        db.text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE query LIKE '%store_webhook%' AND pid <> pg_backend_pid()"
        )
    ).all()
    assert cut, "no connection had stored anything"
    db.session.rollback()
