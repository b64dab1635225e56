"""One province announces something to everybody; how long does another's receipt take meanwhile?"""

import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException

import psycopg

from motcua.core.database import db, tenant_scope
from motcua.demo.wire import Wire
from tests.bench import crowd, processes
from tests.bench.scenes import House, Scene, let_go
from tests.factories import dossier_body, make_citizen
from tests.installation import ROOT, SLUG, granian
from tests.simulated import free_port

A_SECOND, MOST = 20, 400
FIRST_UID, FIRST_PHONE = 7_900_000_000_000_000_000, 84_910_000_000
START_S, LIMIT_S = 120.0, 240.0


def fairness(house: House) -> dict[str, dict]:
    """From the call that files a dossier to the receipt at the provider, ms: alone, and beside a broadcast.

    One worker process, one web process, 5 ms provider latency; receipts are counted only while the
    broadcast goes on.
    """
    broadcast = 20_000 if house.quick else 100_000
    scene = house.scene("fairness", tenants=2, messages=1)
    with scene.app.app_context(), tenant_scope(SLUG):
        for number in range(2 * MOST):
            make_citizen(str(FIRST_UID + number), phone=str(FIRST_PHONE + number))
        db.session.commit()
    alone = _receipts(scene, 0, 60 if house.quick else 200)
    with scene.app.app_context(), psycopg.connect(scene.admin, autocommit=True) as server:
        crowd.owe(server, scene.tenants[1:], broadcast, "broadcast")
        server.execute("VACUUM ANALYZE message")
        let_go()
    beside = _receipts(scene, MOST, MOST, broadcast)
    return {"alone": alone, f"beside {broadcast:,} broadcast messages": beside}


def _receipts(scene: Scene, first: int, most: int, broadcast: int = 0) -> dict[str, float]:
    provider, port, log = (
        scene.house.provider,
        free_port(),
        scene.house.home.settings.var / "log" / "fairness.log",
    )
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
