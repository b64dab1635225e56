"""Where each table of facts comes from: one SELECT a table over the live rows of one day.

Words: :tenant, :since and :until (the day's first moment, and the first after it or now), :zone. What makes a
dossier finished, late, early or pending is what `reports.queries` says (QĐ 766/QĐ-TTg).
"""

from dataclasses import dataclass
from datetime import timedelta

from motcua.dossiers.models import FINISHED_AT, RESULT_AT

from .models import (
    PACES_S,
    FactCitizen,
    FactDossier,
    FactHandled,
    FactLookup,
    FactMessage,
    FactPace,
    FactProcedure,
    FactSatisfaction,
    FactVoice,
)


@dataclass(frozen=True)
class Source:
    """`select` gives the columns of `table` but tenant, id and day; `key` are those that make a row of a day unique.

    A day older than `rows_kept` keeps what was counted, and so does one whose rows of the table `reads` were deleted.
    """

    table: type
    key: tuple[str, ...]
    select: str
    rows_kept: timedelta | None = None
    reads: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        ours = ("tenant_id", "id", "day")
        return tuple(one.name for one in self.table.__table__.columns if one.name not in ours)

    @property
    def measures(self) -> tuple[str, ...]:
        return tuple(one for one in self.columns if one not in self.key)


WRITTEN = """
    FROM message WHERE tenant_id = :tenant AND id IN (
        SELECT id FROM message_key WHERE tenant_id = :tenant AND created_at >= :since AND created_at < :until)"""
MESSAGES = f"""
    SELECT event, lane, coalesce(channel, '') AS channel, state, count(*) AS messages,
        count(*) FILTER (WHERE price_vnd > 0 AND state IN ('sent', 'delivered', 'seen')) AS paid,
        coalesce(sum(price_vnd) FILTER (WHERE state IN ('sent', 'delivered', 'seen')), 0) AS cost_vnd
    {WRITTEN} GROUP BY event, lane, coalesce(channel, ''), state"""


def _spans(step: str, at: str) -> str:
    """One count for each span of PACES_S; a clock that ran ahead counts as at once."""
    columns, least = [], None
    for number, most in enumerate(PACES_S, 1):
        rules = [f"{at} IS NOT NULL"]
        rules += [] if least is None else [f"{at} - created_at > interval '{least} seconds'"]
        rules += [] if most is None else [f"{at} - created_at <= interval '{most} seconds'"]
        columns.append(f"count(*) FILTER (WHERE {' AND '.join(rules)}) AS {step}_{number}")
        least = most
    return ", ".join(columns)


PACE = f"""
    SELECT CAST(extract(hour FROM created_at AT TIME ZONE :zone) AS smallint) AS hour, lane,
        {_spans("accepted", "sent_at")}, {_spans("delivered", "delivered_at")}
    {WRITTEN} AND sent_at IS NOT NULL GROUP BY 1, 2"""  # noqa: S608 - constants

FOLLOWS = "FROM webhook_event WHERE tenant_id = :tenant AND event_name IN ('follow', 'unfollow')"
# How many followed at the end of an earlier day: those of now, without what came after.
CITIZENS = f"""
    SELECT
        (SELECT count(*) FROM citizen
         WHERE tenant_id = :tenant AND created_at >= :since AND created_at < :until) AS met,
        day.gained, day.lost,
        greatest((SELECT count(*) FROM citizen WHERE tenant_id = :tenant AND is_follower) - after.more, 0) AS followers,
        (SELECT count(*) FROM citizen
         WHERE tenant_id = :tenant AND phone_proven_at >= :since AND phone_proven_at < :until) AS linked,
        (SELECT count(*) FROM citizen WHERE tenant_id = :tenant AND phone_proven_at < :until) AS linked_total
    FROM (SELECT count(*) FILTER (WHERE event_name = 'follow') AS gained,
                 count(*) FILTER (WHERE event_name = 'unfollow') AS lost
          {FOLLOWS} AND received_at >= :since AND received_at < :until) AS day,
         (SELECT count(*) FILTER (WHERE event_name = 'follow')
               - count(*) FILTER (WHERE event_name = 'unfollow') AS more
          {FOLLOWS} AND received_at >= :until) AS after"""  # noqa: S608 - constants

