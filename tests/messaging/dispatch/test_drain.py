"""The drain as workers run it: by turns of the ring, two at once, stopped half-way, beside other jobs."""

import asyncio
import json
import threading
import time

import psycopg
import pytest

from motcua.core import fair_ring, queue
from motcua.core.database import db
from motcua.core.fair_ring import Settled
from motcua.messaging import jobs
from motcua.messaging.dispatch import claiming, serving
from motcua.messaging.models import Message
from motcua.messaging.pace import backlog, rates, turns
from tests.factories import make_citizen
from tests.messaging.conftest import state_of

SEND = "/openapi/v3.0/oa/message/cs"


@pytest.fixture(autouse=True)
def ready():
    serving.serve_only(list(queue.LANES))
    yield
    serving.serve_only(list(queue.LANES))


def waiting_jobs(lane: str) -> list[str]:
    return [job.func_name for job in queue.lane_queue(lane).jobs]


def sends(zalo) -> list[str]:
    """What reached Zalo, in its order."""
    requests = zalo.ask("GET", "/requests?limit=500&path=" + SEND)["requests"]
    return [json.loads(one["body"])["message"]["text"] for one in reversed(requests)]


def test_whatever_breaks_in_a_claim_what_was_on_the_wire_is_written_down(zalo, owed, monkeypatch):
    zalo.fault(SEND, "latency", latency_ms=500, count=1)
    message = owed("Một", zbs=False)
    claim, claims = claiming.Claimer.claim, []

    async def breaks(self, *args, **given):
        claims.append(1)
        if len(claims) > 1:
            await asyncio.sleep(0.2)
            raise ZeroDivisionError
        return await claim(self, *args, **given)

    monkeypatch.setattr(claiming.Claimer, "claim", breaks)
    with pytest.raises(ZeroDivisionError):
        jobs.deliver("binh-thuan", "urgent")

    assert state_of(message).state == "sent"


def in_a_thread(app, work, *args) -> threading.Thread:
    def run():
        with app.app_context():
            work(*args)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def states() -> dict[str, int]:
    db.session.rollback()
    return dict(db.session.execute(db.select(Message.state, db.func.count()).group_by(Message.state)).all())


def test_a_message_that_is_owed_asks_for_one_worker(zalo, owed):
    owed("Một", zbs=False)
    owed("Hai", zbs=False)

    assert waiting_jobs("urgent") == [turns.SERVE]


def test_a_worker_serves_the_ring_and_leaves_it_empty(zalo, owed):
    message = owed(zbs=False)

    assert jobs.serve("urgent") == 1

    assert state_of(message).state == "sent"
    assert fair_ring.take(queue.LANES, 1, 1) == []


def test_a_drain_for_broadcasts_sends_receipts_first(zalo, owed, lan):
    owed("Thông báo", zbs=False, lane="broadcast")
    owed("Biên nhận", zbs=False, to=make_citizen("7000000000000000001"))

    assert jobs.serve("broadcast") == 2

    order = db.session.scalars(db.select(Message.lane).order_by(Message.claimed_at)).all()
    assert order == ["urgent", "broadcast"]


def test_a_worker_of_other_lanes_leaves_a_lane_alone(zalo, owed):
    message = owed(zbs=False, lane="broadcast")
    serving.serve_only(["urgent", "normal"])

    assert jobs.serve("broadcast") == 0
    assert state_of(message).state == "queued"


def test_a_drain_gives_way_to_other_work_of_a_higher_lane_and_comes_back(zalo, owed):
    message = owed(zbs=False, lane="broadcast")
    queue.wake("motcua.messaging.jobs.reconcile", "binh-thuan", lane="normal")
    queue.lane_queue("broadcast").empty()

    assert jobs.serve("broadcast") == 0

    assert state_of(message).state == "queued"
    assert waiting_jobs("broadcast") == [turns.SERVE]


def test_two_workers_at_once_send_each_message_once_and_in_the_order_of_its_citizen(app, zalo, owed, lan):
    people = [lan, *(make_citizen(f"7000000000000000{number:03d}") for number in range(3))]
    names = {one.id: str(at) for at, one in enumerate(people)}
    for number in range(10):
        for person in people:
            owed(f"{names[person.id]} {number}", zbs=False, to=person, key=f"{person.id}-{number}")
    zalo.fault(SEND, "latency", latency_ms=20)

    both = [in_a_thread(app, jobs.deliver, "binh-thuan", "urgent") for _ in range(2)]
    for one in both:
        one.join()
    jobs.deliver("binh-thuan", "urgent")

    arrived = sends(zalo)
    assert len(arrived) == len(set(arrived)) == 40
    for name in names.values():
        assert [text for text in arrived if text.startswith(name + " ")] == [f"{name} {n}" for n in range(10)]


