"""From the frozen audience to the outbox: nobody twice, nobody left out, whatever dies in between."""

import contextvars
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import OperationalError

from motcua.broadcasts import feeding, freezing, holding, jobs, progress, running, states, workflow
from motcua.broadcasts.models import Broadcast
from motcua.citizens import registry
from motcua.core import queue
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.messaging.models import Message
from motcua.messaging.outbox import hurry
from motcua.messaging.sending import outcome_for
from motcua.messaging.sweep import sweep as sweep_messages
from tests.messaging.workers import claim, record

from .conftest import (
    APPROVER,
    WRITER,
    deliver,
    draft,
    emergency,
    fresh,
    messages,
    move_on,
    person,
    recipients,
    scheduled,
    sweep,
    told,
)


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(freezing, "CHUNK", 3)
    monkeypatch.setattr(feeding, "CHUNK", 2)


def people(how_many: int) -> list[int]:
    return [person().id for _ in range(how_many)]


def test_everybody_is_owed_one_message_in_the_broadcasts_lane(day, small_chunks):
    ids = people(7)
    one = scheduled(draft())

    move_on(one)

    assert told(one) == ids
    assert {message.lane for message in messages(one)} == {"broadcast"}
    assert {message.dedupe_key for message in messages(one)} == {f"broadcast/{one.id}/{id}" for id in ids}
    now_is = fresh(one)
    assert (now_is.state, now_is.total, now_is.fed) == (states.RUNNING, 7, 7)


def test_running_again_and_again_owes_nothing_more(day, small_chunks):
    ids = people(5)
    one = scheduled(draft())

    for _ in range(3):
        move_on(one)

    assert told(one) == ids


def test_nothing_happens_before_the_hour(day, clock):
    people(1)
    one = scheduled(draft(), now() + timedelta(hours=2))

    assert move_on(one) == 0
    assert sweep() == 0
    clock.shift(timedelta(hours=2))
    assert sweep() == 1
    move_on(one)

    assert len(told(one)) == 1


@pytest.mark.parametrize("dies_at", range(1, 9))
def test_it_goes_on_where_it_was_when_a_worker_dies_before_any_commit(
    day, small_chunks, monkeypatch, dies_at
):
    ids = people(7)
    one = scheduled(draft())
    commits, commit = [], db.session.commit

    def dying():
        commits.append(1)
        if len(commits) == dies_at:
            raise OperationalError("the worker is gone", None, Exception())
        commit()

    with monkeypatch.context() as patch:
        patch.setattr(db.session, "commit", dying)
        with pytest.raises(OperationalError):
            move_on(one)
    move_on(one)

    assert told(one) == ids
    now_is = fresh(one)
    assert (now_is.total, now_is.fed) == (7, 7)


def test_two_workers_at_once_do_the_work_of_one(day, app, small_chunks):
    ids = people(9)
    one = scheduled(draft())
    number, slug = one.id, one.tenant_id
    db.session.rollback()

    def work():
        with app.app_context():
            jobs.run(slug, number)

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(contextvars.copy_context().run, work) for _ in range(3)]:
            done.result()

    assert told(one) == ids
    assert fresh(one).fed == 9


def test_it_stays_close_ahead_of_delivery(day, small_chunks, monkeypatch):
    monkeypatch.setattr(feeding, "MOST_WAITING", 3)
    ids = people(9)
    one = scheduled(draft())

    move_on(one)
    first = len(told(one))
    deliver(one)
    move_on(one)

    assert first == 4  # two chunks of two: the second is begun while fewer than three wait
    assert len(told(one)) == 8
    for _ in range(2):
        deliver(one)
        move_on(one)
    assert told(one) == ids
    assert fresh(one).state == states.DONE


def test_it_is_done_when_nothing_waits_any_more(day):
    people(2)
    one = scheduled(draft())
    move_on(one)
    sweep()
    assert fresh(one).state == states.RUNNING

    deliver(one, "delivered")
    move_on(one)

    assert fresh(one).state == states.DONE
    assert [row.action for row in workflow.history(one)][-1] == "finish"


def test_an_empty_audience_is_done_at_once(day):
    one = scheduled(draft())

    move_on(one)

    now_is = fresh(one)
    assert (now_is.state, now_is.total) == (states.DONE, 0)


