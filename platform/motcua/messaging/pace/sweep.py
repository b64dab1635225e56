"""What the queue forgot, the database still knows. Safe to run at any time, by several at once."""

from collections import defaultdict
from datetime import timedelta

from sqlalchemy import text

from motcua.core import everywhere, scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.messaging.leaving import EXPIRED_AFTER

from . import turns

# Clocks differ between hosts: expired is what is so by ours and by the database's, a lease ends by the database's.
EXPIRED = text(f"""
    UPDATE message SET state = 'expired', failure = {EXPIRED_AFTER}
    WHERE tenant_id = :tenant AND state = 'queued' AND id IN (
        SELECT id FROM message
        WHERE tenant_id = :tenant AND state = 'queued' AND id > 0 AND expires_at <= least(:now, now())
        ORDER BY expires_at LIMIT 5000 FOR UPDATE SKIP LOCKED)
""")  # noqa: S608 - our own constant
# By the database's clock, or by its having been set back: no lease is as long as that.
IS_OVER = "(lease_until <= now() OR lease_until > now() + interval '2 minutes')"
# How long a request may be under way, and Zalo take to show it: by a clock that was stepped a lease ends early.
STILL_LEAVING = timedelta(seconds=30)
# The worker that held it is gone, or lost its database: the request may have left.
ABANDONED = text(f"""
    UPDATE message SET state = 'uncertain', failure = 'worker_lost', lease_until = NULL,
        next_attempt_at = now() + CAST(:still_leaving AS interval)
    WHERE tenant_id = :tenant AND state = 'sending' AND {IS_OVER}
""")  # noqa: S608 - our own constant
# LIMIT keeps this one look at the index a lane; EXISTS would be planned as a join over everything queued.
DUE_LANES = text("""
    SELECT lane FROM (VALUES ('urgent'), ('emergency'), ('normal'), ('broadcast')) AS lanes(lane)
    WHERE NOT EXISTS (SELECT FROM delivery_pause WHERE tenant_id = :tenant AND oa_id = '' AND ended_at IS NULL)
      AND (SELECT true FROM message WHERE tenant_id = :tenant AND message.lane = lanes.lane
           AND state = 'queued' AND next_attempt_at <= greatest(:now, now()) LIMIT 1)
""")
# The same of every province in one statement: four looks at the index each, whatever waits.
DUE_EVERYWHERE = text("""
    SELECT tenant.id, lane FROM tenant
    CROSS JOIN (VALUES ('urgent'), ('emergency'), ('normal'), ('broadcast')) AS lanes(lane)
    WHERE tenant.status <> 'suspended'
      AND (SELECT true FROM message WHERE tenant_id = tenant.id AND message.lane = lanes.lane
           AND state = 'queued' AND next_attempt_at <= greatest(:now, now()) LIMIT 1)
      AND NOT EXISTS (SELECT FROM delivery_pause
                      WHERE tenant_id = tenant.id AND oa_id = '' AND ended_at IS NULL)
    ORDER BY tenant.id
""")
# True of a tenant whom `sweep` concerns now for more than waking its lanes.
DUE = f"""
    (SELECT true FROM message WHERE tenant_id = tenant.id AND state = 'queued' AND id > 0
     AND expires_at <= least(:now, now()) LIMIT 1)
    OR (SELECT true FROM message WHERE tenant_id = tenant.id AND state = 'sending'
        AND {IS_OVER} LIMIT 1)
"""  # noqa: S608 - our own constant


def wake_everywhere() -> set[str]:
    """Wake the workers for every province that has something due; returns which those are."""
    waiting: dict[str, list[str]] = defaultdict(list)
    for tenant_id, lane in everywhere.rows(DUE_EVERYWHERE, {"now": now()}):
        waiting[lane].append(tenant_id)
    for lane, tenants in waiting.items():
        turns.wake(lane, tenants)
    return {one for tenants in waiting.values() for one in tenants}


def sweep() -> list[str]:
    """Close what has expired, free what was abandoned, and wake the workers; returns the lanes woken."""
    tenant_id, words = scope.required(), {"tenant": scope.required(), "now": now()}
    db.session.execute(EXPIRED, words)
    db.session.execute(ABANDONED, words | {"still_leaving": STILL_LEAVING})
    lanes = list(db.session.scalars(DUE_LANES, words))
    db.session.commit()
    for lane in lanes:
        turns.wake(lane, (tenant_id,))
    return lanes
