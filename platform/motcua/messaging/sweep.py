"""What the queue forgot, the database still knows. Safe to run at any time, by several at once."""

from sqlalchemy import text

from motcua.core import queue, scope
from motcua.core.clock import now
from motcua.core.database import db

from . import turns
from .reconciling import RECONCILE

# Clocks differ between hosts: expired is what is so by ours and by the database's, a lease ends by the database's.
EXPIRED = text("""
    UPDATE message SET state = 'expired', failure = 'expired'
    WHERE tenant_id = :tenant AND state = 'queued' AND id IN (
        SELECT id FROM message
        WHERE tenant_id = :tenant AND state = 'queued' AND expires_at <= least(:now, now())
        ORDER BY expires_at LIMIT 5000 FOR UPDATE SKIP LOCKED)
""")
# The worker that held it is gone, or lost its database: the request may have left.
ABANDONED = text("""
    UPDATE message SET state = 'uncertain', failure = 'worker_lost', lease_until = NULL, next_attempt_at = :now
    WHERE tenant_id = :tenant AND state = 'sending' AND lease_until <= now()
""")
# LIMIT keeps this one look at the index a lane; EXISTS would be planned as a join over everything queued.
DUE_LANES = text("""
    SELECT lane FROM (VALUES ('urgent'), ('emergency'), ('normal'), ('broadcast')) AS lanes(lane)
    WHERE NOT EXISTS (SELECT FROM delivery_pause WHERE tenant_id = :tenant AND oa_id = '' AND ended_at IS NULL)
      AND (SELECT true FROM message WHERE tenant_id = :tenant AND message.lane = lanes.lane
           AND state = 'queued' AND next_attempt_at <= greatest(:now, now()) LIMIT 1)
""")
DOUBTFUL = text("""
    SELECT EXISTS (SELECT FROM message WHERE tenant_id = :tenant AND state = 'uncertain'
                   AND channel = 'consultation' AND next_attempt_at <= :now)
""")


def sweep() -> list[str]:
    """Close what has expired, free what was abandoned, and wake the workers; returns the lanes woken."""
    tenant_id, words = scope.required(), {"tenant": scope.required(), "now": now()}
    db.session.execute(EXPIRED, words)
    db.session.execute(ABANDONED, words)
    lanes = list(db.session.scalars(DUE_LANES, words))
    doubtful = db.session.scalar(DOUBTFUL, words)
    db.session.commit()
    for lane in lanes:
        turns.wake(lane, (tenant_id,))
    if doubtful:
        queue.wake(RECONCILE, tenant_id, lane="normal")
    return lanes
