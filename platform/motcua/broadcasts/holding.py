"""Keeping back, letting go and closing what a broadcast still has waiting in the outbox. None of these commits."""

from datetime import UTC, datetime
from functools import partial

from sqlalchemy import text

from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import after_commit, db
from motcua.messaging.outbox import LIFETIME
from motcua.messaging.pace import turns

from .models import Broadcast

# Not 'infinity', which no Python datetime can hold: whoever lists such a message would fall over it.
FOR_GOOD = datetime(9999, 1, 1, tzinfo=UTC)
HELD = "held"

HOLD = text("""
    UPDATE message SET next_attempt_at = :until, failure = :why,
        expires_at = greatest(expires_at, CAST(:until AS timestamptz) + CAST(:lifetime AS interval))
    WHERE tenant_id = :tenant AND broadcast_id = ANY(:ids) AND state = 'queued' AND next_attempt_at < :until
""")
RELEASE = text("""
    UPDATE message SET next_attempt_at = :now, failure = NULL, expires_at = :expires
    WHERE tenant_id = :tenant AND broadcast_id = :id AND state = 'queued' AND failure = :why
""")
CLOSE = text("""
    UPDATE message SET state = 'expired', failure = 'cancelled'
    WHERE tenant_id = :tenant AND broadcast_id = ANY(:ids) AND state = 'queued'
""")


def hold(broadcast_ids: list[int], until: datetime) -> int:
    """Nothing of these leaves before `until`; returns how many were held back."""
    words = {
        "tenant": scope.required(),
        "ids": broadcast_ids,
        "until": until,
        "lifetime": LIFETIME["broadcast"],
        "why": HELD,
    }
    return db.session.execute(HOLD, words).rowcount


def release(one: Broadcast) -> int:
    """Due now, with a life as if it were owed now; delivery is woken after the commit."""
    tenant_id, moment = scope.required(), now()
    words = {
        "tenant": tenant_id,
        "id": one.id,
        "now": moment,
        "expires": moment + LIFETIME[one.lane],
        "why": HELD,
    }
    released = db.session.execute(RELEASE, words).rowcount
    if released:
        after_commit(partial(turns.wake, one.lane, (tenant_id,), force=True))
    return released


def close(broadcast_ids: list[int]) -> int:
    """What waits is sent to nobody; returns how many that were."""
    return db.session.execute(CLOSE, {"tenant": scope.required(), "ids": broadcast_ids}).rowcount
