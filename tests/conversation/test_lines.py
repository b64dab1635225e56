"""One citizen's events in their order, different citizens' at once, and nobody waits for another's trouble."""

import threading
import time
from datetime import timedelta

import pytest
import time_machine

from motcua.conversation import handling, inbox, jobs, shifts
from motcua.conversation.models import WebhookEvent
from motcua.core import counters, queue
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.messaging.models import Message
from tests.conversation.conftest import come_due, fill, know_the_tables, text_event
from tests.installation import wait_until

SLUG = "binh-thuan"
LAN, TUAN = "7000000000000000001", "7000000000000000002"


@pytest.fixture
def heard(monkeypatch):
    """What the answers were asked for, in that order; a text of "hỏng" breaks, "chậm" waits to be let go."""
    texts: list[str] = []
    let_go = threading.Event()

    def reply(citizen, key, text):
        if text == "hỏng":
            raise RuntimeError("a bug")
        if text == "chậm":
            assert let_go.wait(30)
        texts.append(text)

    monkeypatch.setattr(handling.answers, "reply", reply)
    reply.texts, reply.let_go = texts, let_go
    yield reply
    let_go.set()


def states() -> dict[str, int]:
    db.session.rollback()
    rows = db.session.execute(
        db.select(WebhookEvent.state, db.func.count()).group_by(WebhookEvent.state)
    ).all()
    return dict(map(tuple, rows))


def test_an_event_that_fails_holds_back_its_own_citizen_only(post, heard):
    for uid, text in ((LAN, "hỏng"), (LAN, "một"), (TUAN, "hai"), (TUAN, "ba")):
        post(text_event(text, uid=uid))

    assert jobs.read_inbox(SLUG) == 3

    assert heard.texts == ["hai", "ba"]
    assert states() == {"new": 2, "done": 2}


def test_but_not_for_ever(post, heard):
    post(text_event("hỏng"))
    post(text_event("một"))
    for _ in range(inbox.HOLDS_BACK_TRIES):
        assert heard.texts == []
        come_due()
        jobs.read_inbox(SLUG)

    assert heard.texts == ["một"]
    for _ in range(inbox.MOST_TRIES - inbox.HOLDS_BACK_TRIES):
        come_due()
        jobs.read_inbox(SLUG)
    assert states() == {"done": 1, "failed": 1}


def test_a_slow_answer_keeps_neither_other_citizens_nor_the_worker(post, heard, monkeypatch):
    monkeypatch.setattr(shifts, "GIVE_WAY_S", 0.3)
    monkeypatch.setattr(shifts, "TIME_SLICE_S", 60.0)
    post(text_event("chậm", uid=LAN))
    post(text_event("sau", uid=LAN))
    post(text_event("một", uid=TUAN))
    began = time.monotonic()

    jobs.read_inbox(SLUG)

    assert time.monotonic() - began < 25  # the slow one takes 30
    assert heard.texts == ["một"]
    queue.connection().flushdb()
    heard.let_go.set()
    wait_until(lambda: states() == {"done": 3} or queue.lane_queue("urgent").count, "somebody looks again")
    jobs.read_inbox(SLUG)
    assert heard.texts == ["một", "chậm", "sau"]


def test_a_shift_that_is_done_asks_for_no_other(post, heard):
    for at in range(20):
        post(text_event("một", uid=str(7_000_000_000_000_000_000 + at)))
    wait_until(lambda: counters.counts().get(("webhook", "stored")) == 20, "the readers are woken")
    queue.connection().flushdb()

    assert jobs.read_inbox(SLUG) == 20

    assert queue.lane_queue("urgent").count == 0


def test_two_workers_on_fifty_citizens_keep_every_line_and_do_nothing_twice(app, post, monkeypatch):
    done: dict[str, list[int]] = {}

    def reply(citizen, key, text):
        name, number = text.split()
        time.sleep(0.001)
        done.setdefault(name, []).append(int(number))

    monkeypatch.setattr(handling.answers, "reply", reply)
    for number in range(4):
        for citizen in range(50):
            post(text_event(f"{citizen} {number}", uid=str(7_000_000_000_000_000_000 + citizen)))

    def work():
        with app.app_context():
            while not idle.is_set():
                jobs.read_inbox(SLUG)

    idle = threading.Event()
    workers = [threading.Thread(target=work) for _ in range(2)]
    for one in workers:
        one.start()
    wait_until(lambda: states() == {"done": 200}, "all are dealt with", 90)
    idle.set()
    for one in workers:
        one.join()

    assert done == {str(citizen): [0, 1, 2, 3] for citizen in range(50)}


def test_a_reader_that_dies_leaves_the_line_as_it_was(app, post, heard):
    post(text_event("một"))
    post(text_event("hai"))
    first, second = db.session.scalars(db.select(WebhookEvent.id).order_by(WebhookEvent.id)).all()
    db.session.rollback()
    with app.app_context(), tenant_scope(SLUG):
        db.session.execute(db.text("SELECT id FROM webhook_event WHERE id = :id FOR UPDATE"), {"id": first})
        with app.app_context(), tenant_scope(SLUG):
            assert not inbox.deal_with(first, handling.handle)
            assert not inbox.deal_with(second, handling.handle)
        assert jobs.read_inbox(SLUG) == 0
        db.session.connection().invalidate()  # the connection is cut, as when the process is killed

    assert jobs.read_inbox(SLUG) == 2
    assert heard.texts == ["một", "hai"]


def test_a_citizen_with_a_long_line_is_one_step_of_the_walk(app, province, owner_engine):
    fill(lines=40, each=50)
    know_the_tables(owner_engine, "webhook_event")
    moments = {"tenant": SLUG, "now": now(), "never": now() + inbox.NEVER_SO_LATE} | {
        "most": 64,
        "since": "",
        "until": inbox.BEYOND,
    }
    moments |= {"newest_echo": 0, "echoes": list(inbox.ECHOES)}

    plan = "\n".join(db.session.scalars(db.text("EXPLAIN ANALYZE " + inbox.HEADS.text), moments))

    assert len(inbox.due(64)) == 40
    assert "ix_webhook_event_line" in plan
    assert "Seq Scan on webhook_event" not in plan


def test_a_clock_that_was_ahead_and_is_set_right_makes_nobody_wait(post, heard):
    with time_machine.travel(now() + timedelta(hours=3)):
        post(text_event("một"))
        post(text_event("x", event_name="user_seen_message"))

    assert inbox.has_due()
    assert jobs.read_inbox(SLUG) == 2
    assert heard.texts == ["một"]


def test_what_failed_while_the_clock_was_ahead_holds_nobodys_line_for_long(post, heard):
    post(text_event("một"))
    post(text_event("hai"))
    first = db.session.scalars(db.select(WebhookEvent).order_by(WebhookEvent.id).limit(1)).one()
    first.tries, first.next_try_at = 1, now() + timedelta(hours=3)
    db.session.commit()

    assert inbox.has_due()
    assert jobs.read_inbox(SLUG) == 2
    assert heard.texts == ["một", "hai"]


def test_no_answer_is_owed_twice_when_an_event_comes_again_later(post):
    event = text_event("trợ giúp")
    post(event)
    jobs.read_inbox(SLUG)
    assert post(event).json["result"] == "known"
    jobs.read_inbox(SLUG)

    db.session.rollback()
    assert db.session.scalar(db.select(db.func.count()).select_from(Message)) == 1
