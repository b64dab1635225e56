"""How many webhooks a second each web server checks and stores, beside the insert alone."""

import itertools
import json
import statistics
import subprocess
import sys
from collections.abc import Callable

import psycopg

from motcua.demo.wire import Wire
from tests.bench import processes
from tests.bench.rates import Failed, interleaved, summed_up
from tests.bench.scenes import House, Scene
from tests.installation import ROOT
from tests.simulated import free_port

CONNECTIONS, PROCESSES = 16, 2
BARE = "bare insert, 2 processes"
LIMIT_S = 120.0
WARMING = 8  # a part of so many is stored before, uncounted, by everyone
OWN_SERVER = "motcua.webhook_server:app"
# What `of_bare` is judged by comes next to it: neighbours in time compare best.
SERVERS = {
    "gunicorn as it comes": ("gunicorn", "wsgi:app", "-b", "127.0.0.1:{port}"),
    "gunicorn gthread, 2 × 8": (
        "gunicorn", "-k", "gthread", "-w", "2", "--threads", "8", "-b", "127.0.0.1:{port}", "--log-level", "error",
        "wsgi:app",
    ),
    "gunicorn gevent, 2": (
        "gunicorn", "-k", "gevent", "-w", "2", "-b", "127.0.0.1:{port}", "--log-level", "error", "wsgi:app",
    ),
    "webhook server, gunicorn asgi": (
        "gunicorn", "-k", "asgi", "-w", "1", "-b", "127.0.0.1:{port}", "--log-level", "error", OWN_SERVER,
    ),
    "webhook server, uvicorn": (
        "uvicorn", "--host", "127.0.0.1", "--port", "{port}", "--loop", "uvloop", "--http", "httptools",
        "--no-access-log", "--no-proxy-headers", "--log-level", "error", OWN_SERVER,
    ),
    "granian, 2 × 8 threads": (
        "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", "{port}", "--workers", "2",
        "--blocking-threads", "8", "--log-level", "error", "wsgi:app",
    ),
}  # fmt: skip


def webhook_intake(house: House, count: int | None = None, rounds: int | None = None) -> dict[str, dict]:
    """Requests a second (median), part of the bare insert's, p50 and p99 in ms; sixteen senders, no worker beside.

    `of_bare`: the median of each round's own ratio, as in `rates`.
    """
    count = count or (1_000 if house.quick else 8_000)
    rounds = rounds or (1 if house.quick else 3)
    scene = house.scene("intake", tenants=1, messages=1)
    firsts = itertools.count(0, 2 * count)
    runs: dict[str, Callable[[], dict]] = {BARE: lambda: _bare(scene, count, next(firsts))}
    for name, argv in SERVERS.items():
        runs[name] = lambda argv=argv: _served(scene, argv, count, next(firsts))
    return _summed_up(interleaved(rounds, runs))


def _summed_up(rounds: list[dict[str, dict | Failed]]) -> dict[str, dict]:
    def row(name: str, found: list[dict]) -> dict:
        rates = [one["per_second"] for one in found]
        ratios = [
            one[name]["per_second"] / one[BARE]["per_second"] for one in rounds if _have(one, name, BARE)
        ]
        figures = {key: round(statistics.median(one[key] for one in found), 1) for key in found[0]} | {
            "from": min(rates),
            "to": max(rates),
        }
        if ratios:
            figures["of_bare"] = round(statistics.median(ratios), 2)
        return figures

    return summed_up(rounds, row)


def _have(one_round: dict[str, dict | Failed], *names: str) -> bool:
    return not any(isinstance(one_round[name], Failed) for name in names)


def _bare(scene: Scene, count: int, first: int) -> dict[str, float]:
    _empty(scene)
    each, warming = count // PROCESSES, count // WARMING // PROCESSES
    argv = [sys.executable, "-m", "tests.bench.intake.bare", scene.env["DATABASE_URL"], str(each)]
    loops = [
        subprocess.Popen(
            [*argv, str(first + at * count), str(warming)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for at in range(PROCESSES)
    ]
    try:
        for one in loops:
            assert one.stdout.readline() == "warm\n", "a loop of bare inserts ended before it began"
        for one in loops:
            one.stdin.write("\n")
            one.stdin.flush()
        took = max(float(one.communicate(timeout=LIMIT_S)[0]) for one in loops)
    finally:
        for one in loops:
            one.kill()
            one.wait()
    assert _stored(scene) == PROCESSES * (each + warming), "a row was not stored"
    return {"per_second": round(PROCESSES * each / took, 1)}


def _served(scene: Scene, argv: tuple[str, ...], count: int, first: int) -> dict[str, float]:
    _empty(scene)
    port = free_port()
    log = scene.house.home.settings.var / "log" / "intake.log"
    command = [sys.executable, "-m", *(part.format(port=port) for part in argv)]
    server = processes.start(command, env=scene.env, cwd=ROOT, log=log)
    try:
        processes.wait_for(lambda: _answers(port), "the web server answers", LIMIT_S)
        # The first to answer may be alone: the others of its kind load the application while these go.
        _load(port, count // WARMING, first)
        before = _stored(scene)
        figures = _load(port, count, first + count // WARMING)
        assert _stored(scene) - before == count, "an event that was answered with 200 is not in the inbox"
        return figures
    finally:
        processes.end(server)


def _load(port: int, count: int, first: int) -> dict[str, float]:
    argv = [sys.executable, "-m", "tests.bench.intake.load", port, count, CONNECTIONS, first]
    said = subprocess.run(
        [str(part) for part in argv], cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_S
    )
    assert said.returncode == 0, said.stderr[-2_000:]
    return json.loads(said.stdout)


def _answers(port: int) -> bool:
    try:
        return Wire(port).ask("GET", "/healthz")[0] == 200
    except OSError:
        return False


def _empty(scene: Scene) -> None:
    with psycopg.connect(scene.admin, autocommit=True) as server:
        server.execute("DELETE FROM webhook_event")
        server.execute("VACUUM ANALYZE webhook_event")
        server.execute("CHECKPOINT")


def _stored(scene: Scene) -> int:
    with psycopg.connect(scene.admin) as server:
        return server.execute("SELECT count(*) FROM webhook_event").fetchone()[0]
