"""A heap of messages goes out, and Zalo tells of each what it tells: the echo, and that it arrived."""

import time
from pathlib import Path

import psycopg

from tests.bench import processes, rooms
from tests.bench.chaos import running
from tests.bench.chaos.disturbing import Workers
from tests.bench.chaos.province import open_webhooks, settle
from tests.installation import Installation, installed

WORKERS = ("worker-1", "worker-2")
LIMIT_S, START_S = 300.0, 60.0


def webhooks_too(quick: bool) -> dict[str, float | int]:
    """`sent_per_second` until the last left, `told_per_second` until all that Zalo told is dealt with, too.

    Processor seconds for 1,000 messages: of the workers, and of the whole machine with PostgreSQL, the web server
    and the simulator, whose work is Zalo's.
    """
    with rooms.folder("told") as folder:
        home = installed(Path(folder) / "var")
        workers = Workers(home)
        try:
            return _run(home, workers, 1_000 if quick else 5_000)
        finally:
            workers.end()
            home.tidy()


def _run(home: Installation, workers: Workers, sends: int) -> dict[str, float | int]:
    admin = running.address(home)
    provinces = settle(home, admin, running.PROVINCES, running.PEOPLE)
    open_webhooks(home)
    home.start("web")
    for path in (running.CONSULTATION, running.TEMPLATES):
        home.simulator.fault(path, "latency", latency_ms=5)
    for name in WORKERS:
        workers.start(name)
    started = list(workers.running.values())
    processes.wait_until_at_rest(started, START_S)
    with processes.frozen(started):
        running.feed(home, provinces, sends, time.monotonic(), 0.0)
        began, cpu, busy_s = time.monotonic(), processes.cpu_s(started), processes.machine_cpu_s()
    with psycopg.connect(admin, autocommit=True) as server:
        processes.wait_for(lambda: not _left(server, "message", "queued", "sending"), "all sent", LIMIT_S)
        sent_s = time.monotonic() - began
        processes.wait_for(lambda: not _untold(server), "all told", LIMIT_S)
        told_s = time.monotonic() - began
        webhooks = server.execute("SELECT count(*) FROM webhook_event").fetchone()[0]
    return {
        "messages": sends,
        "webhooks": webhooks,
        "sent_per_second": round(sends / sent_s, 1),
        "told_per_second": round(sends / told_s, 1),
        "worker_cpu_s_per_1000": round((processes.cpu_s(started) - cpu) / sends * 1000, 2),
        "machine_cpu_s_per_1000": round((processes.machine_cpu_s() - busy_s) / sends * 1000, 2),
    }


def _untold(server: psycopg.Connection) -> bool:
    return _left(server, "message", "queued", "sending", "sent") or _left(server, "webhook_event", "new")


def _left(server: psycopg.Connection, table: str, *states: str) -> bool:
    statement = f"SELECT EXISTS (SELECT FROM {table} WHERE state = ANY (%s))"
    return server.execute(statement, (list(states),)).fetchone()[0]
