"""What templates cost a province each month: counted once a message, kept by event and channel, mirrored in Redis.

Zalo bills a template message that it accepts and delivers; we count those that it accepted. The counting follows
behind the sending (every sweep), by a partial index over paid messages not counted yet, so that no send waits for it.
"""

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
    SELECT month, sum(messages) AS messages, CAST(sum(amount) AS bigint) AS amount FROM summed GROUP BY month
""")
# True of a tenant for whom `tally` finds something.
DUE = """
    (SELECT true FROM message WHERE tenant_id = tenant.id AND billed_at IS NULL AND price_vnd > 0
     AND state IN ('sent', 'delivered', 'seen') LIMIT 1)
"""
# Only where the counter stands: one that is gone is read from the table, which has this already.
_ADD = "if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('INCRBY', KEYS[1], ARGV[1]) end"

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
    months = db.session.execute(TALLY, words).all()
    db.session.commit()
    for month, _, amount in months:
        try:
            queue.connection().eval(_ADD, 1, key_of(scope.required(), month), int(amount))
        except RedisError as error:
            log.warning("spend_counter_unreachable", error=type(error).__name__)
    return sum(int(one.messages) for one in months)


def month_of(at: datetime) -> date:
    """The first day of the month, in the time zone of the tenant in scope."""
    return month_at(at, _zone())


def spent_vnd(month: date) -> int:
    """From Redis, else from the table, which then fills Redis."""
    key = key_of(scope.required(), month)
    try:
        known = queue.connection().get(key)
        if known is not None:
            return int(known)
        total = total_vnd(month)
        queue.connection().set(key, total, nx=True, ex=TTL_S)
        return total
    except RedisError:
        return total_vnd(month)


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
