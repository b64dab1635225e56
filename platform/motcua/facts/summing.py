"""Adding a province's daily facts up: to one row a day for all of it, and to months for what is kept by groups."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Text, TextClause, text

from motcua.core import months, scope
from motcua.core.database import db

from .measures import MEASURES
from .summaries import BY_MONTH, GROUPED, FactProvince, groups_of

UNSUMMED = text("""
    SELECT DISTINCT date_trunc('month', day)::date AS month FROM fact_day
    WHERE tenant_id = :tenant AND NOT EXISTS (
        SELECT FROM fact_province WHERE fact_province.tenant_id = :tenant AND fact_province.day = fact_day.day)
    ORDER BY month DESC
""")


def replacing(
    name: str, at: str, groups: tuple[str, ...], measures: tuple[str, ...], select: str, within: str
) -> TextClause:
    """Fresh rows over the old ones of days or months, the column `at`; rows that count nothing any more go.

    `select` gives the columns `at` and `groups`, which make a row unique, and `measures`; `within` is true of the old
    rows that it stands for. The statement's words: :tenant, and those of `select` and `within`.
    """
    columns = "".join(f", {one}" for one in (*groups, *measures))
    kept = ", ".join(f"{one} = excluded.{one}" for one in measures)
    before, after = (", ".join(f"{side}.{one}" for one in measures) for side in (name, "excluded"))
    same = " AND ".join(f"fresh.{one} = old.{one}" for one in (at, *groups))
    return text(f"""
        WITH fresh AS MATERIALIZED ({select}),
        kept AS (
            INSERT INTO {name} (tenant_id, {at}{columns})
            SELECT :tenant, {at}{columns} FROM fresh
            ON CONFLICT ({", ".join(("tenant_id", at, *groups))}) DO UPDATE SET {kept}
            WHERE ({before}) IS DISTINCT FROM ({after}))
        DELETE FROM {name} AS old
        WHERE tenant_id = :tenant AND {within} AND NOT EXISTS (SELECT FROM fresh WHERE {same})
    """)  # noqa: S608 - constants


def sum_up(day: date) -> None:
    """The day's row of the province, and its month in the tables by month; the caller commits."""
    _days(day, day)
    _months(day.replace(day=1))


def sum_up_days(days: Sequence[date]) -> None:
    """As `sum_up`, for days of one month."""
    _days(min(days), max(days))
    _months(days[0].replace(day=1))


def sum_up_month(month: date) -> None:
    """As `sum_up`, for all days of the month that begins on `month`."""
    _days(month, months.last_day(month))
    _months(month)


def unsummed() -> list[date]:
    """Months with counted days that were never summed up, the newest first: from before there were these tables."""
    return list(db.session.scalars(UNSUMMED, {"tenant": scope.required()}))


def _days(first: date, last: date) -> None:
    db.session.execute(PROVINCE, {"tenant": scope.required(), "first": first, "last": last})


def _months(month: date) -> None:
    words = {"tenant": scope.required(), "month": month, "last": months.last_day(month)}
    for statement in MONTHS:
        db.session.execute(statement, words)


def _province() -> TextClause:
    tables: dict[str, list[str]] = {}
    for name, (table, _) in MEASURES.items():
        tables.setdefault(table, []).append(name)
    sums = " ".join(
        f"LEFT JOIN (SELECT day, {', '.join(f'sum({MEASURES[one][1]}) AS {one}' for one in names)} FROM {table}"  # noqa: S608
        f" WHERE tenant_id = :tenant AND day BETWEEN :first AND :last GROUP BY day) AS of_{table} USING (day)"
        for table, names in tables.items()
    )
    columns = ", ".join(MEASURES)
    fresh = ", ".join(f"coalesce({one}, 0)" for one in MEASURES)
    kept = ", ".join(f"{one} = excluded.{one}" for one in MEASURES)
    return text(f"""
        INSERT INTO {FactProvince.__tablename__} (tenant_id, day, {columns})
        SELECT :tenant, day, {fresh}
        FROM (SELECT one::date AS day FROM generate_series(
                CAST(:first AS date)::timestamp, CAST(:last AS date), interval '1 day') AS one) AS days {sums}
        ON CONFLICT (tenant_id, day) DO UPDATE SET {kept}
    """)  # noqa: S608 - constants


def _monthly(daily: type) -> TextClause:
    name, monthly = daily.__tablename__, BY_MONTH[daily.__tablename__]
    groups = groups_of(monthly)
    others = [
        one for one in monthly.__table__.columns if one.name not in ("tenant_id", "id", "month", *groups)
    ]
    sums = ", ".join(
        f"{'max' if isinstance(one.type, Text) else 'sum'}({one.name}) AS {one.name}" for one in others
    )
    select = f"""
        SELECT CAST(:month AS date) AS month, {", ".join(groups)}, {sums} FROM {name}
        WHERE tenant_id = :tenant AND day BETWEEN :month AND :last GROUP BY {", ".join(groups)}"""  # noqa: S608
    measures = tuple(one.name for one in others)
    return replacing(monthly.__tablename__, "month", groups, measures, select, "month = :month")


PROVINCE = _province()
MONTHS = [_monthly(daily) for daily in GROUPED]
