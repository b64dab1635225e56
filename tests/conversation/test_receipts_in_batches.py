"""Zalo tells of every message that it arrived and was seen: many at once, and none keeps another from being settled."""

import pytest

from motcua.conversation import batches, jobs
from motcua.conversation.models import WebhookEvent
from motcua.core.database import db
from motcua.messaging.models import Message
from motcua.messaging.outbox import owe
from motcua.zalo.messages import TextMessage
from tests.conversation.conftest import come_due, text_event
from tests.factories import OA_IDS, make_citizen

SLUG, UID = "binh-thuan", "7000000000000000001"
MANY = 20


def received_event(zalo_id: str) -> dict:
    return text_event(
        "",
        event_name="user_received_message",
        sender={"id": OA_IDS[SLUG]},
        recipient={"id": UID},
        message={"msg_id": zalo_id, "tracking_id": ""},
    )


@pytest.fixture
def sent(province):
    """Messages that have left, and Zalo's ids of them."""
    citizen, zalo_ids = make_citizen(UID), [f"z{at}" for at in range(MANY)]
    for zalo_id in zalo_ids:
        owe(citizen, "dossier_moved", dedupe_key=zalo_id, consultation=TextMessage("Hồ sơ đã có kết quả."))
    for message in db.session.scalars(db.select(Message)):
        message.state, message.zalo_message_id = "sent", message.dedupe_key
    db.session.commit()
    return zalo_ids


def states() -> dict[str, int]:
    db.session.rollback()
    return dict(db.session.execute(db.select(Message.state, db.func.count()).group_by(Message.state)).all())


def waiting() -> list[int]:
    """How often each that still waits was tried."""
    db.session.rollback()
    return list(db.session.scalars(db.select(WebhookEvent.tries).where(WebhookEvent.state == "new")))


def test_one_that_no_database_can_hold_keeps_no_other_from_being_settled(post, sent):
    for at, zalo_id in enumerate(sent):
        post(received_event(zalo_id))
        if at == MANY // 3:
            post(received_event("no text may hold \x00"))

    jobs.read_inbox(SLUG)

    assert states() == {"delivered": MANY}
    assert waiting() == [1]


def test_one_that_a_bug_of_ours_meets_is_set_aside_in_the_end(post, sent):
    for zalo_id in sent:
        post(received_event(zalo_id))

    def handler(told):
        if any(event.msg_id == sent[7] for event in told):
            raise ZeroDivisionError
        return [True] * len(told)

    for _ in range(batches.MOST_TRIES):
        batches.deal_with_receipts(handler)
        come_due()

    db.session.rollback()
    query = db.select(WebhookEvent.state, db.func.count()).group_by(WebhookEvent.state)
    assert dict(db.session.execute(query).all()) == {"done": MANY - 1, "ignored": 1}
