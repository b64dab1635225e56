"""How the dossiers handled in a period fared, by QĐ 766: `reports.queries`' counts, added up from daily facts.

Only complaints are read as they are: they are few, and which dossier had one by then is not a matter of days.
"""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import text

from motcua.core import scope
from motcua.core.clock import VIETNAM, now
from motcua.core.database import db
from motcua.dossiers.models import FINISHED_AT
from motcua.reports.periods import Period
from motcua.reports.queries import CLOSED, COUNTED, ENTERED_AT, OPINIONS, Counts

from .figures import EVER, rows_of
from .models import FactDay
from .names import NO_FIELD
from .rolling import today

HANDLED_SINCE = 1  # of FactDay.rules
OF_COMPLAINTS = ("displeased", "complained")
THOUGHT = tuple(name for name in OPINIONS if name not in OF_COMPLAINTS)
OUR_KINDS = {"agency": "agency", "procedure": "procedure", "field": "procedure", "month": "province"}
# Of who was handled: who had entered by its end, less who had finished before its beginning.
_HELD = "(CASE WHEN step = 'entered' THEN 1 WHEN step = 'finished' AND NOT is_within THEN -1 ELSE 0 END)"
# What had fallen due by the end, without what was late and over before the beginning, is late in between.
_PAST = "(CASE WHEN step = 'fell_due' THEN 1 WHEN step = 'finished' AND NOT is_within THEN -1 ELSE 0 END)"
_WITHIN = "(step = 'finished' AND is_within)::int"
MEASURES = {
    "total": f"dossiers * {_HELD}",
    "finished": f"dossiers * {_WITHIN}",
    "without_due": f"without_due * {_HELD}",
    "early": f"early * {_WITHIN}",
    "late": f"late * {_PAST}",
    "late_with_apology": f"late_apologised * {_PAST}",
    **{name: f"{name} * {_HELD}" for name in THOUGHT},
}
SUMS = ", ".join(f"sum({rule})::bigint AS {name}" for name, rule in MEASURES.items())
ADDED = ("dossiers", "without_due", "early", "late", "late_apologised", *THOUGHT)
# The same of dossiers that finished in the period, or wait since the day and all count.
EACH = ", ".join(
    f"sum({rule})::bigint AS {name}"
    for name, rule in (
        {name: name for name in MEASURES}
        | {"total": "dossiers", "finished": f"dossiers * {_WITHIN}", "late_with_apology": "late_apologised"}
    ).items()
)
NAME = "coalesce(max(name) FILTER (WHERE is_within), max(name))"
# A complaint's dossier, by what it is counted.
KEYS = {
    "agency": "coalesce(agency_code, agency_name)",
    "procedure": "procedure_code",
    "field": "coalesce(own.field, national.field, :no_field)",
    "month": """to_char(least(
        coalesce(finished_at, CASE WHEN status = 5 THEN status_at END), :until - interval '1 microsecond')
        AT TIME ZONE :zone, 'YYYY-MM')""",
}
COMPLAINED = """
    FROM (SELECT DISTINCT dossier_id FROM complaint
          WHERE tenant_id = :tenant AND dossier_id IS NOT NULL AND received_at < :until) AS complaint
    JOIN dossier ON dossier.tenant_id = :tenant AND dossier.id = complaint.dossier_id"""


def is_kept() -> bool:
    """Whether every counted day knows who was handled: not yet where none was counted, or none since there are such
    facts. Until then `reports.queries` knows."""
    counted = db.select(db.func.bool_and(FactDay.rules >= HANDLED_SINCE))
    return bool(db.session.scalar(counted))


def count(period: Period, by: str) -> list[Counts]:
    """As `queries.count` would find them when the facts were last counted: the same groups in the same order."""
    rows = _by_month(period) if by == "month" else _by_group(period, by)
    complaints = _complaints(period, by)
    return [_counts(row["key"], row["name"], row | complaints.get(row["key"], {})) for row in rows]


def points(period: Period) -> dict:
    """As `queries.points` would find them."""
    rows, words = rows_of("fact_handled", period, "step = 'finished' AND kind IN ('province', 'channel')")
    query = text(f"""
        SELECT kind, sum(dossiers)::bigint AS finished, sum(dossiers - without_due)::bigint AS paced,
            sum(dossiers - without_due - late + early)::bigint AS pace, sum(contact_points)::bigint AS contact,
            sum(attitude_points)::bigint AS attitude, sum(attitude_answered)::bigint AS attitudes,
            2 * sum(steps_in_time)::bigint AS step, sum(steps)::bigint AS steps
        FROM {rows} WHERE kind = 'province' OR key = 'online' GROUP BY kind
    """)  # noqa: S608 - constants
    found = {row["kind"]: row for row in db.session.execute(query, words).mappings()}
    closed = text(f"""
        SELECT count(*) AS complaints, 2 * count(*) FILTER (WHERE answered_at <= due_at) AS complaint
        FROM complaint WHERE {CLOSED}
    """)  # noqa: S608 - constants
    complaints = db.session.execute(closed, _words(period)).mappings().one()
    all_ones, online = found.get("province", {}), found.get("channel", {})
    return {
        "pace": _average(all_ones, "pace", "paced"),
        "paced": all_ones.get("paced", 0),
        "contact": _average(all_ones, "contact", "finished"),
        "contacted": all_ones.get("finished", 0),
        "attitude": _average(all_ones, "attitude", "attitudes"),
        "attitudes": all_ones.get("attitudes", 0),
        "online": _average(online, "pace", "paced"),
        "onlines": online.get("paced", 0),
        "step": _average(all_ones, "step", "steps"),
        "steps": all_ones.get("steps", 0),
        "complaint": _average(complaints, "complaint", "complaints"),
        "complaints": complaints["complaints"],
    }


