"""From the frozen audience to the outbox: nobody twice, nobody left out, whatever dies in between."""

import contextvars
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from motcua.broadcasts import feeding, holding, jobs, progress, running, states, workflow
from motcua.broadcasts.models import Broadcast
from motcua.citizens import registry
from motcua.core import queue
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.messaging.models import Message

from .conftest import (
    WRITER,
    deliver,
    die_at_commit,
    draft,
    fresh,
    messages,
    move_on,
    people,
    person,
    recipients,
    scheduled,
    sweep,
    told,
)


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

    die_at_commit(dies_at, monkeypatch, one)
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
