"""Delivered and seen, as Zalo's webhooks tell us."""

from datetime import datetime

from motcua.core import scope
from motcua.core.database import db

from .models import Message

ARRIVED = ("sent", "uncertain", "sending")


def delivered(zalo_message_id: str, tracking_id: str | None, at: datetime) -> bool:
    """Mark one message delivered. False when we do not know it (yet): the answer to the send may be behind."""
    message = find(zalo_message_id, tracking_id)
    if message is None:
        return False
    message.zalo_message_id = message.zalo_message_id or zalo_message_id
    message.delivered_at = message.delivered_at or at
    message.sent_at = message.sent_at or at
    if message.state in ARRIVED:
        message.state, message.lease_until = "delivered", None
    return True


def seen(zalo_message_ids: tuple[str, ...], at: datetime) -> bool:
    """Mark messages seen. False when none of them is ours."""
    messages = db.session.scalars(
        db.select(Message).where(Message.zalo_message_id.in_(zalo_message_ids))
    ).all()
    for message in messages:
        message.seen_at = message.seen_at or at
        if message.state in (*ARRIVED, "delivered"):
            message.state = "seen"
    return bool(messages)


def find(zalo_message_id: str, tracking_id: str | None) -> Message | None:
    """The message of ours behind Zalo's id or our own tracking id, locked; None when we do not know it."""
    found = db.session.scalar(
        db.select(Message).where(Message.zalo_message_id == zalo_message_id).with_for_update()
    )
    if found is None and tracking_id:
        prefix, _, number = tracking_id.rpartition("-")
        if prefix == scope.required()[:24] and number.isdigit():
            found = db.session.scalar(db.select(Message).where(Message.id == int(number)).with_for_update())
    return found
