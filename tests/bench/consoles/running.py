"""How soon each console page is there while twenty provinces' admins and five hundred officers work at once.

The product as the README deploys it, in production's settings: granian with two workers, one worker process beside
it, its own PostgreSQL and Valkey, a provider that takes its messages. Sign-ins are made by the product's own
functions beforehand: Argon2 is not what is measured.
"""

import json
import statistics
import subprocess
import sys
from pathlib import Path

from motcua.demo.wire import Wire
from tests.bench import processes, rooms
from tests.bench.consoles.provinces import PROCEDURE, Inhabited, Size, settle
from tests.bench.provider import Provider
from tests.bench.scenes import let_go
from tests.installation import ROOT, Installation, installed
from tests.signing_in import cookie_of, host_of

FULL = Size(provinces=20, officers=500, dossiers=2_000, messages=10_000)
QUICK = Size(provinces=4, officers=50, dossiers=2_000, messages=10_000)
# Fewer people who think less ask for as many pages a second.
THINK_S, QUICK_THINK_S = (10.0, 40.0), (1.0, 4.0)
SECONDS, QUICK_SECONDS = 120, 30
AGENCY = "ubnd-phuong"  # an admin belongs to none, and works for this one
GRANIAN = (
    "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", "{port}", "--workers", "2",
    "--blocking-threads", "16", "--log-level", "error", "wsgi:app",
)  # fmt: skip
MOST_P95_MS = 1_000
START_S = 90.0
ALL, SELDOM = "all pages", "pages seldom opened, together"
ENOUGH = 20  # requests, for a 95th percentile to mean anything


def consoles(quick: bool) -> dict[str, dict]:
    """Milliseconds by page, the slowest first; requests a second and processor share over all of them."""
    size = QUICK if quick else FULL
    with rooms.folder("consoles") as folder:
        home, provider = installed(Path(folder) / "var"), Provider()
        try:
            with home.app.app_context():
                provinces = settle(home, size)
                sessions = [one for province in provinces for one in _sessions(province)]
                let_go()
            return _measure(home, provider, sessions, quick)
        finally:
            provider.stop()
            home.tidy()


def nobody_waits(figures: dict) -> bool:
    """Nothing fails, and no page takes over a second at its 95th percentile; seldom opened ones count together."""
    judged = [row for row in figures.values() if row["requests"] >= ENOUGH]
    return all(row["failed"] == 0 for row in figures.values()) and all(
        row["p95_ms"] <= MOST_P95_MS for row in judged
    )


def _sessions(province: Inhabited) -> list[dict]:
    return [
        {
            "host": host_of(person),
            "cookie": cookie_of(person),
            "role": person.role,
            "agency": person.agency_code or AGENCY,
            "seed": f"{province.slug} {at}",
            "procedure": PROCEDURE,
            "names": province.names[:40],
            "codes": province.codes[person.agency_code or AGENCY][:20],
        }
        for at, person in enumerate(province.staff)
    ]


def _measure(home: Installation, provider: Provider, sessions: list[dict], quick: bool) -> dict[str, dict]:
    log = home.settings.var / "log" / "consoles.log"
    env = home.env | _production(home) | {"ZALO_BASE_URL": provider.base_url}
    argv = [sys.executable, "-m", *(part.format(port=home.port) for part in GRANIAN)]
    started = [
        processes.start(one, env=env, cwd=ROOT, log=log) for one in (argv, [sys.executable, "worker.py"])
    ]
    try:
        processes.wait_for(lambda: _answers(home.port), "the web server answers", START_S)
        _warm_up(home.port, sessions)
        before = processes.cpu_s(started[:1])
        given = {"port": home.port, "sessions": sessions}
        given["seconds"] = QUICK_SECONDS if quick else SECONDS
        given["think_s"] = QUICK_THINK_S if quick else THINK_S
        pages = _load(given)
        web_s = processes.cpu_s(started[:1]) - before
    finally:
        for one in started:
            processes.end(one)
    return _figures(pages, given["seconds"], web_s)


def _production(home: Installation) -> dict[str, str]:
    kept = json.loads((home.settings.var / "secrets.json").read_text())
    return {
        "MOTCUA_ENV": "production",
        "MOTCUA_SECRET_KEY": kept["secret_key"],
        "MOTCUA_ENCRYPTION_KEYS": kept["encryption_keys"],
    }


def _answers(port: int) -> bool:
    try:
        return Wire(port).ask("GET", "/readyz")[0] == 200
    except OSError:
        return False


def _warm_up(port: int, sessions: list[dict]) -> None:
    """A few seconds of a few people: both processes have loaded their templates and catalogues."""
    _load(
        {
            "port": port,
            "sessions": sessions[:: max(1, len(sessions) // 30)],
            "seconds": 10,
            "think_s": [0.2, 1],
        }
    )


def _load(given: dict) -> dict[str, dict[str, list]]:
    said = subprocess.run(
        [sys.executable, "-m", "tests.bench.consoles.load"],
        cwd=ROOT,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=given["seconds"] + 180,
    )
    assert said.returncode == 0, said.stderr[-2_000:]
    return json.loads(said.stdout)


def _figures(pages: dict[str, dict[str, list]], seconds: int, web_s: float) -> dict[str, dict]:
    every = [one for page in pages.values() for one in page["ms"]]
    refused = [one for page in pages.values() for one in page["failed"]]
    rows = {name: _row(page["ms"], page["failed"]) for name, page in pages.items()}
    rows = dict(sorted(rows.items(), key=lambda row: -row[1]["p95_ms"]))
    total = _row(every, refused)
    total |= {"per_second": round(len(every) / seconds, 1), "web_cores": round(web_s / seconds, 2)}
    seldom = [one for one in pages.values() if len(one["ms"]) < ENOUGH]
    together = _row(
        [ms for one in seldom for ms in one["ms"]], [why for one in seldom for why in one["failed"]]
    )
    return {ALL: total, SELDOM: together} | rows


def _row(took: list[float], failed: list[str]) -> dict:
    ordered = sorted(took) or [0.0]
    return {
        "requests": len(took),
        "p50_ms": round(statistics.median(ordered), 1),
        "p95_ms": ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))],
        "longest_ms": ordered[-1],
        "failed": len(failed),
        "why": sorted(set(failed))[:5],
    }
