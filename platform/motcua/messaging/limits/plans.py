"""What is used of a province's plan this month, by Vietnam's clock: taken in Redis before a message leaves.

Redis counts, the table `plan_use` remembers: each round of the sweep writes down what has changed since the last one.
A Redis that has lost a count begins it with that row and what was claimed since and is still under way; so it may
grant again only what left since the last round (three seconds, or three times as long as a round takes) and what was
being claimed. Nothing of the row is counted twice, but a message in doubt whose place in the count another one gave
back within one round.
No messages are counted, but once, where a limit begins in the middle of a month (`provinces.plan_months`).
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime

import structlog
from redis.exceptions import RedisError
from sqlalchemy import BigInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core import months, queue, scope
from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned, db

KEPT_S = 40 * 24 * 3600
UNLIMITED = 2**53
PLAN_LIMIT = "plan_limit"  # why a message waits for its province's next month

# KEYS: used this month. ARGV: wanted, limit. Returns -1 while nobody has counted.
_TAKE = """
local used = redis.call('GET', KEYS[1])
if not used then return -1 end
local granted = math.max(math.min(tonumber(ARGV[1]), tonumber(ARGV[2]) - tonumber(used)), 0)
if granted > 0 then redis.call('INCRBY', KEYS[1], granted) end
return granted
"""
# KEYS: used this month. ARGV: how many of them were not. A month nobody has counted begins with what was kept.
_RETURN = """
local used = tonumber(redis.call('GET', KEYS[1]) or 0)
if used > 0 then redis.call('DECRBY', KEYS[1], math.min(used, tonumber(ARGV[1]))) end
return 1
"""
# KEYS: used this month. ARGV: at least so many, for how long to keep it (s).
_RAISE = """
local used = tonumber(redis.call('GET', KEYS[1]) or 0)
redis.call('SET', KEYS[1], math.max(used, tonumber(ARGV[1])), 'EX', ARGV[2])
return 1
"""
# What the row has, and what was claimed after it was kept: both by the database's clock. :begin is the month's.
SEED = text("""
    WITH kept AS MATERIALIZED (
        SELECT coalesce(max(messages), 0) AS messages, coalesce(max(kept_at), :begin) AS at
        FROM plan_use WHERE tenant_id = :tenant AND month = :month)
    SELECT messages
        + (SELECT count(*) FROM message WHERE tenant_id = :tenant AND state = 'sending' AND claimed_at > kept.at)
        + (SELECT count(*) FROM message WHERE tenant_id = :tenant AND state = 'uncertain' AND claimed_at > kept.at)
    FROM kept
""")
LIMITED = text("""
    SELECT id FROM tenant WHERE settings #>> '{plan,messages_per_month}' IS NOT NULL ORDER BY id
""")
KEEP = text("""
    SELECT keep_plan_use(CAST(:tenants AS text[]), CAST(:month AS date), CAST(:counts AS bigint[]))
""")  # migration 0095
BEGIN = text("""
    INSERT INTO plan_use (tenant_id, month, messages, kept_at) VALUES (:tenant, :month, :messages, now())
    ON CONFLICT (tenant_id, month) DO UPDATE SET
        messages = greatest(plan_use.messages, excluded.messages), kept_at = excluded.kept_at
    RETURNING messages
""")

log = structlog.get_logger(__name__)


class PlanUse(TenantOwned, Base):
    """What Redis had counted of a province's month at `kept_at`. `month` is its first day.

    Only of provinces with a limit; of a month that is over, what the last round saw of it.
    """

    __tablename__ = "plan_use"

    month: Mapped[date]
    messages: Mapped[int] = mapped_column(BigInteger)
    kept_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (UniqueConstraint("tenant_id", "month"),)


def take(tenant_id: str, month: date, limit: int | None, want: int, seed: Callable[[str, date], int]) -> int:
    """How many of `want` the plan's month still allows; `seed(tenant, month)` is `used` in that tenant's scope.

    All of them where `limit` is None, and while Redis is away; in Redis they are counted all the same.
    """
    key, most = key_of(tenant_id, month), UNLIMITED if limit is None else limit
    try:
        granted = int(queue.connection().eval(_TAKE, 1, key, want, most))
        if granted < 0:
            queue.connection().set(key, seed(tenant_id, month), nx=True, ex=KEPT_S)
            granted = int(queue.connection().eval(_TAKE, 1, key, want, most))
        return max(granted, 0)
    except RedisError as error:
        log.warning("plan_counter_unreachable", error=type(error).__name__)
        return want


def give_back(unused: Mapping[tuple[str, date], int]) -> None:
    """So many, by tenant and the month they were taken in, did not leave."""
    try:
        pipe = queue.connection().pipeline(transaction=False)
        for (tenant_id, month), count in unused.items():
            pipe.eval(_RETURN, 1, key_of(tenant_id, month), count)
        pipe.execute()
    except RedisError as error:
        log.warning("plan_counter_unreachable", error=type(error).__name__)


def used(month: date) -> int:
    """Of the month, by the tenant in scope, as far as the database knows without counting what has left."""
    begin, _ = months.bounds(month)
    return db.session.scalar(SEED, {"tenant": scope.required(), "month": month, "begin": begin})


def begin(messages: int) -> None:
    """The tenant in scope gets a limit, and has sent so many this month; commits.

    What an earlier limit of this month had counted stays, if that is more.
    """
    tenant_id, month = scope.required(), months.month_at(now())
    kept = db.session.scalar(BEGIN, {"tenant": tenant_id, "month": month, "messages": messages})
    db.session.commit()
    try:
        queue.connection().eval(_RAISE, 1, key_of(tenant_id, month), kept, KEPT_S)
    except RedisError as error:
        log.warning("plan_counter_unreachable", error=type(error).__name__)


def keep_everywhere() -> int:
    """Write down what Redis has counted this month of every province with a limit; how many numbers were new.

    Two trips, whatever the number of provinces; outside every province's scope; commits. What Redis has lost stays as
    it was kept. A number may have become smaller.
    """
    tenants = list(db.session.scalars(LIMITED))
    db.session.rollback()  # the row's moment is that of a transaction which begins after the numbers were read
    if not tenants:
        return 0
    month = months.month_at(now())
    counts = queue.connection().mget([key_of(tenant_id, month) for tenant_id in tenants])
    known = {name: int(count) for name, count in zip(tenants, counts, strict=True) if count is not None}
    if not known:
        return 0
    words = {"tenants": list(known), "month": month, "counts": list(known.values())}
    written = db.session.scalar(KEEP, words)
    db.session.commit()
    return written


def key_of(tenant_id: str, month: date) -> str:
    return f"motcua:plan:{tenant_id}:{month:%Y%m}"
