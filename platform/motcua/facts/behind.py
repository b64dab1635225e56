"""The live rows behind a figure, a page at a time and without anybody's name.

Facts know which days have any, so only those days' rows are read, however long the span is.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import text

from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.dossiers.models import FINISHED_AT, RESULT_AT

from .figures import Wanted
from .measures import ACCEPTED, DELIVERED
from .rolling import begins_at
from .sources import WRITTEN

PAGE = 50
# What one page reads at most: days, and about so many rows.
MOST_DAYS, MOST_READ = 90, 60_000
VOLUMES = {"fact_dossier": "received + finished", "fact_message": "messages"}
# Measure of a dossier -> the fact that counts it, its moment, what holds of the row.
_ENDED = f"({FINISHED_AT} IS NOT NULL)"
_PROMISED = "coalesce(apology.old_due_at, dossier.due_at)"
_EARLY = (
    f"status IN (9, 10) AND ({FINISHED_AT} AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"
    f" < ({_PROMISED} AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"
)
ENTERED_AT = f"coalesce(received_at, {FINISHED_AT})"
DOSSIERS = {
    "received": ("received", ENTERED_AT, "true"),
    "received_online": ("received_online", ENTERED_AT, "channel = 'online'"),
    "finished": ("finished", FINISHED_AT, _ENDED),
    "on_time": ("on_time", FINISHED_AT, f"{FINISHED_AT} <= {_PROMISED}"),
    "early": ("early", FINISHED_AT, _EARLY),
    "late": ("late", FINISHED_AT, f"{FINISHED_AT} > {_PROMISED}"),
}
TITLES = {
    "received": "Hồ sơ tiếp nhận",
    "received_online": "Hồ sơ nộp trực tuyến",
    "finished": "Hồ sơ giải quyết xong",
    "on_time": "Hồ sơ xong đúng hạn (gồm trước hạn)",
    "early": "Hồ sơ xong trước hạn",
    "late": "Hồ sơ xong trễ hạn",
}
STATES = {
    "accepted": ACCEPTED,
    "delivered": DELIVERED,
    "failed": "state IN ('failed', 'expired')",
    "uncertain": "state = 'uncertain'",
    "waiting": "state IN ('queued', 'sending')",
}


@dataclass(frozen=True)
class Page:
    """`earlier`: the last day of the next page; None when this one is the last."""

    rows: list[dict]
    earlier: date | None
    number: int
    has_more: bool


def dossiers(wanted: Wanted, measure: str, number: int = 1) -> Page:
    """Code, procedure, agency, moments and promise; the latest first."""
    fact, moment, rule = DOSSIERS[measure]
    mine = "true" if wanted.agency is None else "agency_key = :agency"
    days, earlier = _days("fact_dossier", fact, mine, wanted, number, {"agency": wanted.agency})
    if not days:
        return Page([], None, number, False)
    of_agency = "" if wanted.agency is None else "AND coalesce(agency_code, agency_name) = :agency"
    by_index = (
        "received_at >= :since AND received_at < :until"
        if moment is ENTERED_AT
        else f"status IN (9, 10) AND {RESULT_AT} >= :since AND {RESULT_AT} < :until"
    )
    query = text(f"""
        WITH found AS (
            SELECT id FROM dossier WHERE tenant_id = :tenant AND {by_index}
            UNION SELECT id FROM dossier
            WHERE tenant_id = :tenant AND status IN (3, 7, 8) AND status_at >= :since AND status_at < :until)
        SELECT code, procedure_name, agency_name, status, received_at, {_PROMISED} AS due_at,
            {FINISHED_AT} AS finished_at
        FROM found JOIN dossier ON dossier.tenant_id = :tenant AND dossier.id = found.id
        LEFT JOIN LATERAL (
            SELECT old_due_at FROM dossier_apology AS one
            WHERE one.tenant_id = :tenant AND one.dossier_id = dossier.id ORDER BY number LIMIT 1) AS apology ON true
        WHERE {moment} >= :since AND {moment} < :until AND {rule} {of_agency}
        ORDER BY {moment} DESC, code LIMIT {PAGE + 1} OFFSET :offset
    """)  # noqa: S608 - constants
    return _page(query, days, earlier, number, {"agency": wanted.agency})


def messages(wanted: Wanted, asked: dict[str, str], number: int = 1) -> Page:
    """What was written when, by which channel, and what became of it. `asked`: state, channel, event, paid."""
    rules, words = ["true"], {}
    if asked.get("state") in STATES:
        rules.append(STATES[asked["state"]])
    if asked.get("channel"):
        words["channel"] = "" if asked["channel"] == "none" else asked["channel"]
        rules.append("coalesce(channel, '') = :channel")
    if asked.get("event"):
        words["event"] = asked["event"]
        rules.append("event = :event")
    count = "paid" if asked.get("paid") else "messages"
    days, earlier = _days("fact_message", count, " AND ".join(rules), wanted, number, words)
    if not days:
        return Page([], None, number, False)
    if asked.get("paid"):
        rules.append(f"price_vnd > 0 AND {ACCEPTED}")
    query = text(f"""
        SELECT id, event, channel, state, failure, created_at, sent_at, delivered_at, price_vnd, lane {WRITTEN}
            AND {" AND ".join(rules)}
        ORDER BY created_at DESC, id DESC LIMIT {PAGE + 1} OFFSET :offset
    """)
    return _page(query, days, earlier, number, words)


def _days(
    table: str, count: str, rule: str, wanted: Wanted, number: int, words: dict
) -> tuple[list[date], date | None]:
    """The latest days that hold the rows of the pages up to `number`, and the next one before them.

    They end earlier where reading them would take too long.
    """
    query = text(f"""
        SELECT day, sum({count}) FILTER (WHERE {rule})::bigint AS rows, sum({VOLUMES[table]})::bigint AS volume
        FROM {table} WHERE tenant_id = :tenant AND day BETWEEN :first AND :last
        GROUP BY day HAVING sum({count}) FILTER (WHERE {rule}) > 0 ORDER BY day DESC LIMIT {MOST_DAYS + 1}
    """)  # noqa: S608 - constants
    given = {"tenant": scope.required(), "first": wanted.period.first, "last": wanted.period.last}
    found, enough, volume, days = db.session.execute(query, given | words).all(), number * PAGE, 0, []
    for one in found[:MOST_DAYS]:
        days.append(one.day)
        enough, volume = enough - one.rows, volume + one.volume
        if enough < 0 or volume > MOST_READ:
            break
    return days, (found[len(days)].day if len(found) > len(days) else None)


def _page(query, days: list[date], earlier: date | None, number: int, words: dict) -> Page:
    until = min(begins_at(days[0] + timedelta(days=1)), now())
    given = {
        "tenant": scope.required(),
        "since": begins_at(days[-1]),
        "until": until,
        "offset": (number - 1) * PAGE,
    }
    rows = [dict(row) for row in db.session.execute(query, given | words).mappings()]
    return Page(rows[:PAGE], earlier, number, len(rows) > PAGE)
