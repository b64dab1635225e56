"""What is left of an OA's quotas at Zalo, which do not refill by the minute.

Counted in Redis and taken before a message is claimed. A count begins with what Zalo's own answers say is left and
ends at the quota's day; unknown means unlimited, and Zalo still has the last word.
"""

from collections.abc import Sequence
from datetime import datetime

import structlog
from redis.exceptions import RedisError

from motcua.core.clock import now
from motcua.core.queue import connection
from motcua.zalo.errors import Retry

# KEYS: what is left. ARGV: wanted.
_TAKE = """
local left = redis.call('GET', KEYS[1])
if not left then return tonumber(ARGV[1]) end
local granted = math.max(math.min(tonumber(ARGV[1]), tonumber(left)), 0)
if granted > 0 then redis.call('DECRBY', KEYS[1], granted) end
return granted
"""
# KEYS: what is left. ARGV: what is known to be left at most, until when (s since the epoch).
_KNOW = """
local left = tonumber(redis.call('GET', KEYS[1]) or ARGV[1])
redis.call('SET', KEYS[1], math.min(left, tonumber(ARGV[1])), 'EXAT', ARGV[2])
return 1
"""

log = structlog.get_logger(__name__)


def take(wants: Sequence[tuple[str, str, int]]) -> list[int]:
    """How many of each (OA id, kind, want) its quota allows; all that is unknown, and all while Redis is away."""
    try:
        allowed = [want for _, _, want in wants]
        known = connection().mget([_key(oa_id, kind) for oa_id, kind, _ in wants])
        # Few, if any: Zalo seldom says what is left.
        counted = [at for at, left in enumerate(known) if left is not None]
        if counted:
            pipe = connection().pipeline(transaction=False)
            for at in counted:
                oa_id, kind, want = wants[at]
                pipe.eval(_TAKE, 1, _key(oa_id, kind), want)
            for at, granted in zip(counted, pipe.execute(), strict=True):
                allowed[at] = int(granted)
        return allowed
    except RedisError as error:
        log.warning("quota_unreachable", error=type(error).__name__)
        return [want for _, _, want in wants]


def give_back(unused: Sequence[tuple[str, str, int]]) -> None:
    """Return (OA id, kind, how many) that did not leave."""
    try:
        pipe = connection().pipeline(transaction=False)
        for oa_id, kind, count in unused:
            # What is unknown stays unknown.
            pipe.eval("return redis.call('EXISTS', KEYS[1]) == 1 and redis.call('INCRBY', KEYS[1], ARGV[1])",
                      1, _key(oa_id, kind), count)  # fmt: skip
        pipe.execute()
    except RedisError as error:
        log.warning("quota_unreachable", error=type(error).__name__)


def know(oa_id: str, kind: str, left: int, until: datetime | None = None) -> None:
    """Zalo says that no more than `left` are left until the quota's end: the end of the day in Vietnam."""
    know_all([(oa_id, kind, left)], until)


def know_all(told: Sequence[tuple[str, str, int]], until: datetime | None = None) -> None:
    """The same of many (OA id, kind, left), in one trip."""
    end = int((until or Retry.NEXT_DAY.earliest(now())).timestamp())
    try:
        pipe = connection().pipeline(transaction=False)
        for oa_id, kind, left in told:
            pipe.eval(_KNOW, 1, _key(oa_id, kind), left, end)
        pipe.execute()
    except RedisError as error:
        log.warning("quota_unreachable", error=type(error).__name__)


def forget(oa_id: str) -> None:
    """Zalo changed this OA's quota (the event change_oa_daily_quota): learn anew what is left."""
    try:
        connection().delete(*(_key(oa_id, kind) for kind in ("consultation", "zbs")))
    except RedisError as error:
        log.warning("quota_unreachable", error=type(error).__name__)


def _key(oa_id: str, kind: str) -> str:
    return f"motcua:quota:{oa_id}:{kind}"
