"""How many messages left in a month that is still running, without walking along it."""

from sqlalchemy import text

from motcua.core import months, scope
from motcua.core.clock import VIETNAM, now
from motcua.core.database import db

# A day's facts, and what was written on it since they were counted: of today some minutes, of others seldom anything.
LEFT = text("""
    SELECT CAST(coalesce(sum(counted.messages + since.messages), 0) AS bigint)
    FROM (SELECT CAST(one AS date) AS day, one AT TIME ZONE :zone AS begins,
            (one + interval '1 day') AT TIME ZONE :zone AS ends
        FROM generate_series(CAST(:first AS timestamp), CAST(:today AS timestamp), interval '1 day') AS one) AS days
    LEFT JOIN fact_day AS rolled ON rolled.tenant_id = :tenant AND rolled.day = days.day
    CROSS JOIN LATERAL (SELECT coalesce(sum(fact.messages), 0) AS messages FROM fact_message AS fact
        WHERE fact.tenant_id = :tenant AND fact.day = days.day
          AND fact.state IN ('sending', 'sent', 'delivered', 'seen', 'uncertain')) AS counted
    CROSS JOIN LATERAL (SELECT count(*) AS messages FROM message WHERE tenant_id = :tenant
          AND state IN ('sending', 'sent', 'delivered', 'seen', 'uncertain') AND id IN (
            SELECT id FROM message_key WHERE tenant_id = :tenant
                AND created_at >= coalesce(rolled.rolled_at, days.begins) AND created_at < days.ends)) AS since
""")


def left_this_month() -> int:
    """Messages of the tenant in scope that were written this month, by Vietnam's clock, and have left or are about to.

    What waited when its day was last counted (today's every few minutes) and left since is not among them.
    """
    month, today = months.month_at(now()), now().astimezone(VIETNAM).date()
    words = {"tenant": scope.required(), "first": month, "today": today, "zone": VIETNAM.key}
    return db.session.scalar(LEFT, words)
