"""Counts that all processes share, for /metrics. Kept in Redis: they may start again from nothing."""

from collections.abc import Mapping

import structlog
from redis.exceptions import RedisError

from .queue import connection

_KEY = "motcua:counts"
_MOST_NAMES = 2000

log = structlog.get_logger(__name__)


def count(what: str, name: str, *, from_outside: bool = False) -> None:
    """Add one to the count of `name` under `what`; Redis away: nothing is counted, nothing else happens.

    A name `from_outside` is counted as "other" once there are too many: a flood must not fill the memory.
    """
    try:
        if from_outside and connection().hlen(_KEY) >= _MOST_NAMES:
            name = name if connection().hexists(_KEY, f"{what}|{name}") else "other"
        connection().hincrby(_KEY, f"{what}|{name}", 1)
    except RedisError as error:
        log.warning("counter_unreachable", error=type(error).__name__)


def count_all(what: str, numbers: Mapping[str, int]) -> None:
    """Add to several counts under `what` in one trip."""
    trip = connection().pipeline(transaction=False)
    for name, number in numbers.items():
        trip.hincrby(_KEY, f"{what}|{name}", number)
    try:
        trip.execute()
    except RedisError as error:
        log.warning("counter_unreachable", error=type(error).__name__)


def counts() -> dict[tuple[str, str], int]:
    """(what, name) -> how often. Raises RedisError while Redis is away."""
    return {
        tuple(field.decode().split("|", 1)): int(number)
        for field, number in connection().hgetall(_KEY).items()
    }
