"""The SQL behind every figure, in one place: set-based, one statement a table, the tenant always named.

A dossier counts in a period when it was received before the period's end and had not ended before its
beginning; one refused without being received counts when that happened inside. It ends with status 9, else 10,
else 3, 7 or 8; one that waits for the citizen's papers (5) ends for the clock when they were asked for, and one
still running ends with the period (QĐ 766/QĐ-TTg).
"""

from dataclasses import dataclass

from sqlalchemy import text

from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import db

from .periods import Period

PAGE = 100

# One row a dossier for which an agency apologised: the due date that was in force before the first apology.
APOLOGIES = """
    SELECT dossier_id, (array_agg(old_due_at ORDER BY number))[1] AS old_due_at
    FROM dossier_apology WHERE tenant_id = :tenant GROUP BY dossier_id"""

# Of `told`. By a clock that went wrong it may have ended before it was received: then it came when it ended.
ENTERED_AT = (
    "(CASE WHEN told.received_at IS NULL THEN finished_at"
    " ELSE least(told.received_at, finished_at, CASE WHEN told.status = 5 THEN told.status_at END) END)"
)
FACTS = f"""
    WITH apology AS ({APOLOGIES}),
    heard AS (
        SELECT survey.dossier_id, min(answer.level) AS level, min(answer.attitude) AS attitude,
               min(answer.clarity) AS clarity, min(answer.trips) AS trips
        FROM survey JOIN survey_answer AS answer
          ON answer.tenant_id = survey.tenant_id AND answer.survey_id = survey.id
        WHERE survey.tenant_id = :tenant GROUP BY survey.dossier_id),
    complained AS (
        SELECT DISTINCT dossier_id FROM complaint
        WHERE tenant_id = :tenant AND dossier_id IS NOT NULL AND received_at < :until),
    told AS (
        SELECT dossier.*, coalesce(apology.old_due_at, dossier.due_at) AS measured_due,
            apology.dossier_id IS NOT NULL AS is_apologised,
            CASE WHEN status IN (9, 10) THEN coalesce(ready_at, returned_at, status_at)
                 WHEN status IN (3, 7, 8) THEN status_at END AS finished_at
        FROM dossier LEFT JOIN apology ON apology.dossier_id = dossier.id
        WHERE dossier.tenant_id = :tenant
          AND (dossier.status NOT IN (3, 7, 8, 9, 10) OR dossier.status_at >= :since)),
    fact AS (
        SELECT told.id, told.code, told.status, told.channel, told.measured_due, told.finished_at,
            told.agency_name, coalesce(told.agency_code, told.agency_name) AS agency_key,
            told.procedure_code, told.procedure_name,
            coalesce(own.field, national.field, 'Chưa rõ lĩnh vực') AS field,
            told.is_apologised, coalesce(finished_at < :until, false) AS is_finished,
            least(coalesce(finished_at, CASE WHEN told.status = 5 THEN told.status_at END, :until), :until) AS ended_at,
            survey.invited_at IS NOT NULL AS is_asked,
            heard.level, heard.attitude, heard.clarity, heard.trips, complained.dossier_id IS NOT NULL AS has_complaint
        FROM told
        LEFT JOIN tenant_procedure AS own ON own.tenant_id = :tenant AND own.code = told.procedure_code
        LEFT JOIN national_procedure AS national ON national.code = told.procedure_code
        LEFT JOIN survey ON survey.tenant_id = :tenant AND survey.dossier_id = told.id
        LEFT JOIN heard ON heard.dossier_id = told.id
        LEFT JOIN complained ON complained.dossier_id = told.id
        WHERE {ENTERED_AT} < :until AND (finished_at IS NULL OR finished_at >= :since))
"""  # noqa: S608 - constants and named parameters only

IS_LATE = "(measured_due IS NOT NULL AND ended_at > measured_due)"
IS_EARLY = (  # of those with a result: who withdrew was not served early
    "(is_finished AND status IN (9, 10)"
    " AND (ended_at AT TIME ZONE :zone)::date < (measured_due AT TIME ZONE :zone)::date)"
)
# What may be counted, and looked into dossier by dossier: name -> condition on `fact`.
MEASURES = {
    "total": "true",
    "finished": "is_finished",
    "running": "NOT is_finished",
    "without_due": "measured_due IS NULL",
    "on_time": f"(measured_due IS NOT NULL AND NOT {IS_LATE})",
    "early": IS_EARLY,
    "late": IS_LATE,
    "late_with_apology": f"({IS_LATE} AND is_apologised)",
    "late_without_apology": f"({IS_LATE} AND NOT is_apologised)",
}
# Counted only: a list of these dossiers would tell an office who was dissatisfied.
OPINIONS = {
    "asked": "is_asked",
    "answered": "level IS NOT NULL",
    "satisfied": "level >= 4",
    "neutral": "level = 3",
    "dissatisfied": "level <= 2",
    "displeased": "(level <= 2 OR has_complaint)",
    "complained": "has_complaint",
    "attitude_answered": "attitude IS NOT NULL",
    "attitude_good": "attitude = 3",
    "clarity_answered": "clarity IS NOT NULL",
    "clarity_good": "clarity = 3",
    "trips_answered": "trips IS NOT NULL",
    "trips_good": "trips = 3",
}
COUNTED = MEASURES | OPINIONS
# What still runs at the end belongs to the month that ends there.
MONTH = "to_char(least(ended_at, :until - interval '1 microsecond') AT TIME ZONE :zone, 'YYYY-MM')"
# By what: name -> (key, what it is called)
GROUPS = {
    "agency": ("agency_key", "agency_name"),
    "field": ("field", "field"),
    "procedure": ("procedure_code", "procedure_name"),
    "month": (MONTH, MONTH),
}


