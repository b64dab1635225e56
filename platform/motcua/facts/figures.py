"""The numbers behind the dashboards, from facts only: totals of a span, lines over its days, tables by group."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import text

from motcua.core import months, scope
from motcua.core.database import db
from motcua.reports.periods import Period

from .measures import ALL, MEASURES, OF_AN_AGENCY
from .models import PACES_S, FactDay
from .rolling import today
from .summaries import BY_MONTH, FactProvince

MOST_GROUPS = 200
UNTOLD = ("tenant_id", "id", "month")
EVER = date.min
GRAINS = {
    "day": "day",
    "week": "date_trunc('week', day)::date",
    "month": "date_trunc('month', day)::date",
}
BEGINS: dict[str, Callable[[date], date]] = {
    "day": lambda day: day,
    "week": lambda day: day - timedelta(days=day.weekday()),
    "month": lambda day: day.replace(day=1),
}
PROVINCE = FactProvince.__tablename__


@dataclass(frozen=True)
class Wanted:
    """What the figures are of. `agency`: its key (`FactDossier.agency_key`); None for the whole province."""

    period: Period
    agency: str | None = None


@dataclass(frozen=True)
class Point:
    """`begins`: the first day of the day, week or month that it is about."""

    begins: date
    numbers: dict[str, int]


@dataclass(frozen=True)
class Group:
    key: str
    name: str
    numbers: dict[str, int]


@dataclass(frozen=True)
class Compared:
    """A line over a span, and the sums of the span that it is compared with."""

    points: list[Point]
    before: dict[str, int]

    @property
    def now(self) -> dict[str, int]:
        return {name: sum(one.numbers[name] for one in self.points) for name in self.before}


def compared(wanted: Wanted, before: Period, measures: tuple[str, ...], grain: str) -> Compared:
    """One point for each day, week or month of the span, quiet ones too. `before` must end before it begins.

    Measures that know no agency are of the whole province.
    """
    found: dict[date | None, dict[str, int]] = {}
    words = {"tenant": scope.required(), "first": wanted.period.first, "last": wanted.period.last}
    words |= {"before": before.first, "before_last": before.last, "agency": wanted.agency}
    for table, names in _by_table(measures, wanted.agency).items():
        of_agency = "" if table == PROVINCE else "AND agency_key = :agency"
        query = text(f"""
            SELECT CASE WHEN day >= :first THEN {GRAINS[grain]} END AS begins, {_sums(names)} FROM {table}
            WHERE tenant_id = :tenant AND (day BETWEEN :before AND :before_last OR day BETWEEN :first AND :last)
            {of_agency} GROUP BY 1
        """)  # noqa: S608 - constants
        for row in db.session.execute(query, words).mappings():
            found.setdefault(row["begins"], {}).update({name: row[name] for name in names})

    def of(begins: date | None) -> dict[str, int]:
        return {name: found.get(begins, {}).get(name, 0) for name in measures}

    return Compared([Point(begins, of(begins)) for begins in _points(wanted.period, grain)], of(None))


def _points(period: Period, grain: str) -> list[date]:
    """The first days of its days, weeks or months, as far as they have begun."""
    count = (min(period.last, today()) - period.first).days + 1
    days = [period.first + timedelta(days=number) for number in range(count)]
    return sorted({BEGINS[grain](day) for day in days})


def by(
    wanted: Wanted,
    table: str,
    key: str,
    name: str,
    measures: dict[str, str],
    order: str,
    most: int = MOST_GROUPS,
    only: str = "true",
) -> list[Group]:
    """Groups of one table, those with the most of `order` first; `measures`: name -> expression, `only`: which rows."""
    rows, words = rows_of(table, wanted.period)
    if wanted.agency is not None and table in OF_AN_AGENCY:
        only, words = f"{only} AND agency_key = :agency", words | {"agency": wanted.agency}
    sums = ", ".join(f"coalesce(sum({rule}), 0)::bigint AS {one}" for one, rule in measures.items())
    query = text(f"""
        SELECT {key} AS key, {name} AS name, {sums} FROM {rows} WHERE {only}
        GROUP BY {key} ORDER BY {order} DESC, 1 LIMIT {most}
    """)  # noqa: S608 - constants
    found = db.session.execute(query, words).mappings()
    return [Group(str(row["key"]), str(row["name"]), {one: row[one] for one in measures}) for row in found]


def rows_of(table: str, period: Period, only: str = "true", named: str = "") -> tuple[str, dict]:
    """What to select from for a period, and its words: whole months added up, and the days at its two ends.

    It has the columns of the table and `day`, which is a month's first for a whole one. `only`: of which rows.
    `named` begins the names of its words, for a statement that reads two periods.
    """
    end = today()
    last = period.last if period.last < end else max(period.last, months.last_day(end.replace(day=1)))
    begin = period.first if period.first.day == 1 else months.month_after(period.first.replace(day=1))
    until = (last + timedelta(days=1)).replace(day=1)
    ends = {"first": period.first, "last": last, "begin": begin, "until": until}
    words = {"tenant": scope.required()} | {f"{named}{name}": day for name, day in ends.items()}
    columns = ", ".join(one.name for one in BY_MONTH[table].__table__.columns if one.name not in UNTOLD)
    of_days = f"SELECT day, {columns} FROM {table} WHERE tenant_id = :tenant AND {only} AND day"  # noqa: S608
    if begin >= until:
        return f"({of_days} BETWEEN :{named}first AND :{named}last) AS fact", words
    of_months = f"SELECT month AS day, {columns} FROM {BY_MONTH[table].__tablename__}"  # noqa: S608
    parts = (
        f"{of_months} WHERE tenant_id = :tenant AND {only} AND month >= :{named}begin AND month < :{named}until",
        f"{of_days} >= :{named}first AND day < :{named}begin",
        f"{of_days} >= :{named}until AND day <= :{named}last",
    )
    return f"({' UNION ALL '.join(parts)}) AS fact", words


def of_measures(*names: str) -> dict[str, str]:
    return {name: MEASURES[name][1] for name in names}


@dataclass(frozen=True)
class Standing:
    """Dossiers at the end of a day: pending, of them past their promise; `waiting` for the citizen's papers."""

    pending: int
    overdue: int
    waiting: int

    @property
    def within(self) -> int:
        return self.pending - self.overdue


