"""A province of millions for the dashboards: its rows, and its facts of older days.

Rows are written set-based past row security. The newest days' facts are counted by the product itself; older days
are copies of those, because a page reads facts and does not care how they came.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

import psycopg

from motcua.core import months
from motcua.core.database import db
from motcua.facts import summing
from motcua.facts.sources import SOURCES
from tests.installation import SLUG

AGENCIES, PROCEDURES = 150, 400
MESSAGE_DAYS, DOSSIER_DAYS = 365, 1095


@dataclass(frozen=True)
class Size:
    messages: int
    dossiers: int
    counted_days: int


MESSAGES = """
    INSERT INTO message (tenant_id, lane, event, phone_index, phone_encrypted, content, dedupe_key, state, created_at,
        next_attempt_at, expires_at, attempts, channels_refused, channel, price_vnd, billed_at, sent_at, delivered_at,
        seen_at)
    SELECT %(slug)s, (ARRAY['urgent','urgent','normal','broadcast'])[1 + n %% 4],
        (ARRAY['dossier_accepted','dossier_moved','dossier_ready','survey_ask','procedure_card',
               'dossier_status'])[1 + n %% 6],
        'p' || n %% 300000, 'x', '{}', 'bench/' || n,
        CASE WHEN n %% 50 = 0 THEN 'failed' WHEN n %% 997 = 0 THEN 'uncertain' WHEN n %% 5 = 0 THEN 'seen'
             WHEN n %% 7 = 0 THEN 'sent' ELSE 'delivered' END,
        at, at, at + interval '3 days', 1, '[]',
        (ARRAY['consultation','zbs_uid','zbs_phone'])[1 + n %% 3], (ARRAY[0, 200, 300])[1 + n %% 3], at,
        CASE WHEN n %% 50 <> 0 THEN at + (n %% 16) * interval '0.8 seconds' END,
        CASE WHEN n %% 50 <> 0 AND n %% 7 <> 0 THEN at + (n %% 40) * interval '0.7 seconds' END, NULL
    FROM generate_series(%(first)s::bigint, %(last)s) AS n,
        LATERAL (SELECT now() - interval '1 day' * %(days)s * (1 - n::float8 / %(all)s) AS at) AS moment
"""
DOSSIERS = """
    INSERT INTO dossier (tenant_id, code, token, procedure_code, procedure_name, channel, people_encrypted,
        proof_indexes, papers, status, status_at, agency_code, agency_name, received_at, promised_at, due_at, ready_at,
        created_at, source_time, source_digest, due_is_ours, payment_state, handover_state, sync_state, has_records,
        has_aliases)
    SELECT %(slug)s, 'B-' || n, 'b' || n, 'thu-tuc-' || procedure, 'Thủ tục số ' || procedure,
        (ARRAY['counter','counter','online','post'])[1 + n %% 4], %(people)s, '[]', '[]',
        status, coalesce(ended, at), 'co-quan-' || n %% %(agencies)s, 'Cơ quan số ' || n %% %(agencies)s, at, due, due,
        CASE WHEN status IN (9, 10) THEN ended END, at, at, 'x', false, 'none', 'none', 'current', false, false
    FROM (
        SELECT n, at, at + interval '5 days' AS due,
            CASE WHEN at + took < now() - interval '1 hour' THEN at + took END AS ended,
            CASE WHEN at + took < now() - interval '1 hour' THEN CASE WHEN n %% 40 = 0 THEN 3 ELSE 9 + n %% 2 END
                 ELSE 4 END AS status
        FROM generate_series(1::bigint, %(all)s) AS n,
            LATERAL (SELECT now() - interval '1 day' * %(days)s * (1 - n::float8 / %(all)s) AS at,
                            interval '1 hour' * (6 + (n * 7) %% 140) AS took) AS moment) AS made,
        LATERAL (SELECT hashint8(n) & hashint8(n / 7) & 1023 AS drawn) AS chance,
        LATERAL (SELECT drawn %% %(procedures)s AS procedure) AS one
"""
SURVEYS = """
    INSERT INTO survey (tenant_id, dossier_id, outcome, opened_at, closes_at, invited_at)
    SELECT tenant_id, id, 10, status_at, status_at + interval '15 days', status_at FROM dossier
    WHERE tenant_id = %(slug)s AND status = 10 AND id %% 4 = 0
"""
ANSWERS = """
    INSERT INTO survey_answer (tenant_id, survey_id, channel, level, reasons, answered_at)
    SELECT tenant_id, id, 'page', 5 - (id %% 11) %% 5, '[]', least(invited_at + interval '1 day', now()) FROM survey
    WHERE tenant_id = %(slug)s AND id %% 3 = 0
"""
# Three steps each, the first two by a promise of their own; every fortieth had to bring papers.
EVENTS = """
    INSERT INTO dossier_event (tenant_id, dossier_id, fingerprint, status, occurred_at, recorded_at, step_due_at, said,
        is_late, is_unexpected)
    SELECT tenant_id, id, n, CASE WHEN n = 1 THEN 2 WHEN n = 3 THEN status WHEN id %% 40 = 1 THEN 5 ELSE 4 END,
        received_at + (status_at - received_at) * (n - 1) / 2.0, received_at,
        CASE WHEN n < 3 THEN received_at + interval '30 hours' * n END, '{}', false, false
    FROM dossier, generate_series(1, 3) AS n WHERE tenant_id = %(slug)s AND (n < 3 OR status <> 4)