def test_a_stop_between_the_freezing_and_the_feeding_counts(day, monkeypatch):
    stays, stops, turns_off, leaves = (person() for _ in range(4))
    one = scheduled(draft())
    monkeypatch.setattr(feeding, "MOST_WAITING", 0)
    move_on(one)
    stays, stops, turns_off, leaves = (db.session.merge(who) for who in (stays, stops, turns_off, leaves))
    registry.withdraw(stops)
    registry.withdraw_purpose(turns_off, "broadcasts")
    leaves.last_interaction_at = now() - timedelta(hours=60)
    db.session.commit()
    monkeypatch.setattr(feeding, "MOST_WAITING", 5000)

    move_on(one)

    assert told(one) == [stays.id]
    assert recipients(one) == {
        stays.id: None,
        stops.id: "stopped",
        turns_off.id: "withdrawn",
        leaves.id: "out_of_window",
    }
    now_is = fresh(one)
    assert (now_is.fed, now_is.skipped) == (1, 3)


def test_who_asks_for_the_topic_while_it_runs_is_not_added(day, monkeypatch):
    people(1)
    one = scheduled(draft())
    monkeypatch.setattr(feeding, "MOST_WAITING", 0)
    move_on(one)
    people(1)
    monkeypatch.setattr(feeding, "MOST_WAITING", 5000)

    move_on(one)

    assert len(told(one)) == 1


def test_a_pause_holds_what_waits_and_a_resume_lets_it_go(day, small_chunks, monkeypatch):
    monkeypatch.setattr(feeding, "MOST_WAITING", 3)
    people(6)
    one = scheduled(draft())
    move_on(one)

    workflow.pause(one.id, APPROVER, "Sai ngày")
    db.session.commit()
    assert claim("broadcast", 10) == []
    assert move_on(one) == 0
    workflow.resume(one.id, APPROVER)
    db.session.commit()

    assert len(claim("broadcast", 10)) == 4


def test_a_long_pause_expires_nothing(day, clock):
    people(2)
    one = scheduled(draft())
    move_on(one)
    workflow.pause(one.id, WRITER)
    db.session.commit()

    clock.shift(timedelta(days=3))
    sweep_messages()
    workflow.resume(one.id, WRITER)
    db.session.commit()

    rows = messages(one)
    assert {row.state for row in rows} == {"queued"}
    assert all(now() < row.expires_at < now() + timedelta(days=1) for row in rows)


def test_what_delivery_puts_back_during_a_pause_is_held_again(day):
    people(2)
    one = scheduled(draft())
    move_on(one)
    claim("broadcast", 1)
    workflow.pause(one.id, WRITER)
    db.session.commit()
    db.session.execute(db.text("UPDATE message SET state = 'queued' WHERE state = 'sending'"))
    db.session.commit()

    sweep()

    assert claim("broadcast", 10) == []


def test_an_oa_connected_again_does_not_wake_a_paused_broadcast(day):
    people(1)
    one = scheduled(draft())
    move_on(one)
    db.session.execute(db.text("UPDATE message SET failure = 'zalo_needs_consent'"))
    db.session.commit()
    workflow.pause(one.id, WRITER)
    db.session.commit()

    assert hurry() == 0


def test_what_was_sent_stays_when_the_rest_is_cancelled(day, small_chunks, monkeypatch):
    monkeypatch.setattr(feeding, "MOST_WAITING", 3)
    people(6)
    one = scheduled(draft())
    move_on(one)
    first, *others = claim("broadcast", 1)

    workflow.cancel(one.id, APPROVER, "Nhầm")
    db.session.commit()
    record(
        outcome_for(first, "sent", zalo_message_id="z1", sent_at=now()),
        *(outcome_for(one, "queued", untried=True) for one in others),
    )
    sweep()

    found = {(row.state, row.failure) for row in messages(one)}
    assert found == {("sent", None), ("expired", "cancelled")}
    assert len(messages(one)) == 4


def test_a_message_that_comes_back_after_the_cancelling_is_closed_too(day):
    people(1)
    one = scheduled(draft())
    move_on(one)
    claim("broadcast", 1)
    workflow.cancel(one.id, WRITER)
    db.session.commit()
    db.session.execute(db.text("UPDATE message SET state = 'queued' WHERE state = 'sending'"))
    db.session.commit()

    sweep()

    assert [(row.state, row.failure) for row in messages(one)] == [("expired", "cancelled")]


