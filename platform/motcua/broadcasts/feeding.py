"""Handing a frozen audience to the outbox, a chunk at a time, never far ahead of delivery.

The place reached stands in the broadcast's own row and moves in the transaction that owes the messages: whatever
dies, nobody is left out and nobody is owed twice.
"""

from datetime import datetime

from sqlalchemy import func

from motcua.citizens.models import Citizen
from motcua.core.clock import now
from motcua.core.database import db
from motcua.messaging import texts
from motcua.messaging.models import Message
from motcua.messaging.outbox import Owed, Zbs, owe_all
from motcua.messaging.routing import FREE_WINDOW
from motcua.tenancy import current
from motcua.zalo.messages import TextMessage

from . import audience, content
from .audience import Audience
from .counting import TEMPLATE, paying_accounts
from .models import Broadcast, BroadcastRecipient

CHUNK = 2_000
MOST_WAITING = 5_000
TITLE_PARAMETER_MAX = 200


def has_room(one: Broadcast) -> bool:
    """Whether fewer than MOST_WAITING of its messages wait in the outbox."""
    waiting = (
        db.select(Message.id)
        .where(Message.broadcast_id == one.id, Message.state == "queued")
        .limit(MOST_WAITING)
        .subquery()
    )
    return db.session.scalar(db.select(func.count()).select_from(waiting)) < MOST_WAITING


def feed_chunk(one: Broadcast) -> bool:
    """Owe the next recipients their message; False when all have been looked at. `one` is locked; does not commit."""
    chosen, moment = Audience.of(one), now()
    rows = db.session.execute(
        db.select(BroadcastRecipient, Citizen, audience.may_be_told(one, chosen).label("willing"))
        .join(
            Citizen,
            (Citizen.tenant_id == BroadcastRecipient.tenant_id)
            & (Citizen.id == BroadcastRecipient.citizen_id),
        )
        .where(BroadcastRecipient.broadcast_id == one.id, BroadcastRecipient.id > one.fed_through)
        .order_by(BroadcastRecipient.id)
        .limit(CHUNK)
    ).all()
    if not rows:
        one.fed_at = moment
        return False
    bodies = {language: TextMessage(content.message(one, language)) for language in texts.LANGUAGES}
    paying, template, owed = set(paying_accounts(one)), _template(one), []
    for recipient, citizen, willing in rows:
        recipient.skipped = _why_not(citizen, willing, paying, moment)
        if recipient.skipped is None:
            owed.append(
                Owed(
                    citizen,
                    content.event_of(one),
                    dedupe_key=f"broadcast/{one.id}/{citizen.id}",
                    consultation=bodies[recipient.language or citizen.language],
                    zbs=template if citizen.oa_id in paying else None,
                    lane=one.lane,
                    broadcast_id=one.id,
                )
            )
    owe_all(owed)
    one.fed_through = rows[-1][0].id
    one.fed += len(owed)
    one.skipped += len(rows) - len(owed)
    db.session.flush()
    return True


def _why_not(citizen: Citizen, willing: bool, paying: set[str], moment: datetime) -> str | None:
    """A key of not_reached.REASONS; None when there is a way to them now."""
    if not willing:
        return "stopped" if citizen.muted_at is not None else "withdrawn"
    recent = citizen.last_interaction_at is not None and moment - citizen.last_interaction_at < FREE_WINDOW
    return None if recent or citizen.oa_id in paying else "out_of_window"


def _template(one: Broadcast) -> Zbs:
    """The parameters of the ZBS template `announcement`."""
    title = one.title if len(one.title) <= TITLE_PARAMETER_MAX else one.title[: TITLE_PARAMETER_MAX - 1] + "…"
    return Zbs(
        TEMPLATE,
        {
            "tieu_de": title,
            "so_thong_bao": one.code,
            "van_ban": one.document_number or "–",
            "co_quan": one.document_issuer or current.province_name(),
        },
    )
