"""Handing a frozen audience to the outbox, a chunk at a time, never far ahead of delivery.

The place reached stands in the broadcast's own row and moves in the transaction that owes the messages: whatever
dies, nobody is left out and nobody is owed twice.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, not_, or_

from motcua.citizens.models import Citizen
from motcua.core.clock import now
from motcua.core.database import db
from motcua.messaging.channels.routing import FREE_WINDOW, SPEND_CAP
from motcua.messaging.models import Message
from motcua.messaging.outbox import Owed, Zbs, owe_all
from motcua.zalo.messages import TextMessage

from . import audience, content, sealing
from .audience import Audience
from .content import TEMPLATE
from .models import Broadcast, BroadcastRecipient
from .paying import prices
from .sealing import Words

CHUNK = 2_000
MOST_WAITING = 5_000
MOST_FOR_MONEY = 50_000


def has_room(one: Broadcast) -> bool:
    """Whether fewer than MOST_WAITING of its messages wait in the outbox.

    Those that wait for money, maybe for days, must not keep people behind them from what costs nothing; they only may
    not be too many to be looked at each hour.
    """
    waiting = (
        db.select(Message.failure)
        .where(Message.broadcast_id == one.id, Message.state == "queued")
        .limit(MOST_FOR_MONEY)
        .subquery()
    )
    counted = db.select(func.count(), func.count().filter(waiting.c.failure.is_distinct_from(SPEND_CAP)))
    all_of_them, for_a_turn = db.session.execute(counted.select_from(waiting)).one()
    return all_of_them < MOST_FOR_MONEY and for_a_turn < MOST_WAITING


def feed_chunk(one: Broadcast) -> bool:
    """Owe the next recipients their message; False when all have been looked at. `one` is locked; does not commit."""
    moment = now()
    last = _end_of_chunk(one)
    if last is None:
        one.fed_at = moment
        return False
    paying = list(prices(one))
    in_chunk = (
        BroadcastRecipient.broadcast_id == one.id,
        BroadcastRecipient.id > one.fed_through,
        BroadcastRecipient.id <= last,
        Citizen.tenant_id == BroadcastRecipient.tenant_id,
        Citizen.id == BroadcastRecipient.citizen_id,
    )
    why = _why_not(one, paying, moment)
    one.skipped += db.session.execute(
        db.update(BroadcastRecipient)
        .where(*in_chunk, BroadcastRecipient.skipped.is_(None), why.is_not(None))
        .values(skipped=why)
        .execution_options(synchronize_session=False)
    ).rowcount
    rows = db.session.execute(
        db.select(BroadcastRecipient.language, Citizen)
        .where(*in_chunk, BroadcastRecipient.skipped.is_(None))
        .order_by(BroadcastRecipient.id)
    ).all()
    words = _words(one)
    bodies = {language: TextMessage(message) for language, message in words.messages.items()}
    template, paid = Zbs(TEMPLATE, words.template), set(paying)
    owe_all(
        [
            Owed(
                citizen,
                content.event_of(one),
                dedupe_key=f"broadcast/{one.id}/{citizen.id}",
                consultation=bodies[language or citizen.language],
                zbs=template if citizen.oa_id in paid else None,
                lane=one.lane,
                broadcast_id=one.id,
            )
            for language, citizen in rows
        ]
    )
    one.fed_through = last
    one.fed += len(rows)
    return True


def _end_of_chunk(one: Broadcast) -> int | None:
    ids = (
        db.select(BroadcastRecipient.id)
        .where(BroadcastRecipient.broadcast_id == one.id, BroadcastRecipient.id > one.fed_through)
        .order_by(BroadcastRecipient.id)
        .limit(CHUNK)
        .subquery()
    )
    return db.session.scalar(db.select(func.max(ids.c.id)))


def _why_not(one: Broadcast, paying: list[str], moment: datetime) -> ColumnElement[str | None]:
    """A key of not_reached.REASONS, NULL when there is a way to them now. Asked again here: since the audience was
    frozen they may have said DỪNG, and their 48 hours may have run out."""
    willing = audience.may_be_told(one, Audience.of(one))
    reachable = or_(
        func.coalesce(Citizen.last_interaction_at > moment - FREE_WINDOW, False), Citizen.oa_id.in_(paying)
    )
    return case(
        (and_(not_(willing), audience.is_muted(one)), "stopped"),
        (not_(willing), "withdrawn"),
        (not_(reachable), "out_of_window"),
    )


def _words(one: Broadcast) -> Words:
    """The approved ones. Approved by a release that kept none, it keeps today's: all who are left read the same."""
    words = sealing.of(one)
    return words if sealing.is_sealed(one) else sealing.seal(one, words)
