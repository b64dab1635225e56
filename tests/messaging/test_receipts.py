"""Receipts come late, early, twice and in any order; what Zalo says arrived has arrived."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from motcua.core.database import db, tenant_scope
from motcua.messaging import receipts
from motcua.messaging.dispatch.sending import outcome_for
from motcua.messaging.models import STATES, Message
from motcua.messaging.receipts import Receipt
from tests.messaging.conftest import state_of
from tests.messaging.workers import claim, record

AT = datetime(2026, 11, 26, 8, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)


def note(*given: Receipt) -> list[bool]:
    found = receipts.note(given)
    db.session.commit()
    return found


def put(message: Message, **values) -> None:
    db.session.execute(db.update(Message).where(Message.id == message.id).values(**values))
    db.session.commit()


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_delivered_and_seen_in_any_order_and_twice_end_the_same(owed, order):
    message = owed()
    put(message, state="sent", zalo_message_id="z1")
    told = [Receipt(("z1",), AT), Receipt(("z1",), LATER, is_seen=True), Receipt(("z1",), LATER)]

    for one in order:
        note(told[one])

    row = state_of(message)
    assert (row.state, row.seen_at) == ("seen", LATER)
    assert row.delivered_at in (AT, LATER)


def test_a_receipt_before_the_sends_own_answer_counts_and_stays(owed):
    message = owed()
    (claimed,) = claim("urgent", 10)

    assert note(Receipt(("z1",), AT, message.tracking_id)) == [True]
    record(outcome_for(claimed, "sent", zalo_message_id="z1", sent_at=LATER))

    row = state_of(message)
    assert (row.state, row.zalo_message_id, row.lease_until) == ("delivered", "z1", None)


@pytest.mark.parametrize("state", STATES)
def test_what_arrived_is_not_sent_again_whatever_we_believed(owed, state):
    message = owed()
    put(message, state=state)

    assert note(Receipt(("z1",), AT, message.tracking_id)) == [True]

    assert state_of(message).state == ("seen" if state == "seen" else "delivered")
    assert claim("urgent", 10) == []


def test_many_at_once_are_told_apart(owed):
    messages = [owed(key=str(at)) for at in range(5)]
    for at, one in enumerate(messages):
        put(one, state="sent", zalo_message_id=f"z{at}")

    found = note(
        Receipt(("z0",), AT),
        Receipt(("unknown",), AT),
        Receipt(("unknown", "z3", "z4"), AT, is_seen=True),
        Receipt((), AT),
        Receipt(("z0",), LATER, is_seen=True),
    )

    assert found == [True, False, True, False, True]
    assert [state_of(one).state for one in messages] == ["seen", "sent", "sent", "seen", "seen"]


@pytest.mark.parametrize(
    "tracking", ["da-nang-1", "binh-thuan-", "binh-thuan-x", "binh-thuan-²", "-1", "1" * 48]
)
def test_a_tracking_id_that_is_not_ours_finds_nothing(owed, tracking):
    owed()

    assert note(Receipt(("z1",), AT, tracking)) == [False]


def test_a_message_that_somebody_writes_just_now_is_left_for_later(app, owed):
    message = owed()
    put(message, state="sent", zalo_message_id="z1")
    db.session.execute(db.select(Message).where(Message.id == message.id).with_for_update())

    with app.app_context(), tenant_scope("binh-thuan"):
        assert note(Receipt(("z1",), AT)) == [
            False
        ]  # and at once: two that wait for each other wait for ever

    db.session.rollback()
    assert note(Receipt(("z1",), AT)) == [True]
