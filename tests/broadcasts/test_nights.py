"""What waits for the morning, and the warnings that do not."""

from datetime import UTC, datetime

from motcua.broadcasts import feeding, workflow
from motcua.core.database import db
from motcua.messaging.models import Message
from motcua.messaging.pace.sweep import sweep as sweep_messages
from tests.messaging.workers import claim

from .conftest import (
    WRITER,
    draft,
    emergency,
    move_on,
    people,
    person,
    recipients,
    scheduled,
    sweep,
)

EIGHT = datetime(2026, 11, 27, 1, tzinfo=UTC)  # in Vietnam, the morning after


def test_at_night_what_waits_is_kept_for_the_morning(day, clock, small_chunks, monkeypatch):
    monkeypatch.setattr(feeding, "MOST_WAITING", 3)
    people(6)
    one = scheduled(draft())
    move_on(one)

    clock.move_to(datetime(2026, 11, 26, 15, tzinfo=UTC))  # 22:00
    assert sweep() == 0
    # Not by claiming: the database would take its own clock, which may stand after that morning.
    assert set(db.session.scalars(db.select(Message.next_attempt_at))) == {EIGHT}
    db.session.rollback()
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
