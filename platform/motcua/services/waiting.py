"""Those who wait for an answer that was not ready at once. The database knows them, so none is forgotten.

The answer comes from the process that asked, and so does the word that the time has run out. When that process
dies, the sweep of any process finds who has waited long enough and lets them be told.
"""

import math
import secrets
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from motcua.core import crypto, scope
from motcua.core.clock import now
from motcua.core.database import after_commit, db, tenant_scope

from .asking import Asked, note_time_out
from .contract import Service
from .models import ServiceAsked, ServiceWaiting

GRACE_S = 1.0  # after the time has run out the process that asked tells so; then the sweep may
SWEEP_S = 4.0  # by then a sweep has come round
KEPT_FOR = timedelta(minutes=10)
COUNTED_FOR = timedelta(days=400)
PURPOSE = "service_answer"
_SETTLE = text(
    "UPDATE service_waiting SET state = 'settled', outcome_encrypted = :outcome"
    " WHERE id = :id AND state = 'waiting' RETURNING id"
)

log = structlog.get_logger(__name__)


def promised_s(service: Service) -> int:
    """How long a citizen is told that an answer, or the word that none came, may take at most."""
    return math.ceil(service.timeout_s + GRACE_S + SWEEP_S)


def wait(
    asked: Asked,
    settle: Callable[[Asked, int], bool],
    tell_in_vain: Callable[[ServiceWaiting], None] | None = None,
    *,
    citizen_id: int | None = None,
    event_key: str = "",
) -> ServiceWaiting:
    """Note that somebody waits, in the caller's transaction; after its commit `settle` is called with the answer.

    `settle(asked, id)` runs beside the caller in the tenant's scope, must `claim` before it answers, and says
    whether it was ours. `tell_in_vain` is what `end_in_vain` calls when the service's time runs out first.
    """
    waited_s = time.monotonic() - asked.work.began
    moment = now() - timedelta(seconds=waited_s)
    row = ServiceWaiting(
        service=asked.service.code,
        token=secrets.token_urlsafe(24),
        citizen_id=citizen_id,
        event_key=event_key,
        asked_at=moment,
        give_up_at=moment + timedelta(seconds=asked.service.timeout_s + GRACE_S),
    )
    db.session.add(row)
    db.session.flush()
    number = row.id
    left_s = asked.service.timeout_s - waited_s
    after_commit(lambda: _watch(asked, number, left_s, settle, tell_in_vain))
    return row


def _watch(
    asked: Asked,
    number: int,
    left_s: float,
    settle: Callable[[Asked, int], bool],
    tell_in_vain: Callable[[ServiceWaiting], None] | None,
) -> None:
    timer = threading.Timer(max(left_s, 0.0), _time_is_out, (asked, number, tell_in_vain))
    timer.daemon = True

    def ready(asked: Asked) -> bool:
        timer.cancel()
        return settle(asked, number)

    timer.start()
    asked.when_ready(ready)


def _time_is_out(asked: Asked, number: int, tell_in_vain: Callable[[ServiceWaiting], None] | None) -> None:
    with asked.app.app_context(), tenant_scope(asked.tenant_id):
        try:
            row = db.session.get(ServiceWaiting, (asked.tenant_id, number))
            if row is not None:
                end_in_vain(row, tell_in_vain)
        except SQLAlchemyError as error:  # the sweep tells it then
            db.session.rollback()
            log.warning("service_time_out_not_told", service=asked.service.code, error=type(error).__name__)


def claim(number: int, outcome: dict | None = None) -> bool:
    """Whether it is ours to answer: only one, the answer or the sweep, is told yes. The caller commits.

    `outcome` is kept, encrypted, for a page that fetches it.
    """
    sealed = crypto.seal_json(scope.required(), PURPOSE, outcome) if outcome is not None else None
    return db.session.scalar(_SETTLE, {"id": number, "outcome": sealed}) is not None


def find(token: str) -> ServiceWaiting | None:
    """The page that waits under this token, for as long as its answer is kept."""
    row = ServiceWaiting
    return db.session.scalar(
        db.select(row).where(row.token == token, row.citizen_id.is_(None), row.asked_at > now() - KEPT_FOR)
    )


def outcome_of(row: ServiceWaiting) -> dict | None:
    sealed = row.outcome_encrypted
    return crypto.open_json(row.tenant_id, PURPOSE, sealed) if sealed else None


# True of a tenant where somebody is overdue.
DUE = """
    (SELECT true FROM service_waiting WHERE tenant_id = tenant.id AND state = 'waiting' AND give_up_at <= :now LIMIT 1)
"""


def overdue() -> list[ServiceWaiting]:
    """Who has waited too long, in the tenant in scope."""
    row = ServiceWaiting
    query = db.select(row).where(row.state == "waiting", row.give_up_at <= now())
    return list(db.session.scalars(query.order_by(row.id).limit(200)))


def end_in_vain(row: ServiceWaiting, tell: Callable[[ServiceWaiting], None] | None = None) -> None:
    """Give up on an answer, unless it came: `tell` tells whoever waits in the chat, a page sees it. Commits.

    Counted against the service with the time that the citizen waited, once it is told.
    """
    is_ours, of_chat = claim(row.id), row.citizen_id is not None
    tenant_id, code, took_s = row.tenant_id, row.service, (now() - row.asked_at).total_seconds()
    if is_ours and of_chat:
        if tell is not None:
            tell(row)
        db.session.delete(row)
    db.session.commit()
    if is_ours:
        note_time_out(tenant_id, code, "chat" if of_chat else "page", took_s)


def forget_old() -> None:
    """Answers that nobody fetched, and questions counted long ago."""
    db.session.execute(db.delete(ServiceWaiting).where(ServiceWaiting.asked_at < now() - KEPT_FOR))
    db.session.execute(db.delete(ServiceAsked).where(ServiceAsked.asked_at < now() - COUNTED_FOR))
