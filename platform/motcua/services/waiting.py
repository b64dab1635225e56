"""Those who wait for an answer that was not ready at once. The database knows them, so none is forgotten.

The answer comes from the process that asked. When it dies, or the service hangs, the sweep of any process
finds who has waited long enough and lets them be told.
"""

import secrets
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import text

from motcua.core import crypto, scope
from motcua.core.clock import now
from motcua.core.database import after_commit, db

from .asking import Asked, note_time_out
from .models import ServiceAsked, ServiceWaiting

GRACE_S = 1.0
KEPT_FOR = timedelta(minutes=10)
COUNTED_FOR = timedelta(days=400)
PURPOSE = "service_answer"
_SETTLE = text(
    "UPDATE service_waiting SET state = 'settled', outcome_encrypted = :outcome"
    " WHERE id = :id AND state = 'waiting' RETURNING id"
)


def wait(
    asked: Asked, settle: Callable[[Asked, int], None], *, citizen_id: int | None = None, event_key: str = ""
) -> ServiceWaiting:
    """Note that somebody waits, in the caller's transaction; after its commit `settle` is called with the answer.

    `settle(asked, id)` runs beside the caller in the tenant's scope and must `claim` before it answers.
    """
    moment = now()
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
    after_commit(lambda: asked.when_ready(lambda ready: settle(ready, number)))
    return row


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


def give_up(row: ServiceWaiting) -> bool:
    """Whether this one is ours to tell that no answer came; counts it against the service. The caller commits."""
    if not claim(row.id):
        return False
    took_s = (row.give_up_at - row.asked_at).total_seconds()
    note_time_out(row.tenant_id, row.service, "page" if row.citizen_id is None else "chat", took_s)
    return True


def forget_old() -> None:
    """Answers that nobody fetched, and questions counted long ago."""
    db.session.execute(db.delete(ServiceWaiting).where(ServiceWaiting.asked_at < now() - KEPT_FOR))
    db.session.execute(db.delete(ServiceAsked).where(ServiceAsked.asked_at < now() - COUNTED_FOR))
