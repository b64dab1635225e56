"""Each dashboard page through the application, over a province with a year of messages and three of dossiers.

Rows are written set-based past row security. The newest days' facts are counted by the product itself; older days
are copies of those, because a page reads facts and does not care how they came.
"""

import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import psycopg
from sqlalchemy import event

from motcua.accounts.models import Staff
from motcua.boot import DATABASE
from motcua.core import months
from motcua.core.database import db, tenant_scope
from motcua.embedded import services
from motcua.facts import rolling, summing
from motcua.facts.dashboards import BOARDS
from motcua.facts.sources import SOURCES
from motcua.reports.queries import GROUPS
from tests.bench.scenes import let_go
from tests.factories import make_dossier, make_staff
from tests.installation import SLUG, Installation, installed
from tests.signing_in import host_of, sign_in

AGENCIES, PROCEDURES = 150, 400
MESSAGE_DAYS, DOSSIER_DAYS = 365, 1095
ROUNDS, LOOKED_AT = 40, 3  # requests that are measured, and before them those whose plans are looked at
PERIODS = ("7", "30", "90", "month", "quarter", "year", "last_year")
# Complaints are few, and pages that need them read them as they are (see `facts.handled`).
LIVE = (
    "message",
    "dossier",
    "dossier_event",
    "citizen",
    "webhook_event",
    "survey",
    "survey_answer",
    "feedback",
)


@dataclass(frozen=True)
class Size:
    messages: int
    dossiers: int
    counted_days: int


FULL, QUICK = Size(5_000_000, 1_000_000, 20), Size(60_000, 12_000, 10)

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


def dashboards(quick: bool) -> dict[str, dict]:
    """Milliseconds a page, of ROUNDS requests with mixed spans and agencies, and of counting one day."""
    share = float(
        os.environ.get("MOTCUA_BENCH_SHARE", "1")
    )  # of the full form, for a machine without an hour
    size = QUICK if quick else Size(int(FULL.messages * share), int(FULL.dossiers * share), FULL.counted_days)
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as folder:
        home = installed(Path(folder) / "var")
        try:
            return _measure(home, size)
        finally:
            home.tidy()


def reads_no_live_table_whole(figures: dict) -> bool:
    """And every page answers. How fast they are is for people to judge."""
    return not figures["plans"]["all"]["whole"] and not any(
        row.get("failed") for row in figures["pages"].values()
    )


def _measure(home: Installation, size: Size) -> dict[str, dict]:
    admin = services.ensure(home.settings.var).postgres_dsn_admin
    began = time.perf_counter()
    with home.app.app_context():
        with tenant_scope(SLUG):
            people = make_dossier().people_encrypted
        leader = make_staff(SLUG, role="province_admin", email="bench@example.vn")
    with psycopg.connect(admin, dbname=DATABASE, autocommit=True) as server:
        server.execute("SET session_replication_role = replica")  # nothing marks a day: all are counted below
        with _loading(server):
            _seed(server, size, people)
        _say("tidying up", began)
        server.execute("VACUUM ANALYZE")
    seeded_s = time.perf_counter() - began
    _say(f"counting {size.counted_days} days", began)
    with home.app.app_context(), tenant_scope(SLUG):
        days = [rolling.today() - timedelta(days=back) for back in range(size.counted_days)]
        took = [_timed(rolling.roll_day, day) for day in reversed(days)]
        month_ms = _timed(rolling.roll_month, days[0].replace(day=1))
        let_go()
    _say("copying them back", began)
    with psycopg.connect(admin, dbname=DATABASE, autocommit=True) as server:
        copy_back(server, SLUG, size.counted_days, DOSSIER_DAYS, days[0])
        server.execute("VACUUM ANALYZE")
    _say("summing them up", began)
    with home.app.app_context(), tenant_scope(SLUG):
        sum_up(DOSSIER_DAYS, days[0])
        let_go()
    with psycopg.connect(admin, dbname=DATABASE, autocommit=True) as server:
        server.execute("VACUUM ANALYZE")
    _say("opening pages", began)
    plans = _Plans(home, is_small=size.messages < FULL.messages)
    rows = _pages(home, leader, plans, days[0])
    counting = {
        "count one day": _row(took),
        "count today again": _row([_again(home, days[0]) for _ in range(5)]),
        "count a month's citizens": _row([month_ms]),
    }
    return {
        "pages": rows,
        "counting": counting,
        "plans": {
            "all": {
                "statements": len(plans.seen),
                "whole": plans.whole,
                "read whole": len(plans.whole),
                "seed_s": round(seeded_s),
            }
        },
    }


@contextmanager
def _loading(server: psycopg.Connection) -> Iterator[None]:
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
    _say(f"{len(made)} indexes", began)
    server.execute("ALTER SYSTEM RESET max_wal_size")
    server.execute("SELECT pg_reload_conf()")


def _say(what: str, since: float) -> None:
    sys.stderr.write(f"{what}, {time.perf_counter() - since:.0f} s\n")


