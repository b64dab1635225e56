"""Figures of a province with thousands of dossiers, made by SQL: everything is counted, once."""

from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import text

from motcua.core import crypto
from motcua.core.database import db
from motcua.reports import periods, queries

ZONE = "Asia/Ho_Chi_Minh"
DOSSIERS = """
    INSERT INTO dossier (tenant_id, code, token, procedure_code, procedure_name, channel, people_encrypted,
        proof_indexes, papers, status, status_at, agency_code, agency_name, received_at, promised_at, due_at, ready_at,
        returned_at, created_at, source_time, source_digest)
    SELECT 'binh-thuan', 'c' || n, 't' || n, '1.000' || (800 + n % 150), 'Thủ tục', 'counter', :people, '[]', '[]',
        CASE WHEN n % 50 = 0 THEN 4 WHEN n % 97 = 0 THEN 3 ELSE 10 END,
        at + interval '5 days', 'a' || n % 200, 'Cơ quan ' || n % 200, at, at + interval '6 days',
        at + interval '6 days', CASE WHEN n % 50 = 0 THEN NULL ELSE at + make_interval(days => 1 + n % 8) END,
        NULL, at, at, ''
    FROM (SELECT n, timestamptz '2025-12-01' + n * interval '165 minutes' AS at FROM generate_series(1, 3000) n) made
"""
OTHERS = (
    """INSERT INTO dossier_event (tenant_id, dossier_id, fingerprint, status, occurred_at, recorded_at, step_due_at,
        is_late, is_unexpected)
    SELECT tenant_id, id, k::text, 4, received_at + make_interval(days => k), now(),
        received_at + make_interval(days => k + 1), false, false FROM dossier, generate_series(1, 4) k""",
    """INSERT INTO survey (tenant_id, dossier_id, outcome, opened_at, closes_at, invited_at)
    SELECT tenant_id, id, 10, now(), now(), now() FROM dossier WHERE status = 10 AND id % 2 = 0""",
    """INSERT INTO survey_answer (tenant_id, survey_id, channel, level, reasons, answered_at)
    SELECT tenant_id, id, 'chat', 1 + id % 5, '[]', now() FROM survey WHERE id % 2 = 0""",
)


@pytest.fixture
def large(province):
    nobody = crypto.seal_json("binh-thuan", "dossier_people", {})
    db.session.execute(text(DOSSIERS), {"people": nobody})
    for statement in OTHERS:
        db.session.execute(text(statement))
    db.session.commit()


def test_every_dossier_of_the_year_is_counted_once(large):
    with time_machine.travel(datetime(2026, 11, 20, tzinfo=UTC)):
        year = periods.of_request("2025-12-01", "2026-11-19")

        by_procedure = queries.count(year, "procedure", ZONE)
        by_agency = queries.count(year, "agency", ZONE)

    assert (len(by_procedure), len(by_agency)) == (150, 200)
    assert sum(one["total"] for one in by_procedure) == sum(one["total"] for one in by_agency) == 3000
