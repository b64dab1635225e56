"""Outcomes are written down whatever Redis does; it is told beside that, in order, and at the end for a while."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from motcua.core import queue
from motcua.core.database import db
from motcua.messaging import jobs
from motcua.messaging.dispatch import drain
from motcua.messaging.models import Message
from motcua.messaging.pace import rates

SEND = "/openapi/v3.0/oa/message/cs"
HANGS_MS = 30_000


@pytest.fixture
def redis_hangs(app) -> Iterator[Callable[[], None]]:
    """Call it, and whoever writes into Redis gets no answer until the test's end, or until it is told to go on."""
    yield lambda: queue.connection().client_pause(HANGS_MS, all=False)
    queue.connection().client_unpause()


@pytest.fixture
def delivering(app, slowly, redis_hangs) -> Iterator[threading.Thread]:
    def deliver():
        with app.app_context():
            jobs.deliver("binh-thuan", "urgent")

    thread = threading.Thread(target=deliver)
    thread.start()
    yield thread
    queue.connection().client_unpause()
    thread.join(20)
    wait_for(lambda: bool(rates.totals()))  # what hung is told now, and not in the next test


def wait_for(what: Callable[[], bool], within_s: float = 10.0) -> bool:
    until = time.monotonic() + within_s
    while not (is_so := what()) and time.monotonic() < until:
        time.sleep(0.02)
    return is_so


def sent() -> int:
    db.session.rollback()
    return db.session.scalar(db.select(db.func.count()).select_from(Message).where(Message.state == "sent"))


def have_arrived(zalo, number: int) -> bool:
    return len(zalo.ask("GET", "/requests?limit=500&path=" + SEND)["requests"]) >= number


@pytest.fixture
def slowly(zalo, owed):
    """Three messages to one citizen, half a second each: three times something is written and told."""
    for text in ("Một", "Hai", "Ba"):
        owed(text, zbs=False)
    zalo.fault(SEND, "latency", latency_ms=500)


def test_what_was_sent_is_written_down_while_redis_hangs(zalo, delivering, redis_hangs):
    assert wait_for(lambda: have_arrived(zalo, 1))

    redis_hangs()

    assert wait_for(lambda: sent() == 3)
    queue.connection().client_unpause()
    delivering.join(20)
    assert not delivering.is_alive()
    assert rates.totals() == {("binh-thuan", "urgent", "sent"): 3}


def test_a_drain_ends_although_redis_never_answers(zalo, monkeypatch, delivering, redis_hangs):
    monkeypatch.setattr(drain, "TOLD_WITHIN_S", 0.3)
    assert wait_for(lambda: have_arrived(zalo, 1))

    redis_hangs()

    delivering.join(10)
    assert not delivering.is_alive()
    assert sent() == 3
