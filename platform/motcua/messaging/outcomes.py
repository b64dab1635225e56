"""Writing what became of messages: many in one statement a tenant, many tenants in one transaction."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from motcua.core.hot_connection import HotConnection

# A webhook or the reconciliation may have been quicker; an answer that came after all still counts.
SENT = """
    UPDATE message SET state = 'sent', failure = NULL, lease_until = NULL,
        zalo_message_id = outcome.zalo_id, sent_at = outcome.sent_at
    FROM unnest(%(ids)s::bigint[], %(zalo_ids)s::text[], %(sent_at)s::timestamptz[])
        AS outcome(id, zalo_id, sent_at)
    WHERE message.tenant_id = %(tenant)s AND message.id = outcome.id
      AND message.state IN ('sending', 'uncertain')
"""
# Only of the claim it belongs to: meanwhile the lease may have run out and another worker have the message.
OTHERS = """
    UPDATE message SET
        state = outcome.state, failure = outcome.failure,
        next_attempt_at = coalesce(outcome.retry_at, message.next_attempt_at),
        channels_refused = CASE WHEN outcome.refused IS NULL THEN message.channels_refused
            ELSE message.channels_refused || to_jsonb(outcome.refused) END,
        lease_until = NULL, attempts = message.attempts - CAST(outcome.untried AS int)
    FROM unnest(%(ids)s::bigint[], %(claimed_at)s::timestamptz[], %(states)s::text[], %(failures)s::text[],
            %(retry_at)s::timestamptz[], %(refused)s::text[], %(untried)s::boolean[])
        AS outcome(id, claimed_at, state, failure, retry_at, refused, untried)
    WHERE message.tenant_id = %(tenant)s AND message.id = outcome.id AND message.state = 'sending'
      AND message.claimed_at = outcome.claimed_at
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


async def record(connection: HotConnection, outcomes: Iterable[Outcome]) -> None:
    """Write outcomes of any tenants; safe to run twice."""
    by_tenant: dict[str, tuple[list, list]] = defaultdict(lambda: ([], []))
    for one in outcomes:
        by_tenant[one.tenant_id][one.state != "sent"].append(one)
    async with connection.transaction() as transaction:
        # In one order everywhere, so that two workers never wait for one another's rows.
        for tenant_id in sorted(by_tenant):
            await transaction.enter(tenant_id)
            sent, others = (sorted(some, key=lambda one: one.id) for some in by_tenant[tenant_id])
            if sent:
                await transaction.run(
                    SENT,
                    {
                        "tenant": tenant_id,
                        "ids": [one.id for one in sent],
                        "zalo_ids": [one.zalo_message_id for one in sent],
                        "sent_at": [one.sent_at for one in sent],
                    },
                )
            if others:
                await transaction.run(
                    OTHERS,
                    {
                        "tenant": tenant_id,
                        "ids": [one.id for one in others],
                        "claimed_at": [one.claimed_at for one in others],
                        "states": [one.state for one in others],
                        "failures": [one.failure for one in others],
                        "retry_at": [one.retry_at for one in others],
                        "refused": [one.refused for one in others],
                        "untried": [one.untried for one in others],
                    },
                )
