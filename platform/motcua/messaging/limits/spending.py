"""What templates cost a province each month: counted once a message, kept by event and channel.

Zalo bills a template message that it accepts and delivers; we count those that it accepted. The counting follows
behind the sending (every sweep), by a partial index over paid messages not counted yet, so that no send waits for it.
Where there is a cap, the money is taken in Redis before a message leaves: no cap is overrun by what is under way.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import structlog
from redis.exceptions import RedisError
from sqlalchemy import BigInteger, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core import queue, scope
from motcua.core.clock import now
from motcua.core.database import Base, TenantOwned, db
from motcua.core.months import month_at
from motcua.tenancy import current

BATCH = 5000
TTL_S = 3600  # then it is read anew from the table: nothing can stay wrong for long

TALLY = text("""
    WITH paid AS MATERIALIZED (
        SELECT id FROM message
        WHERE tenant_id = :tenant AND billed_at IS NULL AND price_vnd > 0
          AND state IN ('sent', 'delivered', 'seen')
        LIMIT :batch FOR UPDATE SKIP LOCKED),
    billed AS (
        UPDATE message SET billed_at = :now FROM paid
        WHERE message.tenant_id = :tenant AND message.id = paid.id
        RETURNING message.event, message.channel, message.price_vnd,
            CAST(date_trunc('month', coalesce(message.sent_at, message.created_at) AT TIME ZONE :zone) AS date)
                AS month),
    summed AS (
        SELECT month, event, channel, count(*) AS messages, sum(price_vnd) AS amount
        FROM billed GROUP BY month, event, channel),
    kept AS (
        INSERT INTO message_spend (tenant_id, month, event, channel, messages, amount_vnd)
        SELECT :tenant, month, event, channel, messages, amount FROM summed ORDER BY month, event, channel
        ON CONFLICT (tenant_id, month, event, channel) DO UPDATE SET
            messages = message_spend.messages + excluded.messages,
            amount_vnd = message_spend.amount_vnd + excluded.amount_vnd)
    SELECT CAST(coalesce(sum(messages), 0) AS bigint) FROM summed
""")
# True of a tenant for whom `tally` finds something.
DUE = """
    (SELECT true FROM message WHERE tenant_id = tenant.id AND billed_at IS NULL AND price_vnd > 0
     AND state IN ('sent', 'delivered', 'seen') LIMIT 1)
"""
# What was counted, and what is as good as spent: accepted and not counted yet, on its way, or in doubt. One statement
# sees one moment: between two, a tally would move money from the one to the other.
COMMITTED = text("""
    SELECT CAST(coalesce(sum(amount), 0) AS bigint) FROM (
        SELECT amount_vnd AS amount FROM message_spend WHERE tenant_id = :tenant AND month = :month
        UNION ALL
        SELECT price_vnd FROM message
        WHERE tenant_id = :tenant AND billed_at IS NULL AND price_vnd > 0 AND state IN ('sent', 'delivered', 'seen')
        UNION ALL
        SELECT price_vnd FROM message WHERE tenant_id = :tenant AND state = 'sending'
        UNION ALL
        SELECT price_vnd FROM message WHERE tenant_id = :tenant AND state = 'uncertain') AS committed
""")
# KEYS: spent this month. ARGV: cap (-1: none), prices. How many of them fit, in their order; -1: nobody has counted.
_TAKE = """
local spent = tonumber(redis.call('GET', KEYS[1]))
if not spent then return -1 end
local cap, sum, taken = tonumber(ARGV[1]), 0, 0
for at = 2, #ARGV do
    local price = tonumber(ARGV[at])
    if cap >= 0 and spent + sum + price > cap then break end
    sum, taken = sum + price, taken + 1
