"""Each dashboard page through the application, over a province with a year of messages and three of dossiers.

The province is that of `dashboard_rows`.
"""

import json
import os
import random
import statistics
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import psycopg
from sqlalchemy import event

from motcua.accounts.models import Staff
from motcua.boot import DATABASE
from motcua.core.database import db, tenant_scope
from motcua.embedded import services
from motcua.facts import rolling
from motcua.facts.dashboards import BOARDS
from motcua.reports.queries import GROUPS
from tests.bench import rooms
from tests.bench.dashboard_rows import (
    AGENCIES,
    DOSSIER_DAYS,
    Size,
    copy_back,
    loading,
    say,
    seed,
    sum_up,
)
from tests.bench.scenes import let_go
from tests.factories import make_dossier, make_staff
from tests.installation import SLUG, Installation, installed
from tests.signing_in import host_of, sign_in

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


FULL, QUICK = Size(5_000_000, 1_000_000, 20), Size(60_000, 12_000, 10)


def dashboards(quick: bool) -> dict[str, dict]:
    """Milliseconds a page, of ROUNDS requests with mixed spans and agencies, and of counting one day."""
    share = float(
        os.environ.get("MOTCUA_BENCH_SHARE", "1")
    )  # of the full form, for a machine without an hour
    size = QUICK if quick else Size(int(FULL.messages * share), int(FULL.dossiers * share), FULL.counted_days)
    with rooms.folder("dashboards") as folder:
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
        with loading(server):
            seed(server, size, people)
        say("tidying up", began)
        server.execute("VACUUM ANALYZE")
    seeded_s = time.perf_counter() - began
    say(f"counting {size.counted_days} days", began)
    with home.app.app_context(), tenant_scope(SLUG):
        days = [rolling.today() - timedelta(days=back) for back in range(size.counted_days)]
        took = [_timed(rolling.roll_day, day) for day in reversed(days)]
        month_ms = _timed(rolling.roll_month, days[0].replace(day=1))
        let_go()
    say("copying them back", began)
    with psycopg.connect(admin, dbname=DATABASE, autocommit=True) as server:
        copy_back(server, SLUG, size.counted_days, DOSSIER_DAYS, days[0])
        server.execute("VACUUM ANALYZE")
    say("summing them up", began)
    with home.app.app_context(), tenant_scope(SLUG):
        sum_up(DOSSIER_DAYS, days[0])
        let_go()
    with psycopg.connect(admin, dbname=DATABASE, autocommit=True) as server:
        server.execute("VACUUM ANALYZE")
    say("opening pages", began)
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