STANDING = """coalesce(sum(received - finished), 0)::bigint AS pending,
    coalesce(sum(fell_due - late), 0)::bigint AS overdue, coalesce(sum(asked_more), 0)::bigint AS waiting"""


def standing(last: date, agency: str | None = None) -> Standing:
    table, of_agency = (PROVINCE, "") if agency is None else ("fact_dossier", "AND agency_key = :agency")
    query = text(f"""
        SELECT {STANDING} FROM {table} WHERE tenant_id = :tenant AND day <= :last {of_agency}
    """)  # noqa: S608 - constants
    words = {"tenant": scope.required(), "last": last, "agency": agency}
    return Standing(**db.session.execute(query, words).mappings().one())


def standing_by_agency(last: date, agency: str | None = None) -> dict[str, Standing]:
    rows, words = rows_of(
        "fact_dossier", Period(EVER, last), "true" if agency is None else "agency_key = :agency"
    )
    query = text(f"SELECT agency_key, {STANDING} FROM {rows} GROUP BY agency_key")  # noqa: S608 - constants
    found = db.session.execute(query, words | {"agency": agency}).mappings()
    return {row["agency_key"]: Standing(row["pending"], row["overdue"], row["waiting"]) for row in found}


def followers(last: date) -> tuple[int, int]:
    """(followers, linked citizens) at the end of the last day that was counted up to `last`."""
    query = text("""
        SELECT followers, linked_total FROM fact_citizen
        WHERE tenant_id = :tenant AND day <= :last ORDER BY day DESC LIMIT 1
    """)
    row = db.session.execute(query, {"tenant": scope.required(), "last": last}).one_or_none()
    return (row.followers, row.linked_total) if row else (0, 0)


