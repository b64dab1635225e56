"""Delivered and seen, as Zalo's webhooks tell us."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import BigInteger, Text

from motcua.core import scope
from motcua.core.database import Moment, db

from .models import Message

# It arrived, whatever we believed: a copy still queued must not follow it.
ARRIVED = text("""
    UPDATE message SET
        state = CASE WHEN told.seen_at IS NOT NULL OR message.state = 'seen' THEN 'seen' ELSE 'delivered' END,
        zalo_message_id = coalesce(message.zalo_message_id, told.zalo_id),
        sent_at = coalesce(message.sent_at, told.delivered_at, told.seen_at),
        delivered_at = coalesce(message.delivered_at, told.delivered_at),
        seen_at = coalesce(message.seen_at, told.seen_at),
        failure = NULL, lease_until = NULL
    FROM unnest(:ids, :zalo_ids, :delivered, :seen) AS told(id, zalo_id, delivered_at, seen_at)
    WHERE message.tenant_id = :tenant AND message.id = told.id
""").bindparams(
    bindparam("ids", type_=ARRAY(BigInteger)),
    bindparam("zalo_ids", type_=ARRAY(Text)),
    bindparam("delivered", type_=ARRAY(Moment)),
    bindparam("seen", type_=ARRAY(Moment)),
)


@dataclass(frozen=True)
class Receipt:
    """What one webhook says of messages of ours: they arrived at `at`, or (`is_seen`) were seen then."""

    zalo_ids: tuple[str, ...]
    at: datetime
    tracking_id: str | None = None
    is_seen: bool = False


@dataclass
class _Told:
    """All that came in of one message."""

    zalo_id: str | None = None
    delivered_at: datetime | None = None
    seen_at: datetime | None = None

    def add(self, receipt: Receipt) -> None:
        if not receipt.is_seen and receipt.zalo_ids:
            self.zalo_id = self.zalo_id or receipt.zalo_ids[0]
        name = "seen_at" if receipt.is_seen else "delivered_at"
        earlier = getattr(self, name)
        setattr(self, name, min(earlier, receipt.at) if earlier else receipt.at)


def note(receipts: Sequence[Receipt]) -> list[bool]:
    """Mark messages of the tenant in scope; for each receipt, whether any of its messages is ours.

    False, too, while somebody else is writing that message: then the answer to our send may be coming in, and
    waiting for each other could be without end. Look again later.
    """
    by_zalo_id = _by_zalo_id({one for receipt in receipts for one in receipt.zalo_ids})
    numbers = {at: _own_number(one.tracking_id) for at, one in enumerate(receipts)}
    unknown = {
        numbers[at]
        for at, one in enumerate(receipts)
        if numbers[at] and not any(zalo_id in by_zalo_id for zalo_id in one.zalo_ids)
    }
    ours = _locked(Message.id.in_(unknown)) if unknown else {}
    told: dict[int, _Told] = {}
    found = []
    for at, receipt in enumerate(receipts):
        ids = {by_zalo_id[one] for one in receipt.zalo_ids if one in by_zalo_id}
        ids |= {numbers[at]} & ours.keys() if not ids else set()
        for message_id in ids:
            told.setdefault(message_id, _Told()).add(receipt)
        found.append(bool(ids))
    if told:
        words = {
            "tenant": scope.required(),
            "ids": list(told),
            "zalo_ids": [one.zalo_id for one in told.values()],
            "delivered": [one.delivered_at for one in told.values()],
            "seen": [one.seen_at for one in told.values()],
        }
        db.session.execute(ARRIVED, words)
    return found


def find(zalo_message_id: str, tracking_id: str | None) -> Message | None:
    """The message of ours behind Zalo's id or our own tracking id, locked; None when we do not know it."""
    found = db.session.scalar(
        db.select(Message).where(Message.zalo_message_id == zalo_message_id).with_for_update()
    )
    number = _own_number(tracking_id)
    if found is None and number:
        found = db.session.scalar(db.select(Message).where(Message.id == number).with_for_update())
    return found


def _by_zalo_id(zalo_ids: set[str]) -> dict[str, int]:
    found = _locked(Message.zalo_message_id.in_(zalo_ids)) if zalo_ids else {}
    return {zalo_id: message_id for message_id, zalo_id in found.items()}


def _locked(which) -> dict[int, str | None]:
    """Zalo's ids by ours, of those messages that nobody else is writing."""
    query = db.select(Message.id, Message.zalo_message_id).where(which).order_by(Message.id)
    return dict(db.session.execute(query.with_for_update(skip_locked=True)).all())


def _own_number(tracking_id: str | None) -> int | None:
    """The message's id in a tracking id that we made (`Message.tracking_id`)."""
    prefix, _, number = (tracking_id or "").rpartition("-")
    is_ours = prefix == scope.required()[:24] and number.isascii() and number.isdigit() and len(number) < 19
    return int(number) if is_ours else None