"""
COMPLAINTS = """
    INSERT INTO complaint (tenant_id, kind, citizen_id, dossier_id, state, text_encrypted, received_at, triage_due_at,
        due_at, answered_at)
    SELECT tenant_id, 'conduct', 1, id, CASE WHEN id %% 400 = 0 THEN 'accepted' ELSE 'answered' END, 'x', status_at,
        status_at + interval '1 day', status_at + interval '10 days',
        CASE WHEN id %% 400 <> 0 THEN status_at + interval '1 day' * (1 + id %% 11) END
    FROM dossier WHERE tenant_id = %(slug)s AND id %% 200 = 0
"""
CITIZENS = """
    INSERT INTO citizen (tenant_id, oa_id, uid_index, uid_encrypted, is_follower, dialogue, created_at, language,
        topics, areas, phone_index, phone_encrypted, phone_proven_at)
    SELECT %(slug)s, 'x', 'u' || n, 'x', n %% 9 <> 0, '{}', at, 'vi', '[]', '[]', 'p' || n, 'x',
        CASE WHEN n %% 3 = 0 THEN at END
    FROM generate_series(1::bigint, %(all)s) AS n,
        LATERAL (SELECT now() - interval '1 day' * 365 * (1 - n::float8 / %(all)s) AS at) AS moment
"""
ASKED = """
    INSERT INTO question_asked (tenant_id, kind, key, channel, outcome, asked_at)
    SELECT %(slug)s, 'procedure', 'thu-tuc-' || n %% 400, 'chat', CASE WHEN n %% 9 = 0 THEN 'none' ELSE 'match' END,
        now() - interval '1 day' * 365 * (1 - n::float8 / %(all)s)
    FROM generate_series(1::bigint, %(all)s) AS n
"""
LOADED = (
    "message", "dossier", "dossier_event", "survey", "survey_answer", "complaint", "citizen", "question_asked",
)  # fmt: skip
SECONDARY = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = ANY (%s::regclass[]) AND NOT indisunique
"""
OLDER = """
    INSERT INTO {table} (tenant_id, day, {columns})
    SELECT tenant_id, day - back, {columns}
    FROM {table}, generate_series(%(counted)s::int, %(days)s, %(counted)s) AS back
    WHERE tenant_id = %(slug)s AND day > %(last)s - %(counted)s::int AND day <= %(last)s
"""


@contextmanager
def loading(server: psycopg.Connection) -> Iterator[None]:
    """Rows first and their indexes after them, as whoever restores a database does: the same rows in a tenth of it."""
    made = server.execute(SECONDARY, (list(LOADED),)).fetchall()
    for name, _ in made:
        server.execute(f"DROP INDEX {name}")
    server.execute("SET synchronous_commit = off")
    server.execute("SET maintenance_work_mem = '512MB'")
    server.execute("ALTER SYSTEM SET max_wal_size = '16GB'")
    server.execute("SELECT pg_reload_conf()")
    yield
    began = time.perf_counter()
    for _, statement in made:
        server.execute(statement)
    say(f"{len(made)} indexes", began)
    server.execute("ALTER SYSTEM RESET max_wal_size")
    server.execute("SELECT pg_reload_conf()")


def say(what: str, since: float) -> None:
    sys.stderr.write(f"{what}, {time.perf_counter() - since:.0f} s\n")


def seed(server: psycopg.Connection, size: Size, people: str) -> None:
    words = {"slug": SLUG, "agencies": AGENCIES, "procedures": PROCEDURES, "people": people}
    step, began = 500_000, time.perf_counter()
    for first in range(1, size.messages + 1, step):
        last = min(first + step - 1, size.messages)
        server.execute(
            MESSAGES, words | {"first": first, "last": last, "all": size.messages, "days": MESSAGE_DAYS}
        )
        say(f"{last:,} messages", began)
    server.execute(DOSSIERS, words | {"all": size.dossiers, "days": DOSSIER_DAYS})
    say(f"{size.dossiers:,} dossiers", began)
    for statement in (EVENTS, COMPLAINTS, SURVEYS):
        server.execute(statement, words)
    say("their lives", began)
    server.execute(ANSWERS, words)
    server.execute(CITIZENS, words | {"all": size.messages // 15})
    server.execute(ASKED, words | {"all": size.messages // 10})


def copy_back(server: psycopg.Connection, slug: str, counted: int, days: int, last: date) -> None:
    """The newest `counted` days of a province's facts again and again, until there are `days` of them.

    They are still to be summed up: see `sum_up`.
    """
    for source in SOURCES:
        table = source.table.__tablename__
        statement = OLDER.format(table=table, columns=", ".join(source.columns))
        words = {"slug": slug, "last": last, "counted": counted, "days": days}
        server.execute(statement, words)


def sum_up(days: int, last: date) -> None:
    """What the product does of itself with days it counts; of the tenant in scope."""
    month = last.replace(day=1)
    while month > last - timedelta(days=days + 31):
        summing.sum_up_month(month)
        db.session.commit()
        month = months.month_before(month)
