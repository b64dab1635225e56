"""The web process dies in the middle of a batch: what was answered is kept, what is sent again happens once."""

import contextlib
import http.client
import json
import threading
import time

import pytest

from motcua.core.database import db, tenant_scope
from motcua.dossiers.models import Dossier, DossierEvent
from motcua.messaging.models import Message
from tests.factories import dossier_body, event_body
from tests.installation import SLUG

pytestmark = pytest.mark.timeout(180)

DOSSIERS = 1500
CODE = "000.00.01.H11-241126-{:04d}"


def story() -> bytes:
    lines = [{"code": CODE.format(number), "dossier": dossier_body()} for number in range(DOSSIERS)]
    lines += [{"code": CODE.format(number), "event": event_body(9)} for number in range(DOSSIERS)]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def send(home, body: bytes, into: list, name: str | None) -> None:
    """Collects the answers that arrive, as long as they do."""
    headers = {"Authorization": f"Bearer {home.key}", "Content-Type": "application/x-ndjson"}
    headers |= {"Batch-Id": name} if name else {}
    connection = http.client.HTTPConnection("127.0.0.1", home.port, timeout=120)
    with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
        connection.request("POST", "/api/v1/dossiers:batch", body, headers)
        for line in connection.getresponse():
            into.append(json.loads(line))


def counts(home) -> tuple[int, ...]:
    with home.app.app_context(), tenant_scope(SLUG):
        return tuple(
            db.session.scalar(db.select(db.func.count()).select_from(one))
            for one in (Dossier, DossierEvent, Message)
        )


def known_codes(home) -> set[str]:
    with home.app.app_context(), tenant_scope(SLUG):
        return set(db.session.scalars(db.select(Dossier.code)))


@pytest.mark.parametrize("name", [None, "2024-11-26"], ids=["nameless", "with a Batch-Id"])
def test_nothing_that_was_answered_is_lost_and_nothing_sent_again_is_doubled(fresh, name):
    fresh.start("web")
    answered: list[dict] = []
    sender = threading.Thread(target=send, args=(fresh, story(), answered, name))
    sender.start()
    deadline = time.monotonic() + 60
    while len(answered) < 600 and time.monotonic() < deadline:
        time.sleep(0.01)
    fresh.kill("web")
    sender.join()

    assert 600 <= len(answered) < 2 * DOSSIERS
    assert {one["code"] for one in answered if one["line"] <= DOSSIERS} <= known_codes(fresh)

    fresh.start("web")
    again: list[dict] = []
    send(fresh, story(), again, name)

    assert len(again) == 2 * DOSSIERS
    assert {one["status"] for one in again} <= {200, 201}
    if name:
        assert again[: len(answered)] == answered
    assert counts(fresh) == (DOSSIERS, 2 * DOSSIERS, 2 * DOSSIERS)
