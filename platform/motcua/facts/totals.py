"""What all provinces used together, read through the role that sees every province and changes nothing."""

from contextlib import contextmanager
from datetime import date

from sqlalchemy import create_engine, text

from motcua.core import roles
from motcua.core.config import Settings

from .spans import month_of

TOTALS = text("""
    SELECT tenant.id AS tenant_id,
        coalesce((SELECT sum(messages) FROM fact_message AS fact WHERE fact.tenant_id = tenant.id
            AND day BETWEEN :first AND :last AND state IN ('sent', 'delivered', 'seen')), 0)::bigint AS messages,
        coalesce((SELECT sum(amount_vnd) FROM message_spend AS fact WHERE fact.tenant_id = tenant.id
            AND month = :first), 0)::bigint AS cost_vnd,
        coalesce((SELECT sum(received) FROM fact_dossier AS fact WHERE fact.tenant_id = tenant.id
            AND day BETWEEN :first AND :last), 0)::bigint AS dossiers,
        coalesce((SELECT sum(asked) FROM fact_lookup AS fact WHERE fact.tenant_id = tenant.id
            AND day BETWEEN :first AND :last), 0)::bigint AS lookups,
        coalesce((SELECT active_citizens FROM fact_month AS fact WHERE fact.tenant_id = tenant.id
            AND month = :first), 0) AS active_citizens,
        (SELECT max(rolled_at) FROM fact_day AS fact WHERE fact.tenant_id = tenant.id) AS as_of
    FROM tenant ORDER BY tenant.id
""")


@contextmanager
def _reading(settings: Settings):
    engine = create_engine(settings.database_urls["report"], connect_args=roles.connect_args("report"))
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def totals_of_month(settings: Settings, year: int, month: int) -> list[dict]:
    """A row a province: tenant_id, messages, cost_vnd, dossiers, lookups, active_citizens, as_of (None: never)."""
    span = month_of(date(year, month, 1))
    with _reading(settings) as connection:
        rows = connection.execute(TOTALS, {"first": span.first, "last": span.last}).mappings()
        return [dict(row) for row in rows]