def test_at_night_what_waits_is_kept_for_the_morning(day, clock, small_chunks, monkeypatch):
    monkeypatch.setattr(feeding, "MOST_WAITING", 3)
    people(6)
    one = scheduled(draft())
    move_on(one)

    clock.move_to(datetime(2026, 11, 26, 15, tzinfo=UTC))  # 22:00
    assert sweep() == 0
    assert claim("broadcast", 10) == []
    assert move_on(one) == 0
    clock.move_to(datetime(2026, 11, 27, 1, 1, tzinfo=UTC))  # 8:01
    sweep_messages()

    assert len(claim("broadcast", 10)) == 4
    assert sweep() == 1


def test_a_warning_leaves_at_night_in_its_own_lane(day, clock):
    people(2)
    clock.move_to(datetime(2026, 11, 26, 18, tzinfo=UTC))  # 1:00
    one = scheduled(workflow.write(emergency(), WRITER))

    move_on(one)
    sweep()

    assert len(claim("emergency", 10)) == 2


def test_whoever_left_the_oa_before_the_warning_reached_the_outbox_is_skipped(day, monkeypatch):
    stays, leaves = person(), person()
    one = scheduled(workflow.write(emergency(), WRITER))
    monkeypatch.setattr(feeding, "MOST_WAITING", 0)
    move_on(one)
    db.session.merge(leaves).is_follower = False
    db.session.commit()
    monkeypatch.setattr(feeding, "MOST_WAITING", 5000)

    move_on(one)

    assert recipients(one) == {stays.id: None, leaves.id: "withdrawn"}


def test_what_must_be_known_before_morning_leaves_at_night_too(day, clock):
    people(1)
    clock.move_to(datetime(2026, 11, 26, 18, tzinfo=UTC))  # 1:00
    one = scheduled(draft(at_night="1"))

    move_on(one)
    sweep()

    assert len(claim("broadcast", 10)) == 1


def test_the_approval_wakes_the_job_and_so_does_the_sweep_when_the_queue_forgot(day):
    people(1)
    one = scheduled(draft())
    waiting = queue.lane_queue("broadcast")
    assert [(job.func_name, tuple(job.args)) for job in waiting.jobs] == [(workflow.RUN, (day, one.id))]

    queue.connection().flushdb()
    assert sweep() == 1
    assert len(waiting.jobs) == 1


def test_a_broadcast_of_one_province_moves_nothing_of_the_other(app, two_provinces, clock):
    with tenant_scope("da-nang"):
        person()
        theirs = scheduled(draft()).id
    with tenant_scope("binh-thuan"):
        person()
        assert sweep() == 0
        assert running.run(theirs) == 0
        assert db.session.scalar(db.select(db.func.count()).select_from(Message)) == 0
    with tenant_scope("da-nang"):
        assert db.session.scalars(db.select(Broadcast.state)).one() == states.SCHEDULED


def test_progress_counts_each_person_once_and_says_how_fast(day, clock):
    people(10)
    one = scheduled(draft())
    move_on(one)
    progress.of(fresh(one))
    rows = messages(one)
    for row, state in zip(rows, ["sent", "delivered", "seen", "failed", "uncertain"], strict=False):
        row.state = state
    db.session.commit()
    clock.shift(timedelta(seconds=10))

    found = progress.of(fresh(one))

    assert (found.total, found.fed, found.waiting) == (10, 10, 5)
    assert (found.sent, found.delivered, found.seen, found.failed, found.uncertain) == (3, 2, 1, 1, 1)
    assert (found.handled, found.percent) == (5, 50)
    assert found.per_second == pytest.approx(0.5, rel=0.1)
    assert timedelta(seconds=5) < found.ends_at - now() < timedelta(seconds=20)


def test_a_held_message_can_be_looked_at(day):
    people(1)
    one = scheduled(draft())
    move_on(one)
    workflow.pause(one.id, WRITER)
    db.session.commit()

    assert messages(one)[0].next_attempt_at == holding.FOR_GOOD
