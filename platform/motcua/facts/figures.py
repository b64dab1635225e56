"""The numbers behind the dashboards, from facts only: totals of a span, lines over its days, tables by group."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text

from motcua.core import scope
from motcua.core.database import db
from motcua.reports.periods import Period

from .models import PACES_S, FactDay
from .rolling import today

WITHIN_S = 10
MOST_GROUPS = 200
ACCEPTED = "state IN ('sent', 'delivered', 'seen')"
REFUSED = "state IN ('failed', 'expired')"
DELIVERED = "state IN ('delivered', 'seen')"
QUICK_LANES = "lane IN ('urgent', 'emergency')"
QUICK = [number for number, most in enumerate(PACES_S, 1) if most is not None and most <= WITHIN_S]


def _sum_of(step: str, numbers) -> str:
    return " + ".join(f"{step}_{number}" for number in numbers)


ALL = range(1, len(PACES_S) + 1)
# Measure -> (table, expression over its rows). Each is a whole number that adds up over days and groups.
MEASURES = {
    "messages": ("fact_message", "messages"),
    "accepted": ("fact_message", f"messages * ({ACCEPTED})::int"),
    "delivered": ("fact_message", f"messages * ({DELIVERED})::int"),
    "seen": ("fact_message", "messages * (state = 'seen')::int"),
    "not_sent": ("fact_message", f"messages * ({REFUSED})::int"),
    "uncertain": ("fact_message", "messages * (state = 'uncertain')::int"),
    "waiting": ("fact_message", "messages * (state IN ('queued', 'sending'))::int"),
    "paid": ("fact_message", "paid"),
    "cost_vnd": ("fact_message", "cost_vnd"),
    "timed": ("fact_pace", f"({_sum_of('accepted', ALL)}) * ({QUICK_LANES})::int"),
    "timely": ("fact_pace", f"({_sum_of('accepted', QUICK)}) * ({QUICK_LANES})::int"),
    "arrived": ("fact_pace", f"({_sum_of('delivered', ALL)}) * ({QUICK_LANES})::int"),
    "arrived_timely": ("fact_pace", f"({_sum_of('delivered', QUICK)}) * ({QUICK_LANES})::int"),
    "met": ("fact_citizen", "met"),
    "gained": ("fact_citizen", "gained"),
    "lost": ("fact_citizen", "lost"),
    "linked": ("fact_citizen", "linked"),
    "lookups": ("fact_lookup", "asked"),
    "lookups_procedure": ("fact_lookup", "asked * (kind = 'procedure')::int"),
    "lookups_dossier": ("fact_lookup", "asked * (kind = 'dossier')::int"),
    "lookups_service": ("fact_lookup", "asked * (kind = 'service')::int"),
    "unanswered": ("fact_lookup", "asked * (outcome NOT IN ('match', 'choices'))::int"),
    "received": ("fact_dossier", "received"),
    "received_online": ("fact_dossier", "received_online"),
    "received_post": ("fact_dossier", "received_post"),
    "finished": ("fact_dossier", "finished"),
    "on_time": ("fact_dossier", "on_time"),
    "early": ("fact_dossier", "early"),
    "late": ("fact_dossier", "late"),
    "late_apologised": ("fact_dossier", "late_apologised"),
    "without_due": ("fact_dossier", "without_due"),
    "stopped": ("fact_dossier", "stopped"),
    "fell_due": ("fact_dossier", "fell_due"),
    "asked": ("fact_satisfaction", "asked"),
    "answers": ("fact_satisfaction", "level_1 + level_2 + level_3 + level_4 + level_5"),
    "satisfied": ("fact_satisfaction", "level_4 + level_5"),
    "neutral": ("fact_satisfaction", "level_3"),
    "dissatisfied": ("fact_satisfaction", "level_1 + level_2"),
    **{f"level_{level}": ("fact_satisfaction", f"level_{level}") for level in range(1, 6)},
    "complaints": ("fact_voice", "received * (source = 'complaint')::int"),
    "complaints_answered": ("fact_voice", "answered * (source = 'complaint')::int"),
    "complaints_in_time": ("fact_voice", "in_time * (source = 'complaint')::int"),
    "reports": ("fact_voice", "received * (source = 'feedback')::int"),
    "reports_answered": ("fact_voice", "answered * (source = 'feedback')::int"),
    "reports_in_time": ("fact_voice", "in_time * (source = 'feedback')::int"),
}  # fmt: skip
OF_AN_AGENCY = ("fact_dossier", "fact_satisfaction", "fact_voice")
GRAINS = {
    "day": "day",
    "week": "date_trunc('week', day)::date",
    "month": "date_trunc('month', day)::date",
}


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


def totals(wanted: Wanted, measures: tuple[str, ...]) -> dict[str, int]:
    """Sums over the span. Tables that know no agency count the whole province."""
    found: dict[str, int] = {}
    for table, names in _by_table(measures).items():
        where, words = _where(table, wanted)
        row = db.session.execute(text(f"SELECT {_sums(names)} FROM {table} WHERE {where}"), words)  # noqa: S608
        found |= dict(row.mappings().one())
    return found


def series(wanted: Wanted, measures: tuple[str, ...], grain: str) -> list[Point]:
    """One point for each day, week or month of the span, quiet ones too."""
    at: dict[date, dict[str, int]] = {}
    for table, names in _by_table(measures).items():
        where, words = _where(table, wanted)
        sums = f"SELECT {GRAINS[grain]} AS begins, {_sums(names)} FROM {table} WHERE {where} GROUP BY 1"  # noqa: S608
        for row in db.session.execute(text(sums), words).mappings():
            at.setdefault(row["begins"], {}).update({name: row[name] for name in names})
    every = text(f"""
        SELECT DISTINCT {GRAINS[grain]} FROM (
            SELECT one::date AS day FROM generate_series(
                CAST(:first AS date)::timestamp, :last, interval '1 day') AS one) AS days
        ORDER BY 1
    """)  # noqa: S608 - constants
    last = min(wanted.period.last, today())
    days = db.session.scalars(every, {"first": wanted.period.first, "last": last})
    return [Point(day, {name: at.get(day, {}).get(name, 0) for name in measures}) for day in days]


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
    where, words = _where(table, wanted)
    sums = ", ".join(f"coalesce(sum({rule}), 0)::bigint AS {one}" for one, rule in measures.items())
    query = text(f"""
        SELECT {key} AS key, {name} AS name, {sums} FROM {table} WHERE {where} AND {only}
        GROUP BY {key} ORDER BY {order} DESC, 1 LIMIT {most}
    """)  # noqa: S608 - constants
    rows = db.session.execute(query, words).mappings()
    return [Group(str(row["key"]), str(row["name"]), {one: row[one] for one in measures}) for row in rows]


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
    where, words = _until(last, agency)
    query = text(f"SELECT {STANDING} FROM fact_dossier WHERE {where}")  # noqa: S608
    return Standing(**db.session.execute(query, words).mappings().one())


def standing_by_agency(last: date, agency: str | None = None) -> dict[str, Standing]:
    where, words = _until(last, agency)
    query = text(f"SELECT agency_key, {STANDING} FROM fact_dossier WHERE {where} GROUP BY agency_key")  # noqa: S608
    rows = db.session.execute(query, words).mappings()
    return {row["agency_key"]: Standing(row["pending"], row["overdue"], row["waiting"]) for row in rows}


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
    columns = [f"{step}_{number}" for step in ("accepted", "delivered") for number in ALL]
    query = text(f"""
        SELECT {", ".join(f"coalesce(sum({one}), 0)::bigint" for one in columns)} FROM fact_pace
        WHERE tenant_id = :tenant AND day BETWEEN :first AND :last AND lane = ANY(:lanes)
    """)  # noqa: S608 - constants
    words = {"tenant": scope.required(), "first": period.first, "last": period.last, "lanes": list(lanes)}
    row = tuple(db.session.execute(query, words).one())
    return Spread(row[: len(PACES_S)], row[len(PACES_S) :])


def by_hour(period: Period) -> list[tuple[int, int, int]]:
    """(hour, accepted, of them within ten seconds) of what may not wait, for the hours that had any."""
    rules = of_measures("timed", "timely")
    query = text(f"""
        SELECT hour, sum({rules["timed"]})::bigint AS timed, sum({rules["timely"]})::bigint AS timely FROM fact_pace
        WHERE tenant_id = :tenant AND day BETWEEN :first AND :last GROUP BY hour ORDER BY hour
    """)  # noqa: S608 - constants
    words = {"tenant": scope.required(), "first": period.first, "last": period.last}
    return [tuple(row) for row in db.session.execute(query, words) if row.timed]


def backlog(period: Period) -> list[tuple[date, int, int, int]]:
    """(day, mean waiting, most waiting, seconds of the oldest) for the days that were looked at."""
    query = text("""
        SELECT day, waiting_sum / samples AS mean, waiting_most, oldest_s FROM fact_backlog
        WHERE tenant_id = :tenant AND day BETWEEN :first AND :last ORDER BY day
    """)
    words = {"tenant": scope.required(), "first": period.first, "last": period.last}
    return [tuple(row) for row in db.session.execute(query, words)]


def agencies() -> list[tuple[str, str]]:
    """(key, name) of every agency that had a dossier in the last two months, by name."""
    query = text("""
        SELECT DISTINCT ON (agency_key) agency_key, agency_name FROM fact_dossier
        WHERE tenant_id = :tenant AND day > CAST(:today AS date) - 60 ORDER BY agency_key, day DESC
    """)
    rows = db.session.execute(query, {"tenant": scope.required(), "today": today()})
    return sorted(((row.agency_key, row.agency_name) for row in rows), key=lambda one: one[1])


def as_of() -> datetime | None:
    """When the newest day was counted last; None before the first time."""
    return db.session.scalar(db.select(FactDay.rolled_at).order_by(FactDay.day.desc()).limit(1))


def _by_table(measures: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in measures:
        found.setdefault(MEASURES[name][0], []).append(name)
    return found


def _sums(names: list[str]) -> str:
    return ", ".join(f"coalesce(sum({MEASURES[name][1]}), 0)::bigint AS {name}" for name in names)


def _where(table: str, wanted: Wanted) -> tuple[str, dict]:
    where = "tenant_id = :tenant AND day BETWEEN :first AND :last"
    words = {"tenant": scope.required(), "first": wanted.period.first, "last": wanted.period.last}
    if wanted.agency is not None and table in OF_AN_AGENCY:
        where, words = f"{where} AND agency_key = :agency", words | {"agency": wanted.agency}
    return where, words


def _until(last: date, agency: str | None) -> tuple[str, dict]:
    where, words = "tenant_id = :tenant AND day <= :last", {"tenant": scope.required(), "last": last}
    if agency is not None:
        where, words = f"{where} AND agency_key = :agency", words | {"agency": agency}
    return where, words
