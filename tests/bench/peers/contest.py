"""This engine beside other task queues and beside clients that only send: one provider, one database, one run."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import psycopg

from motcua.messaging.dispatch.senders import suited_to
from tests.bench import processes
from tests.bench.rates import Rate, interleaved, watch
from tests.bench.scaling import drain
from tests.bench.scenes import House, Scene
from tests.installation import ROOT

LIMIT_S = 120.0
OURS, SLOWEST = "this engine", "RQ Worker, as shipped"
BY_AIOHTTP, BY_SOCKETS = "aiohttp, sends only", "raw sockets, send only"
CELERY = ("celery", "-A", "tests.bench.peers.celery_app", "worker", "--without-gossip", "--without-mingle")
CELERY += ("--without-heartbeat", "-l", "ERROR")


@dataclass(frozen=True)
class Peer:
    """How one contestant works: which module fills its queue, which command empties it, how many it gets.

    `count` is small where one takes long; the rate does not depend on it. `marks` False: writes nothing down.
    """

    name: str
    fills: str | None
    argv: tuple[str, ...]
    count: int
    marks: bool = True


def peers(connections: int, many: int, share: float) -> list[Peer]:
    """`share` shrinks what the slow ones get."""
    rq = "tests.bench.peers.rq_app"
    rq_cli = ("rq.cli", "worker", "-S", "json", "-q", "bench")
    few = [
        Peer(SLOWEST, rq, rq_cli, 60),
        Peer("RQ Worker, app imported before the fork", rq, (rq, "fork"), 120),
        Peer("RQ SimpleWorker", rq, (*rq_cli, "-w", "rq.worker.SimpleWorker"), 400),
        Peer(
            "Celery, prefork, 4", "tests.bench.peers.celery_app", (*CELERY, "-P", "prefork", "-c", "4"), 600
        ),
        Peer(
            "Celery, 16 threads",
            "tests.bench.peers.celery_app",
            (*CELERY, "-P", "threads", "-c", "16"),
            1_000,
        ),
        Peer(
            "Celery, gevent, 100",
            "tests.bench.peers.celery_app",
            (*CELERY, "-P", "gevent", "-c", "100"),
            1_000,
        ),
        Peer(
            "Dramatiq, 16 threads",
            "tests.bench.peers.dramatiq_app",
            ("dramatiq", "tests.bench.peers.dramatiq_app", "--processes", "1", "--threads", "16"),
            1_500,
        ),
        Peer(
            "Taskiq, 100 async tasks",
            "tests.bench.peers.taskiq_app",
            (
                "taskiq",
                "worker",
                "tests.bench.peers.taskiq_app:broker",
                "--workers",
                "1",
                "--max-async-tasks",
                "100",
            ),
            3_000,
        ),
    ]
    few = [Peer(one.name, one.fills, one.argv, max(int(one.count * share), 30), one.marks) for one in few]
    return [*few, *senders(connections, many)]


def senders(connections: int, many: int) -> list[Peer]:
    """Clients that only send, from a list in memory, and write nothing down."""
    raw, size = "tests.bench.peers.raw", (str(many), str(connections))
    return [
        Peer(BY_AIOHTTP, None, (raw, "aiohttp", *size), many, marks=False),
        Peer(BY_SOCKETS, None, (raw, "sockets", *size), many, marks=False),
    ]


def engine(house: House) -> dict[str, dict]:
    """This engine, one process and two, beside clients that only send: what `contest` has, without the queues."""
    scene, many = _scene(house)
    runs = _all_of_ours(scene, many, 5.0)
    runs |= {one.name: _theirs(scene, one, 5.0) for one in senders(suited_to(0.005), many)}
    return _compared(1 if house.quick else 5, runs)


def contest(house: House) -> dict[str, dict]:
    """Messages a second of each at 5 and 50 ms, and how many times RQ as shipped and what part of the limit."""
    scene, many = _scene(house)
    figures = {}
    for latency_ms, rounds in ((5.0, 1),) if house.quick else ((5.0, 2), (50.0, 1)):
        runs = _all_of_ours(scene, many, latency_ms)
        for peer in peers(suited_to(latency_ms / 1000), many, 0.2 if house.quick else 1.0):
            runs[peer.name] = _theirs(scene, peer, latency_ms)
        figures[f"{latency_ms:g} ms"] = _compared(rounds, runs)
    return figures


def _scene(house: House) -> tuple[Scene, int]:
    many = 2_000 if house.quick else 20_000
    return house.scene("t1", tenants=1, messages=many), many


def _all_of_ours(scene: Scene, many: int, latency_ms: float) -> dict[str, Callable[[], Rate]]:
    return {
        OURS: drain(scene, many, latency_ms=latency_ms, up=True),
        f"{OURS}, 2 processes": drain(scene, many, workers=2, latency_ms=latency_ms, up=True),
    }


def _compared(rounds: int, runs: dict[str, Callable[[], Rate]]) -> dict[str, dict]:
    found = interleaved(rounds, runs)
    return {name: one | _ratios(one, found) for name, one in found.items()}


def _ratios(one: dict, found: dict[str, dict]) -> dict[str, float]:
    """Beside those that were measured in the same run."""
    bases = {"times_rq": SLOWEST, "of_aiohttp": BY_AIOHTTP, "of_sockets": BY_SOCKETS, "of_one_process": OURS}
    return {
        name: round(one["per_second"] / found[base]["per_second"], 2)
        for name, base in bases.items()
        if "per_second" in one and "per_second" in found.get(base, {})
    }


def _theirs(scene: Scene, peer: Peer, latency_ms: float) -> Callable[[], Rate]:
    def run() -> Rate:
        scene.renew()
        scene.house.provider.reset(latency_ms)
        env = scene.env | {
            "BENCH_PROVIDER": scene.house.provider.base_url,
            "BENCH_DATABASE": scene.env["DATABASE_URL"],
            "BENCH_ADMIN": scene.admin,
            "BENCH_REDIS": urlsplit(scene.house.redis_url).path,
            "RQ_REDIS_URL": scene.house.redis_url,
        }
        log = scene.house.home.settings.var / "log" / "peers.log"
        if peer.fills:
            argv = [sys.executable, "-m", peer.fills, str(peer.count)]
            subprocess.run(argv, cwd=ROOT, env=env, check=True, timeout=LIMIT_S)
        started = processes.start([sys.executable, "-m", *peer.argv], env=env, cwd=ROOT, log=log)
        try:
            done = (lambda: _marked(scene) >= peer.count) if peer.marks else None
            return watch(scene.house.provider, [started], peer.count, done, LIMIT_S)
        finally:
            processes.end(started)

    return run


def _marked(scene: Scene) -> int:
    with psycopg.connect(scene.admin) as server:
        return server.execute("SELECT count(*) FROM message WHERE state = 'sent'").fetchone()[0]
