"""Writing what we owe a citizen, in the same transaction as the change it tells of."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from sqlalchemy.dialects.postgresql import insert

from motcua.citizens.models import Citizen, phone_index
from motcua.core import crypto, queue, scope
from motcua.core.clock import now
from motcua.core.database import after_commit, db
from motcua.zalo.errors import NotEntitled, QuotaExceeded, ZaloNeedsConsent

from .models import Message

DELIVER = "motcua.messaging.jobs.deliver"
CIRCUIT_OPEN = "circuit_open"
LIFETIME = {"urgent": timedelta(days=3), "normal": timedelta(days=2), "broadcast": timedelta(hours=12)}
RECIPIENT = ("citizen_id", "phone_index", "phone_encrypted")

_gathered: ContextVar[dict[str, dict] | None] = ContextVar("motcua_gathered_messages", default=None)


@dataclass(frozen=True)
class Zbs:
    """The same news as an approved ZBS template: its purpose in the OA's settings, and the parameters."""

    purpose: str
    data: dict[str, str] = field(default_factory=dict)


def owe(
    recipient: Citizen | str,
    event: str,
    *,
    dedupe_key: str,
    consultation=None,
    zbs: Zbs | None = None,
    lane: str = "urgent",
    dossier_id: int | None = None,
    lifetime: timedelta | None = None,
) -> bool:
    """Write one message to a citizen, or to a phone number (84…). Returns False when it was already owed.

    `consultation` is a message of `motcua.zalo.messages`; at least one of the two forms is needed.
    The delivery worker is woken after the commit.
    """
    tenant_id = scope.required()
    content = {}
    if consultation is not None:
        content["consultation"] = consultation.to_stored()
    if zbs is not None:
        content["zbs"] = {"purpose": zbs.purpose, "data": zbs.data}
    if isinstance(recipient, Citizen):
        to = {"citizen_id": recipient.id}
    else:
        to = {
            "phone_index": phone_index(recipient),
            "phone_encrypted": crypto.keyring().encrypt(tenant_id, "phone", recipient),
        }
    moment = now()
    row = (
        {
            "tenant_id": tenant_id,
            "lane": lane,
            "event": event,
            "content": content,
            "dedupe_key": dedupe_key,
            "dossier_id": dossier_id,
            "created_at": moment,
            "next_attempt_at": moment,
            "expires_at": moment + (lifetime or LIFETIME[lane]),
        }
        | dict.fromkeys(RECIPIENT)
        | to
    )
    gathered = _gathered.get()
    if gathered is not None:
        is_new = dedupe_key not in gathered
        gathered.setdefault(dedupe_key, row)
        return is_new
    return bool(_write([row]))


@contextmanager
def gathering() -> Iterator[dict[str, dict]]:
    """Keep the messages owed inside, by their dedupe key, and write them in one statement at the end.

    Inside, `owe` tells only repetitions among them from new ones. Must be one transaction.
    """
    gathered: dict[str, dict] = {}
    token = _gathered.set(gathered)
    try:
        yield gathered
    finally:
        _gathered.reset(token)
    if gathered:
        _write(list(gathered.values()))


def _write(rows: list[dict]) -> list[int]:
    """The ids of those that were not owed already; their lanes are worked on after the commit."""
    written = db.session.execute(
        insert(Message.__table__)
        .on_conflict_do_nothing(index_elements=["tenant_id", "dedupe_key"])
        .returning(Message.__table__.c.id, Message.__table__.c.lane),
        rows,
    ).all()
    tenant_id = scope.required()
    for lane in {one.lane for one in written}:
        after_commit(partial(queue.wake, DELIVER, tenant_id, lane, lane=lane))
    return [one.id for one in written]


def hurry() -> int:
    """Make due now whatever of the tenant in scope waits for an admin to mend the OA; commits, returns how many."""
    waiting = (ZaloNeedsConsent.code, NotEntitled.code, QuotaExceeded.code, CIRCUIT_OPEN)
    lanes = db.session.scalars(
        db.update(Message)
        .where(Message.state == "queued", Message.failure.in_(waiting))
        .values(next_attempt_at=now())
        .returning(Message.lane)
    ).all()
    tenant_id = scope.required()
    db.session.commit()
    for lane in set(lanes):
        queue.wake(DELIVER, tenant_id, lane, lane=lane)
    return len(lanes)
