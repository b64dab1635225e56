"""How many requests are under way: the further Zalo is, the more."""

import asyncio
import time
from dataclasses import fields

import pytest

from motcua.core import scope
from motcua.core.database import db
from motcua.core.hot_connection import ENTER
from motcua.core.queue import LANES
from motcua.messaging import jobs
from motcua.messaging.dispatch import drain, sending, serving
from motcua.messaging.dispatch.claims import Claimed
from motcua.messaging.dispatch.drain import MOST_CLAIM
from motcua.messaging.dispatch.senders import JUDGED_BY, LEAST, MOST, Senders, suited_to
from motcua.messaging.outbox import owe
from motcua.zalo.messages import TextMessage
from tests.factories import make_citizen
from tests.installation import wait_until
from tests.messaging.dispatch.test_drain import SEND, in_a_thread, states


@pytest.mark.parametrize(
    ("request_s", "at_once"), [(0.0, LEAST), (0.005, LEAST), (0.05, 250), (0.3, MOST), (10.0, MOST)]
)
def test_as_many_are_sent_at_once_as_the_way_is_long(request_s, at_once):
    assert suited_to(request_s) == at_once


def owed(count: int) -> None:
    """To a citizen each."""
    for number in range(count):
        citizen = make_citizen(f"7000000000000000{number:03d}")
        owe(citizen, "dossier_accepted", dedupe_key=str(number), consultation=TextMessage(f"Tin {number}"))
    db.session.commit()


def test_a_drain_learns_from_the_first_answers_how_far_zalo_is(zalo):
    owed(4 * LEAST)
    zalo.fault(SEND, "latency", latency_ms=1_000)

    assert jobs.serve("urgent") == 4 * LEAST

    requests = zalo.ask("GET", "/requests?limit=500&path=" + SEND)["requests"]
    arrived = sorted(one["at_ms"] for one in requests)
    # Who comes within less than the latency is under way together.
    together = [sum(1 for other in arrived if at <= other < at + 900) for at in arrived]
    assert len(arrived) == 4 * LEAST
    assert together[0] == LEAST
    assert max(together) > LEAST + JUDGED_BY


def test_a_worker_holds_little_while_zalo_says_nothing(app, zalo):
    """Nobody else can send what it holds, and all of it is in doubt when it dies."""
    owed(500)
    zalo.fault(SEND, "latency", latency_ms=3_000)

    worker = in_a_thread(app, jobs.serve, "urgent")
    held, deadline = 0, time.monotonic() + 20.0
    while held < LEAST and time.monotonic() < deadline:
        held = states().get("sending", 0)
    until = time.monotonic() + 1.0
    while time.monotonic() < until:
        held = max(held, states().get("sending", 0))
        time.sleep(0.05)
    serving.stop()
    worker.join(20)
    serving.serve_only(list(LANES))

    assert LEAST <= held <= LEAST + MOST_CLAIM
    assert "sending" not in states()


def test_a_worker_sends_little_that_it_cannot_write_down(app, zalo, connect, monkeypatch):
    """Zalo answers, and the database does not take the answers: each of them is in doubt when the process dies."""
    monkeypatch.setattr(drain, "MOST_CLAIM", LEAST)
    monkeypatch.setattr(drain, "MOST_UNWRITTEN", LEAST)
    owed(500)
    zalo.fault(SEND, "latency", latency_ms=300)

    worker = in_a_thread(app, jobs.serve, "urgent")
    wait_until(lambda: states().get("sending", 0) >= LEAST, "a worker holds messages")
    with connect() as another:
        another.execute(ENTER, (scope.required(),))
        another.execute("SELECT FROM message WHERE state = 'sending' ORDER BY id LIMIT 1 FOR UPDATE")
        wait_until(lambda: is_at_rest(zalo), "it sends no more")
        held = states()["sending"]
        another.rollback()
    worker.join(20)

    # One claim more, and what was in reserve and on the wire when the last was written down.
    assert LEAST < held <= 4 * LEAST
    assert not states().keys() & {"queued", "sending", "uncertain"}
    assert asked(zalo) == 500


def asked(zalo) -> int:
    """How many requests came to the simulator."""
    return zalo.ask("GET", "/stats")["requests"]


def is_at_rest(zalo) -> bool:
    """Nothing more comes in."""
    before = asked(zalo)
    time.sleep(1.0)
    return before > 0 and asked(zalo) == before


def claimed(number: int) -> Claimed:
    """Nothing but whom it is for."""
    rest = dict.fromkeys(field.name for field in fields(Claimed))
    return Claimed(**rest | {"tenant_id": "binh-thuan", "id": number, "recipient": number})


def test_enough_stay_when_zalo_comes_nearer_and_all_have_their_answers_at_once(monkeypatch):
    async def come_nearer() -> int:
        answers = asyncio.Event()

        async def wait_for_answers(*_) -> int:
            await answers.wait()
            return 1

        monkeypatch.setattr(sending, "send_line", wait_for_answers)
        senders = Senders(None, lambda: False, list, list)
        for request_s, ends_with in ((0.3, MOST), (0.005, LEAST)):
            for _ in range(JUDGED_BY):
                senders._judge(request_s)
            senders.add("urgent", map(claimed, range(MOST)))
            assert senders._wanted == ends_with
            await asyncio.sleep(0)
        answers.set()
        for _ in range(5):
            await asyncio.sleep(0)
        stayed = sum(not one.done() for one in senders._tasks)
        await senders.end()
        return stayed

    assert asyncio.run(come_nearer()) == LEAST


def test_lines_that_are_handed_back_say_nothing_of_how_far_zalo_is(monkeypatch):
    async def hand_back() -> int:
        async def at_once(*_) -> int:
            return 0

        monkeypatch.setattr(sending, "send_line", at_once)
        senders = Senders(None, lambda: False, list, list)
        for _ in range(JUDGED_BY):
            senders._judge(0.3)
        senders.add("urgent", map(claimed, range(2 * MOST)))
        while senders.queued:
            await asyncio.sleep(0)
        await senders.end()
        return senders._wanted

    assert asyncio.run(hand_back()) == MOST


def test_whoever_waits_hears_once_that_messages_run_low(monkeypatch):
    queued_when_told = []

    async def work_off() -> None:
        async def at_once(*_) -> int:
            return 1

        monkeypatch.setattr(sending, "send_line", at_once)
        senders = Senders(None, lambda: False, list, run_low=lambda: queued_when_told.append(senders.queued))
        senders.reserve = MOST_CLAIM / 4
        for _ in range(2):
            senders.add("urgent", map(claimed, range(MOST_CLAIM)))
            while senders.queued:
                await asyncio.sleep(0)
        await senders.end()

    asyncio.run(work_off())
    assert queued_when_told == [MOST_CLAIM / 4 - 1] * 2