def test_a_stopped_drain_hands_back_what_has_not_left_and_waits_for_what_has(app, zalo, owed, lan):
    owed("Đầu", zbs=False)
    for number in range(6):
        owed(f"Tin {number}", zbs=False)  # to the same citizen: one after the other
    zalo.fault(SEND, "latency", latency_ms=300)
    worker = in_a_thread(app, jobs.serve, "urgent")
    deadline = time.monotonic() + 10
    while not sends(zalo) and time.monotonic() < deadline:
        time.sleep(0.02)

    serving.stop()
    worker.join(10)

    assert not worker.is_alive()
    found = states()
    assert found.keys() <= {"sent", "queued"}
    assert found["sent"] == len(sends(zalo)) < 7
    left = db.session.scalars(db.select(Message.attempts).where(Message.state == "queued")).all()
    assert set(left) == {0}


def test_an_urgent_message_waits_behind_an_earlier_one_that_is_put_off_for_a_moment(zalo, owed, lan):
    zalo.fault(SEND, "error", code=-200, count=1)
    first = owed("Một", zbs=False)
    jobs.deliver("binh-thuan", "urgent")
    owed("Hai", zbs=False)

    jobs.deliver("binh-thuan", "urgent")

    assert state_of(first).state == "queued"
    assert states() == {"queued": 2}
    db.session.execute(db.update(Message).where(Message.id == first.id).values(next_attempt_at=db.func.now()))
    db.session.commit()
    jobs.deliver("binh-thuan", "urgent")
    assert sends(zalo)[-2:] == ["Một", "Hai"]


def test_a_message_behind_one_that_waits_for_long_goes_on(zalo, owed, lan):
    first = owed("Một", zbs=False)
    db.session.execute(
        db.update(Message)
        .where(Message.id == first.id)
        .values(next_attempt_at=db.text("now() + interval '1 day'"), failure="zalo_quota_exceeded")
    )
    db.session.commit()
    second = owed("Hai", zbs=False)

    jobs.deliver("binh-thuan", "urgent")

    assert state_of(second).state == "sent"


def test_what_was_claimed_in_a_transaction_whose_commit_was_lost_goes_back(zalo, owed, monkeypatch):
    message, mark, lost = owed(zbs=False), claiming.mark, []

    async def mark_and_lose(transaction, decisions):
        await mark(transaction, decisions)
        if decisions[0].claimed and not lost:
            lost.append(decisions)
            # It arrived, and the connection broke before we heard so.
            await transaction.run("COMMIT", {})
            await transaction.sync()
            raise psycopg.OperationalError("the connection is gone")

    monkeypatch.setattr(claiming, "mark", mark_and_lose)
    jobs.deliver("binh-thuan", "urgent")
    jobs.deliver("binh-thuan", "urgent")

    assert len(lost) == 1
    assert (state_of(message).state, state_of(message).attempts) == ("sent", 1)
    assert len(sends(zalo)) == 1


def test_what_waits_and_what_went_is_counted_per_province_and_lane(app, zalo, owed):
    owed(zbs=False)
    (waiting,) = backlog.backlogs()

    jobs.serve("urgent")

    assert (waiting.tenant_id, waiting.lane, waiting.waiting) == ("binh-thuan", "urgent", 1)
    assert rates.totals() == {("binh-thuan", "urgent", "sent"): 1}
    page = app.test_client().get("/metrics").get_data(as_text=True)
    assert 'motcua_messages_total{lane="urgent",outcome="sent",tenant="binh-thuan"} 1.0' in page


def test_what_comes_back_during_a_turn_of_one_tenant_is_looked_for_again():
    """A refused message is queued for its next channel while a look that could not see it yet is under way."""
    one = turns.OneTenant("binh-thuan", "urgent")
    (turn,) = one.next(1, 16)

    one.again("urgent", ["binh-thuan"])
    one.settle([Settled(turn, 0, leaves=True)])

    (later,) = one.next(1, 16)
    one.settle([Settled(later, 1, leaves=True)])
    assert one.next(1, 16) == []
