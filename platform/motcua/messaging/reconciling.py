"""Finding out what became of a message whose answer was lost.

Zalo has no idempotency key, so a message is sent again only when Zalo's own record of the conversation
shows that it never arrived. A template message is settled by its webhooks alone (its record carries no
text of ours to compare); until then it stays `uncertain`, for a person to see.
"""

import unicodedata
from datetime import datetime, timedelta

import structlog

from motcua.citizens.models import Citizen
from motcua.core import background_loop
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import MotcuaError
from motcua.tenancy.models import OfficialAccount
from motcua.tenancy.tokens import valid_access_token
from motcua.zalo.client import ZaloClient

from . import line
from .models import Message

RECONCILE = "motcua.messaging.jobs.reconcile"
BATCH = 50
GRACE = timedelta(seconds=20)  # the send may still be on its way
CLOCK_SKEW = timedelta(seconds=30)
LOOK_AGAIN = timedelta(minutes=1)
PAGE, MOST_PAGES = 10, 5

log = structlog.get_logger(__name__)


def settle(tenant_id: str) -> int:
    """Look at each uncertain consultation message of the tenant in scope; returns how many were settled."""
    settled = 0
    for message_id in _due():
        settled += _settle_one(tenant_id, message_id)
    return settled


def _due() -> list[int]:
    ids = db.session.scalars(
        db.select(Message.id)
        .where(
            Message.state == "uncertain",
            Message.channel == "consultation",
            Message.claimed_at <= now() - GRACE,
            Message.next_attempt_at <= now(),
        )
        .order_by(Message.id)
        .limit(BATCH)
    ).all()
    db.session.rollback()
    return list(ids)


def _settle_one(tenant_id: str, message_id: int) -> int:
    message, citizen, account = db.session.execute(
        db.select(Message, Citizen, OfficialAccount)
        .join(Citizen, (Citizen.tenant_id == Message.tenant_id) & (Citizen.id == Message.citizen_id))
        .join(
            OfficialAccount,
            (OfficialAccount.tenant_id == Message.tenant_id) & (OfficialAccount.oa_id == Citizen.oa_id),
        )
        .where(Message.id == message_id)
    ).one()
    since, text, uid, account_id = message.claimed_at - CLOCK_SKEW, _text_of(message), citizen.uid, account.id
    db.session.rollback()  # no transaction while we wait for Zalo
    try:
        token = valid_access_token(tenant_id, account_id, line.hosts())
        items = background_loop.run(_sent_since(line.client(), token, uid, since))
    except MotcuaError as error:
        log.warning("reconcile_postponed", tenant=tenant_id, message=message_id, error=error.code)
        items = None
    return _conclude(message_id, items, text)


async def _sent_since(client: ZaloClient, token: str, uid: str, since: datetime) -> list | None:
    """What the OA sent this citizen since then, or None when the listing does not reach back so far."""
    found = []
    for page in range(MOST_PAGES):
        items = await client.conversation(token, uid, offset=page * PAGE, count=PAGE)
        found += [item for item in items if item.from_oa and item.sent_at >= since]
        if len(items) < PAGE or min(item.sent_at for item in items) < since:
            return found
    return None


def _conclude(message_id: int, items: list | None, text: str) -> int:
    message = db.session.scalar(
        db.select(Message).where(Message.id == message_id, Message.state == "uncertain").with_for_update()
    )
    if message is None:  # a webhook settled it meanwhile
        db.session.rollback()
        return 0
    taken = _taken([item.message_id for item in items or []])
    free = [item for item in items or [] if item.message_id not in taken]
    same = next((item for item in free if unicodedata.normalize("NFC", item.text or "") == text), None)
    if same is not None:
        message.state, message.zalo_message_id, message.sent_at = "sent", same.message_id, same.sent_at
    elif items is not None and all(item.text for item in free):
        # Zalo's record is complete and holds no such message: it never arrived.
        message.state, message.next_attempt_at = "queued", now()
    else:
        message.next_attempt_at = now() + LOOK_AGAIN
    settled = message.state != "uncertain"
    db.session.commit()
    return int(settled)


def match_echo(citizen: Citizen, zalo_message_id: str, text: str | None, at: datetime) -> bool:
    """Zalo echoes what the OA sent: settle the oldest uncertain message with the same words."""
    if not text:
        return False
    waiting = db.session.scalars(
        db.select(Message)
        .where(
            Message.citizen_id == citizen.id, Message.state == "uncertain", Message.channel == "consultation"
        )
        .order_by(Message.id)
        .with_for_update()
    )
    words = unicodedata.normalize("NFC", text)
    message = next(
        (one for one in waiting if _text_of(one) == words and one.claimed_at - CLOCK_SKEW <= at), None
    )
    if message is None or _taken([zalo_message_id]):
        return False
    message.state, message.zalo_message_id, message.sent_at = "sent", zalo_message_id, at
    return True


def _text_of(message: Message) -> str:
    return unicodedata.normalize("NFC", message.content.get("consultation", {}).get("text", ""))


def _taken(zalo_ids: list[str]) -> set[str]:
    if not zalo_ids:
        return set()
    return set(
        db.session.scalars(db.select(Message.zalo_message_id).where(Message.zalo_message_id.in_(zalo_ids)))
    )