def _by_group(period: Period, by: str) -> list[dict]:
    rows, words = _around(period, OUR_KINDS[by])
    found = f"SELECT key, {NAME} AS name, {SUMS} FROM {rows} GROUP BY key"  # noqa: S608 - constants
    if by == "field":
        sums = ", ".join(f"sum({name})::bigint AS {name}" for name in MEASURES)
        found = f"""
            SELECT field AS key, field AS name, {sums} FROM (
                SELECT found.*, coalesce(own.field, national.field, :no_field) AS field FROM ({found}) AS found
                LEFT JOIN tenant_procedure AS own ON own.tenant_id = :tenant AND own.code = found.key
                LEFT JOIN national_procedure AS national ON national.code = found.key) AS found
            GROUP BY field"""  # noqa: S608 - constants
    query = text(f"SELECT * FROM ({found}) AS found WHERE total > 0 ORDER BY total DESC, key")  # noqa: S608
    return [dict(row) for row in db.session.execute(query, words | {"no_field": NO_FIELD}).mappings()]


def _by_month(period: Period) -> list[dict]:
    """A month has what ended in it, what waits for papers since then, and the last one all that still runs."""
    rows, words = _around(period, "province", "to_char(day, 'YYYY-MM')")
    ended = text(f"""
        SELECT month AS key, {EACH} FROM {rows}
        WHERE step = 'waiting' OR step = 'finished' AND is_within GROUP BY 1
    """)  # noqa: S608 - constants
    found = {row["key"]: dict(row) for row in db.session.execute(ended, words).mappings()}
    whole = db.session.execute(text(f"SELECT {SUMS} FROM {rows}"), words).mappings().one()  # noqa: S608
    last = f"{min(period.last, today()):%Y-%m}"
    running = {name: (whole[name] or 0) - sum(row[name] for row in found.values()) for name in MEASURES}
    if running["total"] > 0:
        before = found.get(last, {})
        found[last] = {name: before.get(name, 0) + number for name, number in running.items()} | {"key": last}
    return [found[key] | {"name": key} for key in sorted(found)]


def _around(period: Period, kind: str, month: str = "NULL") -> tuple[str, dict]:
    """The kind's rows up to the period's end, added up by key and step; `is_within` those of its own days.

    Each is weighed afterwards: to weigh all that are added up would take most of the time.
    """
    within, words = rows_of("fact_handled", period, "kind = :kind")
    earlier = Period(EVER, period.first - timedelta(days=1))
    before, words_before = rows_of("fact_handled", earlier, "kind = :kind", "earlier_")
    sums = ", ".join(f"sum({name}) AS {name}" for name in ADDED)
    both = " UNION ALL ".join(
        f"SELECT key, step, {month} AS month, {is_within} AS is_within, max(name) AS name, {sums} FROM {rows}"  # noqa: S608
        " GROUP BY 1, 2, 3"
        for is_within, rows in (("true", within), ("false", before))
    )
    return f"({both}) AS around", words | words_before | {"kind": kind}


def _complaints(period: Period, by: str) -> dict[str, dict[str, int]]:
    """Of the handled ones: how many had a complaint by the period's end, `more` of them not dissatisfied besides."""
    query = text(f"""
        SELECT {KEYS[by]} AS key, count(*) AS complained, count(*) FILTER (WHERE NOT EXISTS (
            SELECT FROM survey JOIN survey_answer AS answer
                ON answer.tenant_id = :tenant AND answer.survey_id = survey.id
            WHERE survey.tenant_id = :tenant AND survey.dossier_id = told.id AND answer.level <= 2)) AS more
        FROM (SELECT dossier.*, {FINISHED_AT} AS finished_at {COMPLAINED}) AS told
        LEFT JOIN tenant_procedure AS own ON own.tenant_id = :tenant AND own.code = told.procedure_code
        LEFT JOIN national_procedure AS national ON national.code = told.procedure_code
        WHERE {ENTERED_AT} < :until AND (finished_at IS NULL OR finished_at >= :since)
        GROUP BY 1
    """)  # noqa: S608 - constants
    words = _words(period) | {"no_field": NO_FIELD, "zone": VIETNAM.key}
    return {row["key"]: dict(row) for row in db.session.execute(query, words).mappings()}


def _counts(key: str, name: str, found: dict) -> Counts:
    numbers = {one: int(found.get(one) or 0) for one in COUNTED}
    numbers["running"] = numbers["total"] - numbers["finished"]
    numbers["on_time"] = numbers["total"] - numbers["without_due"] - numbers["late"]
    numbers["late_without_apology"] = numbers["late"] - numbers["late_with_apology"]
    numbers["displeased"] = numbers["dissatisfied"] + int(found.get("more", 0))
    return Counts(key, name, numbers)


def _average(found: Mapping[str, int], part: str, whole: str) -> Decimal | None:
    return Decimal(found[part]) / found[whole] if found.get(whole) else None


def _words(period: Period) -> dict:
    until = min(period.ends_at, now())
    return {"tenant": scope.required(), "since": period.begins_at, "until": until}