end
if sum > 0 then redis.call('INCRBY', KEYS[1], sum) end
return taken
"""
_RETURN = """
local spent = tonumber(redis.call('GET', KEYS[1]) or 0)
if spent > 0 then redis.call('DECRBY', KEYS[1], math.min(spent, tonumber(ARGV[1]))) end
return 1
"""

log = structlog.get_logger(__name__)


class MessageSpend(TenantOwned, Base):
    """One month's paid messages of one event and channel. `month` is its first day, local; VND before tax."""

    __tablename__ = "message_spend"

    month: Mapped[date]
    event: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    messages: Mapped[int] = mapped_column(BigInteger)
    amount_vnd: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (UniqueConstraint("tenant_id", "month", "event", "channel"),)


def tally() -> int:
    """Count what was paid for since the last time, of the tenant in scope; commits. Returns how many messages.

    Two at once count nothing twice.
    """
    words = {"tenant": scope.required(), "batch": BATCH, "now": now(), "zone": _zone().key}
    counted = db.session.scalar(TALLY, words)
    db.session.commit()
    return counted


def month_of(at: datetime) -> date:
    """The first day of the month, in the time zone of the tenant in scope."""
    return month_at(at, _zone())


def take(
    tenant_id: str, month: date, prices: Sequence[int], cap_vnd: int | None, count: Callable[[str, date], int]
) -> int:
    """How many of the messages with these prices may leave below the cap, in their order; their money is spent then.

    `count(tenant, month)` is `spent_vnd` in that tenant's scope. All may leave while Redis is away.
    """
    key, words = key_of(tenant_id, month), [-1 if cap_vnd is None else cap_vnd, *prices]
    try:
        taken = int(queue.connection().eval(_TAKE, 1, key, *words))
        if taken < 0:
            count(tenant_id, month)
            taken = int(queue.connection().eval(_TAKE, 1, key, *words))
        return taken if taken >= 0 else len(prices)
    except RedisError as error:
        log.warning("spend_counter_unreachable", error=type(error).__name__)
        return len(prices)


def give_back(unused: Mapping[tuple[str, date], int]) -> None:
    """Money of messages that did not leave, by tenant and the month it was taken in."""
    try:
        pipe = queue.connection().pipeline(transaction=False)
        for (tenant_id, month), amount in unused.items():
            if amount:
                pipe.eval(_RETURN, 1, key_of(tenant_id, month), amount)
        pipe.execute()
    except RedisError as error:
        log.warning("spend_counter_unreachable", error=type(error).__name__)


def spent_vnd(month: date) -> int:
    """In this month, what is under way included. From Redis, else from the tables, which then fill Redis."""
    key = key_of(scope.required(), month)
    try:
        known = queue.connection().get(key)
        if known is not None:
            return int(known)
        total = _committed_vnd(month)
        queue.connection().set(key, total, nx=True, ex=TTL_S)
        return total
    except RedisError:
        return _committed_vnd(month)


def _committed_vnd(month: date) -> int:
    return db.session.scalar(COMMITTED, {"tenant": scope.required(), "month": month})


def total_vnd(month: date) -> int:
    return int(
        db.session.scalar(
            db.select(db.func.coalesce(db.func.sum(MessageSpend.amount_vnd), 0)).where(
                MessageSpend.month == month
            )
        )
    )


def rows_of(month: date) -> list[MessageSpend]:
    """The dearest first."""
    return list(
        db.session.scalars(
            db.select(MessageSpend)
            .where(MessageSpend.month == month)
            .order_by(MessageSpend.amount_vnd.desc(), MessageSpend.event, MessageSpend.channel)
        )
    )


def months(limit: int = 12) -> list[tuple[date, int, int]]:
    """(month, messages, VND) of the latest months with any, the newest first."""
    rows = db.session.execute(
        db.select(
            MessageSpend.month, db.func.sum(MessageSpend.messages), db.func.sum(MessageSpend.amount_vnd)
        )
        .group_by(MessageSpend.month)
        .order_by(MessageSpend.month.desc())
        .limit(limit)
    )
    return [(month, int(messages), int(amount)) for month, messages, amount in rows]


def key_of(tenant_id: str, month: date) -> str:
    return f"motcua:spend:{{{tenant_id}}}:{month:%Y-%m}"


def _zone() -> ZoneInfo:
    return ZoneInfo(current.tenant().settings["timezone"])