def _seed(server: psycopg.Connection, size: Size, people: str) -> None:
    words = {"slug": SLUG, "agencies": AGENCIES, "procedures": PROCEDURES, "people": people}
    step, began = 500_000, time.perf_counter()
    for first in range(1, size.messages + 1, step):
        last = min(first + step - 1, size.messages)
        server.execute(
            MESSAGES, words | {"first": first, "last": last, "all": size.messages, "days": MESSAGE_DAYS}
        )
        _say(f"{last:,} messages", began)
    server.execute(DOSSIERS, words | {"all": size.dossiers, "days": DOSSIER_DAYS})
    _say(f"{size.dossiers:,} dossiers", began)
    for statement in (EVENTS, COMPLAINTS, SURVEYS):
        server.execute(statement, words)
    _say("their lives", began)
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


def _pages(home: Installation, leader: Staff, plans: "_Plans", today: date) -> dict[str, dict]:
    client, address = home.app.test_client(), f"http://{host_of(leader)}"
    with home.app.app_context():
        sign_in(client, leader)
    chance = random.Random(7)  # the same requests every time
    paths = {key: f"/console/dashboards/{'' if key == 'overview' else key}" for key in BOARDS}
    paths |= {
        "rows: late dossiers": "/console/dashboards/dossiers/rows?measure=late",
        "rows: received dossiers": "/console/dashboards/dossiers/rows?measure=received",
        "rows: failed messages": "/console/dashboards/messages/rows?state=failed",
        "rows: one event": "/console/dashboards/messages/rows?event=survey_ask",
        "console's first page": "/console/?",
        "costs": "/console/message-channels/costs",
    }
    paths |= {f"QĐ 766 by {name}": f"/console/satisfaction/?by={name}" for name in GROUPS}
    found = {}
    for name, path in paths.items():
        took, refused = [], 0
        for number in range(-LOOKED_AT, ROUNDS):
            asked = f"period={chance.choice(PERIODS)}"
            if chance.random() < 0.2:
                first = today - timedelta(days=chance.randrange(30, 700))
                asked = f"period=free&from={first}&to={first + timedelta(days=chance.randrange(1, 300))}"
            elif path.startswith("/console/satisfaction"):  # knows days only: this month, or the year
                asked = "" if chance.random() < 0.5 else f"from={today.replace(month=1, day=1)}"
            if chance.random() < 0.5:
                asked += f"&agency=co-quan-{chance.randrange(AGENCIES)}"
            with plans.watching(number < 0):
                began = time.perf_counter()
                answer = client.get(f"{path}{'&' if '?' in path else '?'}{asked}", base_url=address)
                if number >= 0:
                    took.append((time.perf_counter() - began) * 1000)
            refused += answer.status_code != 200
        found[name] = _row(took) | {"failed": refused}
    for name in ("report.xlsx", "report.pdf"):
        found[name] = _row(
            [_timed(client.get, f"/console/dashboards/{name}?period=90", base_url=address) for _ in range(5)]
        )
    return found


class _Plans:
    """The plans of what pages ask: which live tables any of them reads from end to end.

    Where there are few rows (`is_small`), only if it has to: there it may well be the quickest.
    """

    def __init__(self, home: Installation, is_small: bool):
        self.home, self.is_small, self.seen, self.whole = home, is_small, set(), []
        self.is_on = False
        with home.app.app_context():
            event.listen(db.engine, "before_cursor_execute", self._look)

    def watching(self, is_on: bool):
        self.is_on = is_on
        return _Off(self)

    def _look(self, _connection, cursor, statement, parameters, _context, _many) -> None:
        if (
            not self.is_on
            or statement in self.seen
            or not statement.lstrip().upper().startswith(("SELECT", "WITH"))
        ):
            return
        self.seen.add(statement)
        self.is_on = False
        if self.is_small:
            cursor.connection.execute("SET LOCAL enable_seqscan = off")
        explained = cursor.connection.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters).fetchone()[0]
        cursor.connection.execute("SET LOCAL enable_seqscan = on")
        self.is_on = True
        self._walk(explained[0]["Plan"], statement)

    def _walk(self, plan: dict, statement: str) -> None:
        if plan["Node Type"] == "Seq Scan" and plan["Relation Name"] in LIVE and plan["Plan Rows"] > 100:
            self.whole.append(
                json.dumps({"table": plan["Relation Name"], "statement": " ".join(statement.split())[:200]})
            )
        for inner in plan.get("Plans", ()):
            self._walk(inner, statement)


@dataclass
class _Off:
    plans: _Plans

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.plans.is_on = False


def _again(home: Installation, day: date) -> float:
    with home.app.app_context(), tenant_scope(SLUG):
        return _timed(rolling.roll_day, day)


def _timed(action, *args, **options) -> float:
    began = time.perf_counter()
    action(*args, **options)
    return (time.perf_counter() - began) * 1000


def _row(took: list[float]) -> dict[str, float]:
    ordered = sorted(took)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return {
        "p50_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(p95, 1),
        "most_ms": round(ordered[-1], 1),
        "times": len(ordered),
    }
