"""A broadcast that is held, let go on or cancelled while its messages wait."""

from datetime import timedelta

from motcua.broadcasts import feeding, workflow
from motcua.core.clock import now
from motcua.core.database import db
from motcua.messaging.dispatch.sending import outcome_for
from motcua.messaging.outbox import hurry
from motcua.messaging.pace.sweep import sweep as sweep_messages
from tests.messaging.workers import claim, record

from .conftest import (
    APPROVER,
    WRITER,
    draft,
    messages,
    move_on,
    people,
    scheduled,
    sweep,
)


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


def hand_back() -> None:
    """As delivery does with what it has claimed and cannot send."""
    db.session.execute(db.text("UPDATE message SET state = 'queued' WHERE state = 'sending'"))
    db.session.commit()


def test_what_delivery_puts_back_during_a_pause_is_held_again(day):
    people(2)
    one = scheduled(draft())
    move_on(one)
    claim("broadcast", 1)
    workflow.pause(one.id, WRITER)
    db.session.commit()
    hand_back()

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
    hand_back()

    sweep()

    assert [(row.state, row.failure) for row in messages(one)] == [("expired", "cancelled")]
