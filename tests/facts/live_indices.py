"""The nine indices straight from live rows, as the pages once read them: what the sums of daily facts must equal."""

from sqlalchemy import text

from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.facts.handled import CLOSED
from motcua.reports.periods import Period
from motcua.reports.queries import FACTS, IS_EARLY, IS_LATE

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
"""


def points(period: Period, zone: str) -> dict:
    until = min(period.ends_at, now())
    words = {"tenant": scope.required(), "since": period.begins_at, "until": until, "zone": zone}
    return dict(db.session.execute(text(INDICES), words).mappings().one())