LOOKUPS = """
    SELECT kind, key, channel, outcome, count(*) AS asked FROM (
        SELECT kind, key, channel, outcome FROM question_asked
        WHERE tenant_id = :tenant AND asked_at >= :since AND asked_at < :until
        UNION ALL
        SELECT 'service', service, channel, outcome FROM service_asked
        WHERE tenant_id = :tenant AND asked_at >= :since AND asked_at < :until) AS question
    GROUP BY kind, key, channel, outcome"""

# Each dossier that was received, ended, fell due or began to wait on the day, once; with the promise before an apology.
TOUCHED = f"""
    WITH touched AS (
        SELECT id FROM dossier WHERE tenant_id = :tenant AND received_at >= :since AND received_at < :until
        UNION SELECT id FROM dossier
            WHERE tenant_id = :tenant AND status IN (9, 10) AND {RESULT_AT} >= :since AND {RESULT_AT} < :until
        UNION SELECT id FROM dossier
            WHERE tenant_id = :tenant AND status IN (3, 5, 7, 8) AND status_at >= :since AND status_at < :until
        UNION SELECT id FROM dossier WHERE tenant_id = :tenant AND due_at >= :since AND due_at < :until
        UNION SELECT dossier_id FROM dossier_apology
            WHERE tenant_id = :tenant AND old_due_at >= :since AND old_due_at < :until),
    told AS (
        SELECT dossier.*, coalesce(apology.old_due_at, dossier.due_at) AS measured_due,
            apology.dossier_id IS NOT NULL AS is_apologised, {FINISHED_AT} AS finished_at
        FROM touched JOIN dossier ON dossier.tenant_id = :tenant AND dossier.id = touched.id
        LEFT JOIN LATERAL (
            SELECT dossier_id, old_due_at FROM dossier_apology
            WHERE tenant_id = :tenant AND dossier_apology.dossier_id = touched.id ORDER BY number LIMIT 1
        ) AS apology ON true),
    judged AS (
        SELECT told.*, coalesce(agency_code, agency_name) AS agency_key,
            coalesce(received_at, finished_at) AS entered_at,
            CASE WHEN finished_at IS NOT NULL THEN finished_at WHEN status = 5 THEN status_at END AS ended_at
        FROM told),
    fact AS (
        SELECT judged.*,
            coalesce(entered_at >= :since AND entered_at < :until, false) AS is_received,
            coalesce(finished_at >= :since AND finished_at < :until, false) AS is_finished,
            coalesce(finished_at > measured_due, false) AS is_late,
            coalesce(status IN (9, 10) AND (finished_at AT TIME ZONE :zone)::date
                < (measured_due AT TIME ZONE :zone)::date, false) AS is_early,
            CASE WHEN measured_due IS NOT NULL AND entered_at IS NOT NULL
                      AND (ended_at IS NULL OR ended_at > measured_due)
                 THEN greatest(measured_due, entered_at) END AS fell_due_at
        FROM judged)"""  # noqa: S608 - constants
_ENDED = """
        count(*) FILTER (WHERE is_received) AS received,
        count(*) FILTER (WHERE is_finished) AS finished,
        count(*) FILTER (WHERE is_finished AND measured_due IS NOT NULL AND NOT is_late) AS on_time,
        count(*) FILTER (WHERE is_finished AND is_early) AS early,
        count(*) FILTER (WHERE is_finished AND is_late) AS late"""
DOSSIERS = f"""
    {TOUCHED}
    SELECT agency_key, max(agency_name) AS agency_name, {_ENDED},
        count(*) FILTER (WHERE is_received AND channel = 'online') AS received_online,
        count(*) FILTER (WHERE is_received AND channel = 'post') AS received_post,
        count(*) FILTER (WHERE is_finished AND is_late AND is_apologised) AS late_apologised,
        count(*) FILTER (WHERE is_finished AND measured_due IS NULL) AS without_due,
        count(*) FILTER (WHERE is_finished AND status IN (3, 7, 8)) AS stopped,
        count(*) FILTER (WHERE fell_due_at >= :since AND fell_due_at < :until) AS fell_due,
        count(*) FILTER (WHERE status = 5 AND status_at >= :since AND status_at < :until) AS asked_more
    FROM fact GROUP BY agency_key"""  # noqa: S608 - constants