@dataclass(frozen=True)
class Counts:
    """How many dossiers of one group, by the names of COUNTED."""

    key: str
    name: str
    numbers: dict[str, int]

    def __getitem__(self, measure: str) -> int:
        return self.numbers[measure]


def count(period: Period, by: str, zone: str) -> list[Counts]:
    """One row a group, the largest first (months in their order). Additive: their sum is the province's."""
    key, name = GROUPS[by]
    columns = ", ".join(f"count(*) FILTER (WHERE {rule}) AS {measure}" for measure, rule in COUNTED.items())
    order = "1" if by == "month" else "total DESC, 1"
    query = text(f"""{FACTS}
        SELECT {key} AS key, max({name}) AS name, {columns} FROM fact GROUP BY 1 ORDER BY {order}
    """)  # noqa: S608 - constants
    rows = db.session.execute(query, _words(period, zone)).mappings()
    return [Counts(row["key"], row["name"], {measure: row[measure] for measure in COUNTED}) for row in rows]


def dossiers(
    period: Period,
    measure: str,
    by: str,
    key: str | None,
    zone: str,
    page: int = 1,
    *,
    agency: str | None = None,
) -> list[dict]:
    """The dossiers behind a figure, without names: code, status, due, end, agency. PAGE + 1 at most.

    `agency`: only those that it handles.
    """
    of_group = "" if key is None else f"AND {GROUPS[by][0]} = :key"
    of_agency = "" if agency is None else "AND agency_key = :agency"
    query = text(f"""{FACTS}
        SELECT code, status, measured_due AS due_at, ended_at, is_finished, is_apologised, agency_name, procedure_name
        FROM fact WHERE {MEASURES[measure]} {of_group} {of_agency}
        ORDER BY ended_at DESC, code LIMIT {PAGE + 1} OFFSET :offset
    """)  # noqa: S608 - constants
    words = _words(period, zone) | {"key": key, "agency": agency, "offset": (page - 1) * PAGE}
    return [dict(row) for row in db.session.execute(query, words).mappings()]


# Complaints whose answer was given or due in the period.
CLOSED = """tenant_id = :tenant AND state NOT IN ('forwarded', 'refused')
    AND coalesce(answered_at, due_at) >= :since AND coalesce(answered_at, due_at) < :until"""
# Points 0, 1, 2 of each dossier, averaged; None where nothing was there to judge.
INDICES = f"""{FACTS},
    supplement AS (
        SELECT event.dossier_id, count(*) AS times FROM dossier_event AS event
        WHERE event.tenant_id = :tenant AND event.status = 5
          AND event.dossier_id IN (SELECT id FROM fact WHERE is_finished) GROUP BY 1),
    step AS (
        SELECT event.step_due_at, lead(event.occurred_at) OVER (PARTITION BY event.dossier_id
            ORDER BY event.occurred_at, event.id) AS left_at
        FROM dossier_event AS event
        WHERE event.tenant_id = :tenant AND event.dossier_id IN (SELECT id FROM fact WHERE is_finished)),
    point AS (
        SELECT channel, attitude, 2 - least(coalesce(supplement.times, 0), 2) AS contact,
            CASE WHEN measured_due IS NULL THEN NULL WHEN {IS_LATE} THEN 0 WHEN {IS_EARLY} THEN 2 ELSE 1 END AS pace
        FROM fact LEFT JOIN supplement ON supplement.dossier_id = fact.id WHERE is_finished)
    SELECT avg(pace) AS pace, count(pace) AS paced, avg(contact) AS contact, count(contact) AS contacted,
        avg(attitude - 1) AS attitude, count(attitude) AS attitudes,
        avg(pace) FILTER (WHERE channel = 'online') AS online, count(pace) FILTER (WHERE channel = 'online') AS onlines,
        (SELECT avg(CASE WHEN left_at <= step_due_at THEN 2 ELSE 0 END) FROM step
         WHERE step_due_at IS NOT NULL AND left_at IS NOT NULL) AS step,
        (SELECT count(*) FROM step WHERE step_due_at IS NOT NULL AND left_at IS NOT NULL) AS steps,
        (SELECT avg(CASE WHEN answered_at <= due_at THEN 2 ELSE 0 END) FROM complaint WHERE {CLOSED}) AS complaint,
        (SELECT count(*) FROM complaint WHERE {CLOSED}) AS complaints
    FROM point
"""  # noqa: S608 - constants and named parameters only


def points(period: Period, zone: str) -> dict:
    """What `scores.scores_of` takes: averages of 0, 1 and 2 points over what finished in the period, and of how many.

    None is the average of nothing.
    """
    return dict(db.session.execute(text(INDICES), _words(period, zone)).mappings().one())


# Without who or which dossier: an officer must not find the writer.
COMMENTS = text("""
    SELECT answer.id FROM survey_answer AS answer
    JOIN survey ON survey.tenant_id = answer.tenant_id AND survey.id = answer.survey_id
    WHERE answer.tenant_id = :tenant AND answer.comment_encrypted IS NOT NULL AND answer.invitation_id IS NULL
      AND answer.answered_at >= :since AND answer.answered_at < :until
    ORDER BY md5(answer.id::text) LIMIT 100
""")


def comments(period: Period) -> list[int]:
    """Numbers of answers with free text that no longer know whose they are, in no order that tells anything."""
    words = {"tenant": scope.required(), "since": period.begins_at, "until": period.ends_at}
    return list(db.session.scalars(COMMENTS, words))


def _words(period: Period, zone: str) -> dict:
    return {
        "tenant": scope.required(),
        "since": period.begins_at,
        "until": min(
            period.ends_at, now()
        ),  # a period that still runs ends now: nothing is late before its time
        "zone": zone,
    }
