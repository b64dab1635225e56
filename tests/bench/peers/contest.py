"""This engine beside other task queues and beside clients that only send: one provider, one database, one run."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from motcua.messaging.dispatch.senders import suited_to
from tests.bench import processes
from tests.bench.peers.owing import owe_news
from tests.bench.rates import Rate, interleaved, medians, paired, watch
from tests.bench.scaling import drain
from tests.bench.scenes import House, Scene
from tests.installation import ROOT

LIMIT_S = 120.0
OURS, SLOWEST = "this engine", "RQ Worker, as shipped"
BY_AIOHTTP, BY_SOCKETS = "aiohttp, sends only", "raw sockets, send only"
OWING = {"owing and rendering it before, one a call": 1, "the same, 100 a call": 100}
CELERY = ("celery", "-A", "tests.bench.peers.celery_app", "worker", "--without-gossip", "--without-mingle")
CELERY += ("--without-heartbeat", "-l", "ERROR")


@dataclass(frozen=True)
class Peer:
    """How one contestant works: which module fills its queue, which command empties it, how many it gets.

    `count` is small where one takes long: some five seconds of each, and a tenth of it, the warming, more than it
    does at once. `marks` False: writes nothing down.
    """

    name: str
    fills: str | None
    argv: tuple[str, ...]
    count: int
    marks: bool = True


def peers(share: float) -> list[Peer]:
    """`share` shrinks what they get."""
    rq, celery, dramatiq, taskiq = (
        f"tests.bench.peers.{name}_app" for name in ("rq", "celery", "dramatiq", "taskiq")
    )
    rq_cli = ("rq.cli", "worker", "-S", "json", "-q", "bench")
    of_dramatiq = ("dramatiq", dramatiq, "--processes", "1", "--threads", "16")
    of_taskiq = ("taskiq", "worker", f"{taskiq}:broker", "--workers", "1", "--max-async-tasks", "100")
    all_of_them = [
        Peer(SLOWEST, rq, rq_cli, 40),
        Peer("RQ Worker, app imported before the fork", rq, (rq, "fork"), 100),
        Peer("RQ SimpleWorker", rq, (*rq_cli, "-w", "rq.worker.SimpleWorker"), 200),
        Peer("Celery, prefork, 4", celery, (*CELERY, "-P", "prefork", "-c", "4"), 500),
        Peer("Celery, 16 threads", celery, (*CELERY, "-P", "threads", "-c", "16"), 1_000),
        Peer("Celery, gevent, 100", celery, (*CELERY, "-P", "gevent", "-c", "100"), 1_200),
        Peer("Dramatiq, 16 threads", dramatiq, of_dramatiq, 1_500),
        Peer("Taskiq, 100 async tasks", taskiq, of_taskiq, 3_000),
    ]
    return [replace(one, count=max(int(one.count * share), 30)) for one in all_of_them]


def senders(connections: int, many: int) -> list[Peer]:
    """Clients that only send, from a list in memory, and write nothing down."""
    raw, size = "tests.bench.peers.raw", (str(many), str(connections))
    return [
        Peer(BY_AIOHTTP, None, (raw, "aiohttp", *size), many, marks=False),
        Peer(BY_SOCKETS, None, (raw, "sockets", *size), many, marks=False),
    ]


def engine(house: House) -> dict[str, dict]:
    """This engine, one process and two, beside clients that only send: what `contest` has, without the queues.

    Its messages wait with finished words. What it costs to find those and to owe them, in the call that brings the
    news, are rows of their own.
    """
    return _compared(interleaved(1 if house.quick else 7, _without_queues(house, 5.0)))


def contest(house: House) -> dict[str, dict]:
    """Messages a second of each at 5 and 50 ms, and how many times RQ as shipped and what part of the limit.

    What is divided: see `rates`. The limit runs next to ours, whose ratio to it is the one that counts.
    """
    figures = {}
    for latency_ms in (5.0,) if house.quick else (5.0, 50.0):
        runs = _without_queues(house, latency_ms)
        scene, _ = _scene(house)
        runs |= {one.name: _theirs(scene, one, latency_ms) for one in peers(0.2 if house.quick else 1.0)}
        figures[f"{latency_ms:g} ms"] = _compared(interleaved(1 if house.quick else 3, runs))
    return figures


def _scene(house: House) -> tuple[Scene, int]:
    many = 2_000 if house.quick else 20_000
    return house.scene("t1", tenants=1, messages=many), many


def _without_queues(house: House, latency_ms: float) -> dict[str, Callable[[], Rate]]:
    scene, many = _scene(house)
    runs = {
        OURS: drain(scene, many, latency_ms=latency_ms),
        f"{OURS}, 2 processes": drain(scene, many, workers=2, latency_ms=latency_ms),
    }
    limits = senders(suited_to(latency_ms / 1000), many)
    runs |= {one.name: _theirs(scene, one, latency_ms) for one in limits}
    owing = house.scene("owing", tenants=1, messages=1)
    return runs | {name: owe_news(owing, many // 40, at_once) for name, at_once in OWING.items()}


def _compared(rounds: list[dict]) -> dict[str, dict]:
    """Each beside those that were measured in the same round."""
    bases = {"times_rq": SLOWEST, "of_aiohttp": BY_AIOHTTP, "of_sockets": BY_SOCKETS, "of_one_process": OURS}
    return {
        name: figure
        | {
            column: ratio
            for column, base in bases.items()
            if name not in OWING and base in rounds[0] and (ratio := paired(rounds, name, base)) is not None
        }
        for name, figure in medians(rounds).items()
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
            admin = scene.admin if peer.marks else None
            return watch(scene.house.provider, [started], peer.count, admin, LIMIT_S)
        finally:
            processes.end(started)

    return run