def follower_line(period: Period, grain: str) -> dict[date, int]:
    """How many followed at the end of each point's last counted day."""
    query = text(f"""
        SELECT DISTINCT ON (1) {GRAINS[grain]} AS begins, followers FROM fact_citizen
        WHERE tenant_id = :tenant AND day BETWEEN :first AND :last ORDER BY 1, day DESC
    """)  # noqa: S608 - constants
    words = {"tenant": scope.required(), "first": period.first, "last": period.last}
    return {row.begins: row.followers for row in db.session.execute(query, words)}


@dataclass(frozen=True)
class Spread:
    """How many messages were accepted and delivered within each span of PACES_S."""

    accepted: tuple[int, ...]
    delivered: tuple[int, ...]


def spread(period: Period, lanes: tuple[str, ...]) -> Spread:
    rows, words = rows_of("fact_pace", period)
    columns = [f"{step}_{number}" for step in ("accepted", "delivered") for number in ALL]
    query = text(f"""
        SELECT {", ".join(f"coalesce(sum({one}), 0)::bigint" for one in columns)} FROM {rows}
        WHERE lane = ANY(:lanes)
    """)  # noqa: S608 - constants
    row = tuple(db.session.execute(query, words | {"lanes": list(lanes)}).one())
    return Spread(row[: len(PACES_S)], row[len(PACES_S) :])


def by_hour(period: Period) -> list[tuple[int, int, int]]:
    """(hour, accepted, of them within ten seconds) of what may not wait, for the hours that had any."""
    rules, (rows, words) = of_measures("timed", "timely"), rows_of("fact_pace", period)
    query = text(f"""
        SELECT hour, sum({rules["timed"]})::bigint AS timed, sum({rules["timely"]})::bigint AS timely FROM {rows}
        GROUP BY hour ORDER BY hour
    """)  # noqa: S608 - constants
    return [tuple(row) for row in db.session.execute(query, words) if row.timed]


def backlog(period: Period, grain: str) -> list[tuple[date, int, int, int]]:
    """(first day, mean waiting, most waiting, seconds of the oldest) for the points that were looked at."""
    query = text(f"""
        SELECT {GRAINS[grain]} AS begins, div(sum(waiting_sum), sum(samples))::bigint AS mean,
            max(waiting_most) AS most, max(oldest_s) AS oldest_s
        FROM fact_backlog WHERE tenant_id = :tenant AND day BETWEEN :first AND :last GROUP BY 1 ORDER BY 1
    """)  # noqa: S608 - constants
    words = {"tenant": scope.required(), "first": period.first, "last": period.last}
    return [tuple(row) for row in db.session.execute(query, words)]


def agencies() -> list[tuple[str, str]]:
    """(key, name) of every agency that had a dossier in this month or the two before, by name."""
    query = text("""
        SELECT DISTINCT ON (agency_key) agency_key, agency_name FROM fact_dossier_month
        WHERE tenant_id = :tenant AND month >= :since ORDER BY agency_key, month DESC
    """)
    since = months.month_before(months.month_before(today().replace(day=1)))
    rows = db.session.execute(query, {"tenant": scope.required(), "since": since})
    return sorted(((row.agency_key, row.agency_name) for row in rows), key=lambda one: one[1])


def as_of() -> datetime | None:
    """When the newest day was counted last; None before the first time."""
    return db.session.scalar(db.select(FactDay.rolled_at).order_by(FactDay.day.desc()).limit(1))


def _by_table(measures: tuple[str, ...], agency: str | None) -> dict[str, dict[str, str]]:
    """Where to read them, and how: the whole province has each in a column of its own."""
    found: dict[str, dict[str, str]] = {}
    for name in measures:
        table, rule = MEASURES[name]
        is_agencys = agency is not None and table in OF_AN_AGENCY
        found.setdefault(table if is_agencys else PROVINCE, {})[name] = rule if is_agencys else name
    return found


def _sums(rules: dict[str, str]) -> str:
    return ", ".join(f"coalesce(sum({rule}), 0)::bigint AS {name}" for name, rule in rules.items())
