"""Writing what became of messages: many of many tenants in one statement."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from motcua.core.hot_connection import HotConnection

RECORD = """
    SELECT record_outcomes(%(tenants)b::text[],
        %(sent_counts)b::int[], %(sent_ids)b::bigint[], %(zalo_ids)b::text[], %(sent_ats)b::timestamptz[],
        %(other_counts)b::int[], %(other_ids)b::bigint[], %(claims)b::timestamptz[], %(states)b::text[],
        %(failures)b::text[], %(retries)b::timestamptz[], %(refusals)b::text[], %(untrieds)b::boolean[])
"""


@dataclass(slots=True)
class Outcome:
    """What became of one claimed message. `state` queued means: again at `retry_at`, or in its old place."""

    tenant_id: str
    lane: str
    id: int
    claimed_at: datetime
    state: str
    failure: str | None = None
    zalo_message_id: str | None = None
    sent_at: datetime | None = None
    retry_at: datetime | None = None
    refused: str | None = None  # the channel by which the citizen cannot be reached
    untried: bool = False  # it never set out: no attempt is counted
    price_vnd: int = 0  # of the route it was to take


async def record(connection: HotConnection, outcomes: Iterable[Outcome]) -> None:
    """Write outcomes of any tenants in one trip; safe to run twice. What each means: migrations 0076, 0086 and 0094."""
    by_tenant: dict[str, tuple[list[Outcome], list[Outcome]]] = defaultdict(lambda: ([], []))
    # In one order everywhere, so that two workers never wait for one another's rows.
    for one in sorted(outcomes, key=lambda one: (one.tenant_id, one.id)):
        by_tenant[one.tenant_id][one.state != "sent"].append(one)
    sent = [one for found, _ in by_tenant.values() for one in found]
    others = [one for _, found in by_tenant.values() for one in found]
    words = {
        "tenants": list(by_tenant),
        "sent_counts": [len(found) for found, _ in by_tenant.values()],
        "sent_ids": [one.id for one in sent],
        "zalo_ids": [one.zalo_message_id for one in sent],
        "sent_ats": [one.sent_at for one in sent],
        "other_counts": [len(found) for _, found in by_tenant.values()],
        "other_ids": [one.id for one in others],
        "claims": [one.claimed_at for one in others],
        "states": [one.state for one in others],
        "failures": [one.failure for one in others],
        "retries": [one.retry_at for one in others],
        "refusals": [one.refused for one in others],
        "untrieds": [one.untried for one in others],
    }
    async with connection.transaction() as transaction:
        await transaction.run_for_many(RECORD, words)
