"""Appending: entries wait in the session and join the chain as its transaction commits.

The chain's head is locked only then, after everything else was flushed: nobody who holds it waits for any other
row, so two appenders cannot deadlock, and a long transaction holds up nobody (docs/decisions/0014).
"""

from dataclasses import dataclass
from typing import Any

import structlog
from redis.exceptions import RedisError
from sqlalchemy import event, text
from sqlalchemy.orm import Session, SessionTransaction

from motcua.core import queue, scope
from motcua.core.clock import now
from motcua.core.database import db

from . import chain, changes, cleaning, seals, watching
from .actors import Actor, actor
from .models import PLATFORM, AuditEntry

ONE_ACCESS_PER_S = 900  # whoever reads the same record again within a quarter of an hour is not noted twice

_ENTER = text("SELECT set_config('motcua.tenant_id', :tenant, true)")
_LOCK = text("SELECT number, hash FROM audit_head WHERE tenant_id = :tenant FOR UPDATE")
_OPEN = text(
    "INSERT INTO audit_head (tenant_id, number, hash, seal) VALUES (:tenant, 0, :hash, '') ON CONFLICT DO NOTHING"
)
_MOVE = text("UPDATE audit_head SET number = :number, hash = :hash, seal = :seal WHERE tenant_id = :tenant")
_WROTE = text("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Waiting:
    """An act that is not yet in the chain. `savepoint` is the innermost one it was recorded in."""

    chain_id: str
    actor: Actor
    action: str
    subject: str
    detail: dict[str, Any]
    savepoint: SessionTransaction | None


def record(action: str, subject: str, detail: dict | None = None) -> None:
    """Append to the log of the tenant in scope, when the current transaction commits.

    `action` is dotted ("staff.invite"), `subject` names the record ("staff 12"). `detail` is masked; whatever
    may hold a citizen's name does not belong in it. Raises RuntimeError outside a tenant's scope.
    """
    _wait(scope.required(), action, subject, detail)


def record_platform(action: str, subject: str, detail: dict | None = None) -> None:
    """The same in the vendor's own log, whatever the scope."""
    _wait(PLATFORM, action, subject, detail)


def note_access(action: str, subject: str, detail: dict | None = None) -> None:
    """Record that the actor read personal data, at once; again only after a quarter of an hour. Commits."""
    who = actor()
    try:
        flag = f"motcua:audit:access:{scope.required()}:{who.kind}:{who.id}:{action}:{subject}"
        is_new = queue.connection().set(flag, "1", nx=True, ex=ONE_ACCESS_PER_S)
    except RedisError as error:
        log.warning("access_not_thinned", error=type(error).__name__)
        is_new = True
    if is_new:
        record(action, subject, detail)
        db.session.commit()


def _wait(chain_id: str, action: str, subject: str, detail: dict | None) -> None:
    session = db.session()
    session.connection()  # a transaction that has not begun could not be rolled back, nor this with it
    waiting = Waiting(chain_id, actor(), action, subject, detail or {}, session.get_nested_transaction())
    session.info.setdefault("audit_waiting", []).append(waiting)


@event.listens_for(Session, "before_flush")
def _keep_before_and_after(session: Session, context, instances) -> None:
    watch = watching.current()
    if watch is not None:
        watch.changes += changes.unflushed(session)


@event.listens_for(Session, "before_commit")
def _append_waiting(session: Session) -> None:
    if session.in_nested_transaction():
        return
    watch = watching.current()
    if watch is None and not session.info.get("audit_waiting"):
        return
    session.flush()
    waiting = session.info.pop("audit_waiting", [])
    if watch is not None:
        waiting += _unsaid(session, watch, {one.chain_id for one in waiting})
    # A province's chain before the platform's, always: the order in which locks are taken must not vary.
    for chain_id in sorted({one.chain_id for one in waiting}, key=lambda name: (name == PLATFORM, name)):
        _append(session, chain_id, [one for one in waiting if one.chain_id == chain_id])
        if watch is not None:
            watch.recorded.add(chain_id)


def _unsaid(session: Session, watch: watching.Watch, said: set[str]) -> list[Waiting]:
    """The entry of a request or command that wrote something and recorded nothing itself."""
    if said or not session.scalar(_WROTE):
        return []
    chain_id = session.info["tenant_id"] or PLATFORM
    if chain_id in watch.recorded:
        return []
    return [Waiting(chain_id, actor(), watch.action, watch.subject, watch.told(), None)]


def _append(session: Session, chain_id: str, waiting: list[Waiting]) -> None:
    connection = session.connection()
    is_elsewhere = session.info.get("tenant_id") != chain_id
    if is_elsewhere:
        connection.execute(_ENTER, {"tenant": chain_id})
    head = connection.execute(_LOCK, {"tenant": chain_id}).one_or_none()
    if head is None:
        connection.execute(_OPEN, {"tenant": chain_id, "hash": chain.GENESIS})
        head = connection.execute(_LOCK, {"tenant": chain_id}).one()
    number, link = head
    rows = []
    for one in waiting:
        number += 1
        rows.append(_row(one, number, link))
        link = rows[-1]["hash"]
    connection.execute(AuditEntry.__table__.insert(), rows)
    sealed = seals.seal(chain_id, "head", seals.place(number, link))
    connection.execute(_MOVE, {"tenant": chain_id, "number": number, "hash": link, "seal": sealed})
    if is_elsewhere:
        connection.execute(_ENTER, {"tenant": session.info.get("tenant_id") or ""})


def _row(one: Waiting, number: int, link: str) -> dict[str, Any]:
    at = now()
    row = {
        "number": number,
        "actor_kind": one.actor.kind,
        "actor_id": one.actor.id,
        "actor_name": one.actor.name,
        "action": one.action,
        "subject": cleaning.line(one.subject),
        "detail": cleaning.cleaned(one.detail),
        "address": cleaning.masked_address(one.chain_id, one.actor.address),
        "prev_hash": link,
    }
    digest = chain.hash_of(row | {"tenant": one.chain_id, "at": chain.moment(at)})
    sealed = seals.seal(one.chain_id, "entry", digest)
    return row | {"tenant_id": one.chain_id, "at": at, "hash": digest, "seal": sealed}


@event.listens_for(Session, "after_soft_rollback")
def _forget_rolled_back(session: Session, previous: SessionTransaction) -> None:
    waiting = session.info.get("audit_waiting")
    if waiting:
        session.info["audit_waiting"] = [one for one in waiting if not _is_inside(one.savepoint, previous)]


def _is_inside(savepoint: SessionTransaction | None, ended: SessionTransaction) -> bool:
    if not ended.nested:
        return True
    while savepoint is not None:
        if savepoint is ended:
            return True
        savepoint = savepoint.parent
    return False


@event.listens_for(Session, "after_transaction_end")
def _forget_unfinished(session: Session, transaction: SessionTransaction) -> None:
    """A session closed without a commit leaves nothing behind for the next transaction."""
    if transaction.parent is None:
        session.info.pop("audit_waiting", None)
