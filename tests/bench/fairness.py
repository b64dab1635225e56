"""One province announces something to everybody; how long does another's receipt take meanwhile?"""

import itertools
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException

import psycopg

from motcua.core.database import db, tenant_scope
from motcua.demo.wire import Wire
from tests.bench import crowd, processes
from tests.bench.rates import Failed, interleaved, summed_up
from tests.bench.scenes import House, Scene, let_go
from tests.factories import dossier_body, make_citizen
from tests.installation import ROOT, SLUG, granian
from tests.simulated import free_port

A_SECOND, ALONE, BESIDE = 20, 100, 200
FIRST_UID, FIRST_PHONE = 7_900_000_000_000_000_000, 84_910_000_000
START_S, LIMIT_S = 120.0, 240.0


def fairness(house: House) -> dict[str, dict]:
    """From the call that files a dossier to the receipt at the provider, ms: alone, and beside a broadcast.

    One worker process, one web process, 5 ms provider latency; receipts are counted only while the
    broadcast goes on. Alone and beside in turns; medians of the rounds, and the longest of all.
    """
    rounds = 1 if house.quick else 3
    broadcast = 20_000 if house.quick else 100_000
    quiet, busy = (house.scene(name, tenants=2, messages=1) for name in ("fairness_quiet", "fairness_busy"))
    for scene in (quiet, busy):
        _people(scene, rounds * BESIDE)
    with busy.app.app_context(), psycopg.connect(busy.admin, autocommit=True) as server:
        crowd.owe(server, busy.tenants[1:], broadcast, "broadcast")
        server.execute("VACUUM ANALYZE message")
        let_go()
    alone, beside = itertools.count(0, ALONE), itertools.count(0, BESIDE)
    return _summed_up(
        interleaved(
            rounds,
            {
                "alone": lambda: _receipts(quiet, next(alone), 60 if house.quick else ALONE),
                f"beside {broadcast:,} broadcast messages": lambda: _receipts(
                    busy, next(beside), BESIDE, broadcast
                ),
            },
        )
    )


def _summed_up(rounds: list[dict[str, dict | Failed]]) -> dict[str, dict]:
    def row(_, found: list[dict]) -> dict:
        return {
            "receipts": sum(one["receipts"] for one in found),
            "p50_ms": round(statistics.median(one["p50_ms"] for one in found), 1),
            "p99_ms": round(statistics.median(one["p99_ms"] for one in found), 1),
            "longest_ms": max(one["longest_ms"] for one in found),
            "sends_per_second_meanwhile": round(
                statistics.median(one["sends_per_second_meanwhile"] for one in found), 1
            ),
        }

    return summed_up(rounds, row)


def _people(scene: Scene, count: int) -> None:
    with scene.app.app_context():
        with tenant_scope(SLUG):
            for number in range(count):
                make_citizen(str(FIRST_UID + number), phone=str(FIRST_PHONE + number))
            db.session.commit()
        let_go()


def _receipts(scene: Scene, first: int, most: int, broadcast: int = 0) -> dict[str, float]:
    provider, port = scene.house.provider, free_port()
    log = scene.house.home.settings.var / "log" / "fairness.log"
    scene.renew()
    provider.reset(5.0)
    web = processes.start(granian(port), env=scene.env, cwd=ROOT, log=log)
    api = Wire(port, f"{SLUG}.localhost", scene.house.home.key)
    posted: dict[str, float] = {}
    try:
        processes.wait_for(lambda: _answers(port), "the web server answers", START_S)
        with scene.workers(1), ThreadPoolExecutor(8) as senders:
            processes.wait_for(scene.worker_lives, "the worker is up", START_S)
            if broadcast:
                processes.wait_for(lambda: provider.total() > 0, "the broadcast has begun", START_S)
            began, filing = time.monotonic(), []
            for number in range(first, first + most):
                time.sleep(max(began + (number - first) / A_SECOND - time.monotonic(), 0))
                if broadcast and provider.total() >= broadcast:
                    break
                filing.append(senders.submit(_file, api, number, posted))
            ended, sent = time.monotonic() - began, provider.total()
            for one in filing:
                one.result()
            processes.wait_for(
                lambda: posted.keys() <= provider.arrived().keys(), "every receipt", LIMIT_S, 0.5
            )
            arrived = provider.arrived()
    finally:
        processes.end(web)
    delays = sorted((arrived[uid][1] - at) * 1000 for uid, at in posted.items())
    return {
        "receipts": len(delays),
        "p50_ms": round(delays[len(delays) // 2], 1),
        "p99_ms": round(delays[int(len(delays) * 0.99)], 1),
        "longest_ms": round(delays[-1], 1),
        "sends_per_second_meanwhile": round(sent / ended, 1),
    }


def _file(api: Wire, number: int, posted: dict[str, float]) -> None:
    began = time.time()
    owner = {
        "name": "Nguyễn Thị Lan",
        "phone": f"0{FIRST_PHONE + number - 84_000_000_000}",
        "id_number": f"{number:012d}",
    }
    api.json("PUT", f"/api/v1/dossiers/000.00.01.H11-241126-{number:04d}", dossier_body(owner=owner))
    posted[str(FIRST_UID + number)] = began


def _answers(port: int) -> bool:
    try:
        return Wire(port).ask("GET", "/healthz")[0] == 200
    except (OSError, HTTPException):
        return False