PROCEDURES = f"""
    {TOUCHED}
    SELECT procedure_code, max(procedure_name) AS procedure_name, {_ENDED}
    FROM fact WHERE is_received OR is_finished GROUP BY procedure_code"""  # noqa: S608 - constants

# A row a dossier and step: see FactHandled. What people thought is what `reports.queries` takes for it.
_HEARD = ("level", "attitude", "clarity", "trips")
HANDLED = f"""
    {TOUCHED},
    heard AS (
        SELECT touched.id AS dossier_id, told.* FROM touched, LATERAL (
            SELECT bool_or(invited_at IS NOT NULL) AS is_asked,
                {", ".join(f"min(answer.{one}) AS {one}" for one in _HEARD)}
            FROM survey LEFT JOIN survey_answer AS answer
                ON answer.tenant_id = :tenant AND answer.survey_id = survey.id
            WHERE survey.tenant_id = :tenant AND survey.dossier_id = touched.id) AS told),
    walked AS (
        SELECT event.dossier_id, event.status, event.step_due_at, lead(event.occurred_at) OVER (
            PARTITION BY event.dossier_id ORDER BY event.occurred_at, event.id) AS left_at
        FROM dossier_event AS event
        WHERE event.tenant_id = :tenant AND event.dossier_id IN (SELECT id FROM fact WHERE is_finished)),
    worked AS (
        SELECT dossier_id, count(*) FILTER (WHERE status = 5) AS times,
            count(*) FILTER (WHERE step_due_at IS NOT NULL AND left_at IS NOT NULL) AS steps,
            count(*) FILTER (WHERE left_at <= step_due_at) AS steps_in_time
        FROM walked GROUP BY dossier_id),
    begun AS (  -- as `reports.queries.ENTERED_AT`
        SELECT fact.*, CASE WHEN entered_at IS NOT NULL THEN least(entered_at, ended_at) END AS began_at FROM fact),
    stepped AS (
        SELECT begun.*, one.stage, one.stage <> 'entered'
            AND (one.stage = 'fell_due' OR coalesce(ended_at > measured_due, false)) AS is_over
        FROM begun, LATERAL (VALUES
            ('entered', began_at), ('finished', finished_at),
            ('fell_due', CASE WHEN ended_at IS NULL OR ended_at > measured_due
                              THEN greatest(measured_due, began_at) END),
            ('waiting', CASE WHEN status = 5 THEN status_at END)) AS one(stage, at)
        WHERE began_at IS NOT NULL AND one.at >= :since AND one.at < :until
            AND (one.stage <> 'fell_due' OR measured_due IS NOT NULL))
    SELECT stage AS step, said.kind, said.key, max(said.name) AS name, count(*) AS dossiers,
        count(*) FILTER (WHERE measured_due IS NULL) AS without_due,
        count(*) FILTER (WHERE stage = 'finished' AND is_early) AS early,
        count(*) FILTER (WHERE is_over) AS late,
        count(*) FILTER (WHERE is_over AND is_apologised) AS late_apologised,
        count(*) FILTER (WHERE is_asked) AS asked,
        count(level) AS answered, count(*) FILTER (WHERE level >= 4) AS satisfied,
        count(*) FILTER (WHERE level = 3) AS neutral, count(*) FILTER (WHERE level <= 2) AS dissatisfied,
        {
    ", ".join(
        f"count({one}) AS {one}_answered, count(*) FILTER (WHERE {one} = 3) AS {one}_good"
        for one in _HEARD[1:]
    )
},
        coalesce(sum(attitude - 1), 0) AS attitude_points,
        coalesce(sum(2 - least(coalesce(times, 0), 2)) FILTER (WHERE stage = 'finished'), 0) AS contact_points,
        coalesce(sum(steps) FILTER (WHERE stage = 'finished'), 0) AS steps,
        coalesce(sum(steps_in_time) FILTER (WHERE stage = 'finished'), 0) AS steps_in_time
    FROM stepped
    LEFT JOIN heard ON heard.dossier_id = stepped.id AND stage <> 'fell_due'
    LEFT JOIN worked ON worked.dossier_id = stepped.id,
    LATERAL (VALUES ('province', '', ''), ('agency', agency_key, agency_name),
        ('procedure', procedure_code, procedure_name), ('channel', stepped.channel, '')) AS said(kind, key, name)
    GROUP BY stage, said.kind, said.key"""  # noqa: S608 - constants

