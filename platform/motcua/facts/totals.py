"""What all provinces used together, read through the role that sees every province and changes nothing."""

from datetime import date

from sqlalchemy import text

from motcua.core import months, reporting
from motcua.core.clock import VIETNAM

# A month stands as counted when its days and its citizens were counted after their end and no day is marked since.
# A province without any counted day is as counted as it can be if nothing of the month is there to count.
TOTALS = text("""
    SELECT tenant.id AS tenant_id,
        coalesce((SELECT sum(messages) FROM fact_message AS fact WHERE fact.tenant_id = tenant.id
            AND day BETWEEN :first AND :last AND state IN ('sent', 'delivered', 'seen')), 0)::bigint AS messages,
        coalesce((SELECT sum(messages - paid) FROM fact_message AS fact WHERE fact.tenant_id = tenant.id
            AND day BETWEEN :first AND :last AND state IN ('sent', 'delivered', 'seen')), 0)::bigint AS free_messages,
        coalesce(spent.messages, 0)::bigint AS template_messages, coalesce(spent.amount_vnd, 0)::bigint AS cost_vnd,
        coalesce((SELECT sum(received) FROM fact_dossier AS fact WHERE fact.tenant_id = tenant.id
            AND day BETWEEN :first AND :last), 0)::bigint AS dossiers,
        coalesce((SELECT sum(asked) FROM fact_lookup AS fact WHERE fact.tenant_id = tenant.id
            AND day BETWEEN :first AND :last), 0)::bigint AS lookups,
        coalesce((SELECT active_citizens FROM fact_month AS fact WHERE fact.tenant_id = tenant.id
            AND month = :first), 0) AS active_citizens,
        counted.rolled_at AS as_of,
        coalesce(counted.is_over, NOT EXISTS (SELECT FROM message WHERE message.tenant_id = tenant.id
                AND created_at >= :since AND created_at < :until)
            AND NOT EXISTS (SELECT FROM dossier WHERE dossier.tenant_id = tenant.id
                AND received_at >= :since AND received_at < :until))
            AND NOT EXISTS (SELECT FROM fact_dirty AS mark WHERE mark.tenant_id = tenant.id
                AND day BETWEEN :first AND :last)
            AND NOT EXISTS (SELECT FROM fact_month AS fact WHERE fact.tenant_id = tenant.id
                AND month = :first AND rolled_at < :until) AS is_counted
    FROM tenant
    LEFT JOIN LATERAL (SELECT sum(messages) AS messages, sum(amount_vnd) AS amount_vnd FROM message_spend
        WHERE message_spend.tenant_id = tenant.id AND month = :first) AS spent ON true
    LEFT JOIN LATERAL (SELECT max(rolled_at) AS rolled_at,
            bool_and(rolled_at >= (day + 1)::timestamp AT TIME ZONE :zone) AS is_over
        FROM fact_day WHERE fact_day.tenant_id = tenant.id AND day BETWEEN :first AND :last) AS counted ON true
    ORDER BY tenant.id
""")


def totals_of_month(year: int, month: int) -> list[dict]:
    """A row a province: tenant_id, messages (free_messages among them by the day they were written), and by the day
    they left, as Zalo bills, template_messages and cost_vnd; dossiers, lookups, active_citizens; as_of (None: no day
    of the month was ever counted) and is_counted (nothing of it is still to be counted)."""
    first = date(year, month, 1)
    since, until = months.bounds(first)
    words = {
        "first": first,
        "last": months.last_day(first),
        "since": since,
        "until": until,
        "zone": VIETNAM.key,
    }
    with reporting.connection() as opened:
        return [dict(row) for row in opened.execute(TOTALS, words).mappings()]
