"""How many messages of each tenant and lane went which way, counted by all processes together in Redis."""

from collections import Counter

import structlog
from redis.exceptions import RedisError

from motcua.core.queue import connection

MOST_TENANTS = 100
_KEY = "motcua:sent"

log = structlog.get_logger(__name__)


def count(added: dict[tuple[str, str, str], int]) -> None:
    """`added`: (tenant, lane, outcome) -> how many more; one trip, and none at all while Redis is away."""
    try:
        pipe = connection().pipeline(transaction=False)
        for (tenant_id, lane, state), number in added.items():
            pipe.hincrby(_KEY, f"{tenant_id}|{lane}|{state}", number)
        pipe.execute()
    except RedisError as error:
        log.warning("counter_unreachable", error=type(error).__name__)


def totals(most_tenants: int = MOST_TENANTS) -> dict[tuple[str, str, str], int]:
    """(tenant, lane, outcome) -> how many since Redis was last empty.

    Only of the tenants that sent the most; the others together are "other". Raises RedisError while it is away.
    """
    found: dict[tuple[str, str, str], int] = {}
    by_tenant: Counter[str] = Counter()
    for field, number in connection().hgetall(_KEY).items():
        tenant_id, lane, state = field.decode().split("|", 2)
        found[tenant_id, lane, state] = int(number)
        by_tenant[tenant_id] += int(number)
    named = {tenant_id for tenant_id, _ in by_tenant.most_common(most_tenants)}
    bounded: Counter[tuple[str, str, str]] = Counter()
    for (tenant_id, lane, state), number in found.items():
        bounded[tenant_id if tenant_id in named else "other", lane, state] += number
    return dict(bounded)
