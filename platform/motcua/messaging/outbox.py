"""Writing what we owe a citizen, in the same transaction as the change it tells of."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from motcua.citizens.models import Citizen, phone_index
from motcua.core import crypto, scope
from motcua.core.clock import now
from motcua.core.database import Moment, after_commit, db
from motcua.tenancy.models import OfficialAccount
from motcua.zalo.errors import NotEntitled, QuotaExceeded, ZaloNeedsConsent

from .events import CONSULTATION, ZBS
from .leaving import LIFETIME, let_go
from .limits import plans, quotas, switches
from .models import Message
from .pace import turns
from .pace.traffic import CIRCUIT_OPEN

_gathered: ContextVar[dict[str, dict] | None] = ContextVar("motcua_gathered_messages", default=None)

# A host's clock may be ahead: due for all of them.
_DUE = {"next_attempt_at": db.func.least(db.bindparam("owed_at", type_=Moment), db.func.now())}


@dataclass(frozen=True)
class Zbs:
    """The same news as an approved ZBS template: its purpose in the OA's settings, and the parameters."""

    purpose: str
    data: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Owed:
    """One message to a citizen, or to a phone number (84…).

    `consultation` is a message of `motcua.zalo.messages`; at least one of the two forms is needed. `dedupe_key`
    names what it tells of: nothing is owed twice. `instead_of`: the key of the notice by phone that is owed only if
    this one cannot come, as a template with the same words.
    """

    recipient: Citizen | str
    event: str
    dedupe_key: str
    consultation: Any = None
    zbs: Zbs | None = None
    lane: str = "urgent"
    dossier_id: int | None = None
    lifetime: timedelta | None = None
    broadcast_id: int | None = None
    instead_of: str | None = None


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
    instead_of: str | None = None,
) -> bool:
    """Write one message, as `Owed` describes it. Returns False when it was already owed, or is switched off.

    The delivery worker is woken after the commit.
    """
    one = Owed(recipient, event, dedupe_key, consultation, zbs, lane, dossier_id, lifetime, None, instead_of)
    return owe_all([one]) == 1


def owe_all(messages: list[Owed]) -> int:
    """Write many in one statement; returns how many were not owed already and are not switched off."""
    if not messages:
        return 0
    tenant_id, off = scope.required(), switches.off()
    rows = [_row(tenant_id, one, content) for one in messages if (content := _content(one, off))]
    if not rows:
        return 0
    gathered = _gathered.get()
    if gathered is None:
        return _write(rows)
    before = len(gathered)
    for row in rows:
        gathered.setdefault(row["dedupe_key"], row)
    return len(gathered) - before


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


def _write(rows: list[dict]) -> int:
    """How many were not owed already: the database passes over the others, see MessageKey.

    Their lanes are worked on after the commit.
    """
    table = Message.__table__
    written = db.session.execute(db.insert(table).values(_DUE).returning(table.c.lane), rows).all()
    tenant_id = scope.required()
    for lane in {one.lane for one in written}:
        after_commit(partial(turns.wake, lane, (tenant_id,)))
    return len(written)


def _content(owed: Owed, off: frozenset[tuple[str, str]]) -> dict:
    """The forms in which it may go; empty where the province has switched off all that there are."""
    content: dict = {}
    if owed.consultation is not None and (owed.event, CONSULTATION) not in off:
        content["consultation"] = owed.consultation.to_stored()
    if owed.zbs is not None and (owed.event, ZBS) not in off:
        content["zbs"] = {"purpose": owed.zbs.purpose, "data": owed.zbs.data}
        if owed.instead_of is not None:
            content["instead_of"] = owed.instead_of
    return content


def _row(tenant_id: str, owed: Owed, content: dict) -> dict:
    to: dict = {"citizen_id": None, "phone_index": None, "phone_encrypted": None}
    if isinstance(owed.recipient, Citizen):
        to["citizen_id"] = owed.recipient.id
    else:
        to["phone_index"] = phone_index(owed.recipient)
        to["phone_encrypted"] = crypto.keyring().encrypt(tenant_id, "phone", owed.recipient)
    moment = now()
    return to | {
        "tenant_id": tenant_id,
        "lane": owed.lane,
        "event": owed.event,
        "content": content,
        "dedupe_key": owed.dedupe_key,
        "dossier_id": owed.dossier_id,
        "broadcast_id": owed.broadcast_id,
        "created_at": moment,
        "owed_at": moment,
        "expires_at": moment + (owed.lifetime or LIFETIME[owed.lane]),
    }


def quota_changed(oa_id: str) -> None:
    """Zalo gives this OA another quota: what waits for its next day may leave now. Does not commit."""
    found = let_go(Message.state == "queued", Message.failure == QuotaExceeded.code)
    tenant_id = scope.required()

    def tell() -> None:
        quotas.forget(oa_id)
        for lane in found.lanes:
            turns.wake(lane, (tenant_id,), force=True)

    after_commit(tell)


def plan_changed() -> None:
    """The province may send more, or less: what waits for its next month is looked at anew. Does not commit."""
    let_go(Message.state == "queued", Message.failure == plans.PLAN_LIMIT)


def hurry() -> int:
    """Make due whatever of the tenant in scope waits for an admin to mend the OA; commits, returns how many are."""
    waiting = (ZaloNeedsConsent.code, NotEntitled.code, QuotaExceeded.code, CIRCUIT_OPEN)
    found = let_go(Message.state == "queued", Message.failure.in_(waiting))
    tenant_id = scope.required()
    for oa_id in db.session.scalars(db.select(OfficialAccount.oa_id)):
        quotas.forget(oa_id)  # perhaps more was bought
    db.session.commit()
    for lane in found.lanes:
        turns.wake(lane, (tenant_id,), force=True)
    return found.at_once
