"""How many messages of each tenant and lane went which way, counted by all processes together in Redis."""

import structlog
from redis.exceptions import RedisError

from motcua.core.queue import connection

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


def totals() -> dict[tuple[str, str, str], int]:
    """(tenant, lane, outcome) -> how many since Redis was last empty. Raises RedisError while it is away."""
    return {
        tuple(field.decode().split("|", 2)): int(number)
        for field, number in connection().hgetall(_KEY).items()
    }