_AGENCY = "coalesce(dossier.agency_code, dossier.agency_name)"
_OF_SURVEY = "JOIN dossier ON dossier.tenant_id = :tenant AND dossier.id = survey.dossier_id"
_LEVELS = ", ".join(f"count(*) FILTER (WHERE level = {level}) AS level_{level}" for level in range(1, 6))
SATISFACTION = f"""
    SELECT agency_key, max(agency_name) AS agency_name, count(*) FILTER (WHERE level IS NULL) AS asked, {_LEVELS}
    FROM (
        SELECT {_AGENCY} AS agency_key, dossier.agency_name, NULL AS level FROM survey {_OF_SURVEY}
        WHERE survey.tenant_id = :tenant AND survey.invited_at >= :since AND survey.invited_at < :until
        UNION ALL
        SELECT {_AGENCY}, dossier.agency_name, answer.level
        FROM survey_answer AS answer
        JOIN survey ON survey.tenant_id = :tenant AND survey.id = answer.survey_id {_OF_SURVEY}
        WHERE answer.tenant_id = :tenant AND answer.answered_at >= :since AND answer.answered_at < :until) AS heard
    GROUP BY agency_key"""  # noqa: S608 - constants


def _voices(source: str, agency: str, more: str = "") -> str:
    """Received and answered ones of one table, a row each."""
    return " UNION ALL ".join(
        f"SELECT '{source}' AS source, voice.kind, {agency} AS agency_key, {is_received} AS is_received, "  # noqa: S608
        f"coalesce(voice.answered_at <= voice.due_at, true) AS is_in_time FROM {source} AS voice {more} "
        f"WHERE voice.tenant_id = :tenant AND voice.{moment} >= :since AND voice.{moment} < :until"
        for moment, is_received in (("received_at", "true"), ("answered_at", "false"))
    )


OF_COMPLAINT = "LEFT JOIN dossier ON dossier.tenant_id = :tenant AND dossier.id = voice.dossier_id"
VOICES = f"""
    SELECT source, kind, agency_key, count(*) FILTER (WHERE is_received) AS received,
        count(*) FILTER (WHERE NOT is_received) AS answered,
        count(*) FILTER (WHERE NOT is_received AND is_in_time) AS in_time
    FROM ({_voices("complaint", f"coalesce({_AGENCY}, '')", OF_COMPLAINT)}
          UNION ALL {_voices("feedback", "coalesce(voice.agency_code, '')")}) AS voice
    GROUP BY source, kind, agency_key"""  # noqa: S608 - constants

SOURCES = (
    Source(FactMessage, ("event", "lane", "channel", "state"), MESSAGES, reads="message"),
    Source(FactPace, ("hour", "lane"), PACE, reads="message"),
    Source(FactCitizen, (), CITIZENS, reads="webhook_event"),
    Source(FactLookup, ("kind", "key", "channel", "outcome"), LOOKUPS, rows_kept=timedelta(days=395)),
    Source(FactDossier, ("agency_key",), DOSSIERS),
    Source(FactProcedure, ("procedure_code",), PROCEDURES),
    Source(FactSatisfaction, ("agency_key",), SATISFACTION),
    Source(FactHandled, ("kind", "step", "key"), HANDLED),
    Source(FactVoice, ("source", "kind", "agency_key"), VOICES),
)
