"""The delivery engine beside what it can be measured against, on the same fake provider, in interleaved rounds."""

import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text

from motcua.core import queue, roles
from motcua.messaging import turns
from tests.bench import outbox_fill
from tests.bench.provider import Provider
from tests.installation import ROOT, Installation, wait_until

MESSAGES, ROUNDS = 20_000, 3
QUICK_MESSAGES = 5_000


@dataclass
class Measured:
    per_second: float
    cpu_s_per_1000: float


def delivery(home: Installation, quick: bool = False) -> dict:
    """Messages a second and processor seconds a thousand, medians of rounds; all ratios of the same run."""
    provider, count = Provider(), QUICK_MESSAGES if quick else MESSAGES
    try:
        figures = _rounds(
            {
                "raw sockets": lambda: client(provider, "raw", count),
                "this engine": lambda: engine(home, provider, 1, 1, count),
                "raw aiohttp": lambda: client(provider, "aiohttp", count),
                "this engine, two processes": lambda: engine(home, provider, 2, 1, count),
                "this engine, 1,000 tenants": lambda: engine(home, provider, 1, 1000, count),
            },
            1 if quick else ROUNDS,
        )
    finally:
        provider.stop()
    return figures


def _rounds(measures: dict, rounds: int) -> dict:
    found: dict[str, list[Measured]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            found[name].append(measure())
            sys.stderr.write(f"{name} {found[name][-1]}\n")
    return {
        name: {
            "per_second": round(statistics.median(one.per_second for one in some)),
            "cpu_s_per_1000": round(statistics.median(one.cpu_s_per_1000 for one in some), 3),
        }
        for name, some in found.items()
    }


def client(provider: Provider, kind: str, count: int) -> Measured:
    provider.reset()
    argv = [sys.executable, "-m", "tests.bench.clients", kind, provider.base_url, str(count)]
    took, cpu = map(float, subprocess.check_output(argv, cwd=ROOT, text=True).split())
    assert provider.total() == count
    return Measured(count / took, cpu / count * 1000)


def engine(
    home: Installation,
    provider: Provider,
    processes: int,
    tenants: int,
    messages: int,
    lane: str = "urgent",
) -> Measured:
    """Everything included: from the wake-up to the last outcome in the database."""
    home.stop()
    outbox_fill.clear(home)
    slugs = outbox_fill.provinces(home, tenants)
    outbox_fill.owe(home, slugs, messages // tenants, lane)
    provider.reset()
    workers = Workers(home, provider, processes)
    try:
        began, cpu = time.time(), workers.cpu_s()
        with home.app.app_context():
            turns.wake(lane, slugs)
        wait_until(lambda: provider.total() == messages, "all have arrived", 300)
        took = max(last for _, _, last in provider.arrived().values()) - began
        wait_until(lambda: not unfinished(home), "all are recorded", 60)
        return Measured(messages / took, (workers.cpu_s() - cpu) / messages * 1000)
    finally:
        workers.stop()


class Workers:
    """Worker processes over the fake provider, ready and idle."""

    def __init__(self, home: Installation, provider: Provider, count: int):
        env = home.env | {"ZALO_BASE_URL": provider.base_url}
        with home.app.app_context():
            queue.connection().flushdb()
        self.processes = []
        for _ in range(count):
            log = (home.settings.var / "log" / "bench-worker.log").open("ab")
            self.processes.append(
                subprocess.Popen([sys.executable, "worker.py"], cwd=ROOT, env=env, stdout=log, stderr=log)
            )
            log.close()
        try:
            wait_until(lambda: _listening(home) >= count, "the workers listen", 180)
        except AssertionError:
            self.stop()
            raise

    def cpu_s(self) -> float:
        """Of the workers alone."""
        total = 0.0
        for one in self.processes:
            parts = Path(f"/proc/{one.pid}/stat").read_text().rpartition(")")[2].split()
            total += (int(parts[11]) + int(parts[12])) / 100
        return total

    def stop(self) -> None:
        for one in self.processes:
            one.terminate()
        for one in self.processes:
            one.wait(30)


def _listening(home: Installation) -> int:
    with home.app.app_context():
        return sum(client["cmd"] == "blpop" for client in queue.connection().client_list())


def unfinished(home: Installation) -> bool:
    engine = create_engine(home.settings.database_urls["report"], connect_args=roles.connect_args("report"))
    with engine.connect() as connection:
        found = connection.scalar(
            text("SELECT EXISTS (SELECT FROM message WHERE state IN ('queued', 'sending'))")
        )
    engine.dispose()
    return found
