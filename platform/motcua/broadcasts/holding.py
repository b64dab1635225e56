"""Keeping back, letting go and closing what a broadcast still has waiting in the outbox. None of these commits."""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import text

from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import after_commit, db
from motcua.messaging import leaving
from motcua.messaging.leaving import FOR_GOOD, HELD, LIFETIME
from motcua.messaging.pace import turns

from . import hours, states
from .models import Broadcast

SOON = timedelta(hours=2)  # the sweep may have been away for as long

# What waits without end for its lane or its OA leaves with that one's pause, so a broadcast's own pause takes it over.
HOLD = text("""
    UPDATE message SET next_attempt_at = :until, failure = :why,
        expires_at = greatest(expires_at, CAST(:until AS timestamptz) + CAST(:lifetime AS interval))
    WHERE tenant_id = :tenant AND broadcast_id = ANY(:ids) AND state = 'queued'
      AND (next_attempt_at < :until OR :for_good AND next_attempt_at = 'infinity')
""")
# What Zalo's own answer put off was put back with its old end of life. Found by that end, so that nothing is read
# of what has hours to go.
KEEP_ALIVE = text("""
    UPDATE message SET expires_at = least(next_attempt_at + CAST(:lifetime AS interval),
        created_at + CAST(:most AS interval))
    WHERE tenant_id = :tenant AND broadcast_id = ANY(:ids) AND state = 'queued' AND id > 0 AND lane = 'broadcast'
      AND expires_at <= :soon AND expires_at <= next_attempt_at AND failure = ANY(:reasons)
      AND next_attempt_at < created_at + CAST(:most AS interval)
""")
RELEASE = text("""
    UPDATE message SET next_attempt_at = :at, failure = :still, expires_at = :expires
    WHERE tenant_id = :tenant AND broadcast_id = :id AND state = 'queued' AND failure = :why
""")
CLOSE = text("""
    UPDATE message SET state = 'expired', failure = 'cancelled'
    WHERE tenant_id = :tenant AND broadcast_id = ANY(:ids) AND state = 'queued'
""")


def leaves_at(one: Broadcast, at: datetime) -> datetime | None:
    """From when its messages may leave, asked at `at`; FOR_GOOD while it is paused, None when they never may."""
    if one.state == states.CANCELLED:
        return None
    if one.state == states.PAUSED:
        return FOR_GOOD
    return hours.opens_at(at) if one.sleeps_at_night else at


def _leave(broadcast_ids: Collection[int], at: datetime) -> dict[int, datetime | None]:
    """For `messaging.leaving`. Whoever pauses or cancels one of them meanwhile waits, and then finds its messages."""
    query = db.select(Broadcast).where(Broadcast.id.in_(broadcast_ids)).order_by(Broadcast.id)
    found = db.session.scalars(query.with_for_update(read=True).execution_options(populate_existing=True))
    return {one.id: leaves_at(one, at) for one in found}


leaving.broadcasts_leave(_leave)


def hold(broadcast_ids: list[int], until: datetime) -> int:
    """Nothing of these leaves before `until`; returns how many were held back."""
    words = {
        "tenant": scope.required(),
        "ids": broadcast_ids,
        "until": until,
        "for_good": until == FOR_GOOD,
        "lifetime": LIFETIME["broadcast"],
        "why": HELD,
    }
    return db.session.execute(HOLD, words).rowcount


def keep_alive(broadcast_ids: list[int]) -> int:
    """What of these would soon end before it could leave, for want of quota or money, lives on; returns how many."""
    words = {
        "tenant": scope.required(),
        "ids": broadcast_ids,
        "soon": now() + SOON,
        "lifetime": LIFETIME["broadcast"],
        "most": leaving.WAITS_AT_MOST,
        "reasons": list(leaving.OUTLIVED),
    }
    return db.session.execute(KEEP_ALIVE, words).rowcount


def release(one: Broadcast) -> int:
    """Due as soon as `one` may leave, with a life as if it were owed then; delivery is woken after the commit."""
    tenant_id, moment = scope.required(), now()
    at = leaves_at(one, moment)
    words = {
        "tenant": tenant_id,
        "id": one.id,
        "at": at,
        "still": HELD if at > moment else None,
        "expires": at + LIFETIME[one.lane],
        "why": HELD,
    }
    released = db.session.execute(RELEASE, words).rowcount
    if released and at <= moment:
        after_commit(partial(turns.wake, one.lane, (tenant_id,), force=True))
    return released


def close(broadcast_ids: list[int]) -> int:
    """What waits is sent to nobody; returns how many that were."""
    return db.session.execute(CLOSE, {"tenant": scope.required(), "ids": broadcast_ids}).rowcount
