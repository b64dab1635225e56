"""How much waits, and for how long, per tenant and lane, at a cost that does not grow with what waits."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import text

from motcua.core import fair_ring
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.core.queue import LANES

MOST_TENANTS = 20  # a lane: of more than these a chart says nothing
MOST_COUNTED = 10_000

# The count stops at its limit and the oldest is the index' first entry.
WAITING = text("""
    SELECT count(*), min(next_attempt_at) FROM (
        SELECT next_attempt_at FROM message
        WHERE tenant_id = :tenant AND lane = :lane AND state = 'queued' AND next_attempt_at <= :now
        ORDER BY next_attempt_at, id LIMIT :most) AS due
""")


@dataclass(frozen=True)
class Backlog:
    """`waiting` messages are due (at most MOST_COUNTED are counted), the oldest for `oldest_s` seconds."""

    tenant_id: str
    lane: str
    waiting: int
    oldest_s: float


def backlogs() -> list[Backlog]:
    """Of the tenants in the rings, those next in turn first. Raises RedisError while Redis is away."""
    lanes_of: dict[str, list[str]] = defaultdict(list)
    for lane in LANES:
        for tenant_id in fair_ring.members(lane, MOST_TENANTS):
            lanes_of[tenant_id].append(lane)
    found, moment = [], now()
    for tenant_id, lanes in sorted(lanes_of.items()):
        with tenant_scope(tenant_id):
            for lane in lanes:
                words = {"tenant": tenant_id, "lane": lane, "now": moment, "most": MOST_COUNTED}
                waiting, oldest = db.session.execute(WAITING, words).one()
                if waiting:
                    found.append(Backlog(tenant_id, lane, waiting, (moment - oldest).total_seconds()))
    return found
