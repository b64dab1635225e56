"""Thousands of sends while anything dies: what reached the phones, told by the simulator, not by us.

`python -m tests.bench.chaos.running --seed 7 --sends 20000`. Prints what it does and when, so that a seed
can be repeated (the plan is the same; what exactly is under way at each moment is the machine's affair).
"""

import argparse
import json
import random
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from motcua.boot import DATABASE
from motcua.citizens.models import Citizen
from motcua.core.database import db, tenant_scope
from motcua.embedded import services
from motcua.messaging.outbox import Owed, Zbs, owe_all
from motcua.zalo.messages import TextMessage
from tests.bench import processes, rooms
from tests.installation import Installation, installed

from . import counting, person
from .counting import ARRIVED
from .disturbing import CONSULTATION, TEMPLATES, Disturbances, Workers
from .disturbing import run as disturb
from .province import PURPOSE, Province, open_webhooks, settle

SEEDS = (7, 1975, 20_260_301)
WORKERS = ("worker-1", "worker-2", "stepped")
PROVINCES, PEOPLE = 3, 120
ZALO_TAKES_MS = 60
A_WAVE = 100
FED_WITHIN_S, SETTLED_WITHIN_S = 240.0, 540.0  # after the last act; the whole of a seed
OPEN = ("queued", "sending", "uncertain")
NUMBER = re.compile(r"MS-(\d{8})")
PHONES = 300
UNCHANGED_S = 80.0  # longer than the pause between two looks at Zalo's record


def chaos(seed: int, sends: int, duration_s: float, acts: int, say=lambda line: None) -> dict:
    """One run in an installation of its own; see `counting` for the figures."""
    with rooms.folder("chaos") as folder:
        home = installed(Path(folder) / "var")
        workers = Workers(home)
        disturbances = Disturbances(home, workers, random.Random(seed))
        try:
            return _run(home, workers, disturbances, sends, duration_s, acts, say) | {"seed": seed}
        finally:
            disturbances.end()
            workers.end()
            home.tidy()


def _run(
    home: Installation, workers: Workers, disturbances: Disturbances, sends: int, duration_s, acts, say
) -> dict:
    provinces = settle(home, address(home), PROVINCES, PEOPLE)
    open_webhooks(home)
    home.start("web")
    for path in (CONSULTATION, TEMPLATES):
        home.simulator.fault(path, "latency", latency_ms=ZALO_TAKES_MS)
    for name in WORKERS:
        workers.start(name)
    plan = disturbances.plan(duration_s, acts)
    began = time.monotonic()
    deadline = began + duration_s + SETTLED_WITHIN_S
    watcher = Watcher(address(home))
    feeder = threading.Thread(target=feed, args=(home, provinces, sends, began, duration_s), daemon=True)
    watcher.start()
    feeder.start()
    disturb(plan, began, say)
    disturbances.settle()
    feeder.join(FED_WITHIN_S)
    open_webhooks(home)
    took = watcher.wait_until_settled(sends, deadline - time.monotonic())
    say(f"everything owed after {duration_s:.0f} s, settled {took:.0f} s later")
    asked = person.decide(home, [one.slug for one in provinces], set(taken_numbers(home)))
    watcher.wait_until_settled(sends, deadline - time.monotonic())
    figures = verdict(home, sends, watcher, asked)
    return figures | {
        "acts": Counter(name for _, name, _ in plan),
        "seconds": round(time.monotonic() - began, 1),
    }


def feed(
    home: Installation,
    provinces: list[Province],
    sends: int,
    began: float,
    duration_s: float,
    first: int = 0,
) -> None:
    """Owe everything through the product's own outbox, spread over the time, again and again until it is kept.

    Raises TimeoutError where it is not, long after that.
    """
    numbers = list(range(first, first + sends))
    for start in range(0, sends, A_WAVE):
        time.sleep(max(began + duration_s * start / sends - time.monotonic(), 0))
        wave = numbers[start : start + A_WAVE]
        for at, province in enumerate(provinces):
            mine = [number for number in wave if number % len(provinces) == at]
            while not _keep(home, province, mine):
                if time.monotonic() > began + duration_s + FED_WITHIN_S:
                    raise TimeoutError(f"messages from {start} on are not kept")
                time.sleep(0.2)


def _keep(home: Installation, province: Province, numbers: list[int]) -> bool:
    try:
        with home.app.app_context(), tenant_scope(province.slug):
            whom = {one.id: one for one in db.session.scalars(db.select(Citizen))}
            owe_all([_owed(province, whom, number) for number in numbers])
            db.session.commit()
        return True
    except SQLAlchemyError:
        return False


def _owed(province: Province, whom: dict[int, Citizen], number: int) -> Owed:
    """By turns: free words, a template by user id, a template by phone. No two are alike."""
    data = {
        "ma_ho_so": f"MS-{number:08d}",
        "thu_tuc": "Đăng ký kết hôn",
        "trang_thai": "Đang xử lý",
        "ngay_hen": "28/11/2024",
        "co_quan": "UBND phường Một",
    }
    words = f"Hồ sơ MS-{number:08d} của ông/bà đang được xử lý tại UBND phường Một."
    key, event, at = f"chaos/{number}", "dossier_moved", number // PROVINCES
    match at % 10:
        case 7:
            citizen = whom[province.far[at % len(province.far)]]
            return Owed(citizen, event, key, TextMessage(words), Zbs(PURPOSE, data))
        case 8 | 9:
            return Owed(f"8498{at % PHONES:07d}", event, key, zbs=Zbs(PURPOSE, data))
        case _:
            citizen = whom[province.near[at % len(province.near)]]
            return Owed(citizen, event, key, TextMessage(words))


class Watcher(threading.Thread):
    """Looks at every message's state `every_s` seconds and remembers which were ever uncertain.

    `doubts`: how many became so, by what was said of it and the second of the run in which it was seen first.
    """

    def __init__(self, admin: str, every_s: float = 0.5):
        super().__init__(daemon=True)
        self.admin, self.every_s, self.began = admin, every_s, time.monotonic()
        self.ever_uncertain: set[tuple[str, int]] = set()
        self.doubts: Counter[tuple[str, int]] = Counter()
        self.states: dict[str, int] = {}
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.wait(self.every_s):
            self.look()

    def look(self) -> bool:
        try:
            with psycopg.connect(self.admin) as server:
                rows = server.execute(
                    "SELECT tenant_id, id, failure FROM message WHERE state = 'uncertain'"
                ).fetchall()
                self.states = dict(
                    server.execute("SELECT state, count(*) FROM message GROUP BY state").fetchall()
                )
        except psycopg.OperationalError:
            return False
        second = int(time.monotonic() - self.began)
        for tenant_id, message_id, failure in rows:
            if (tenant_id, message_id) not in self.ever_uncertain:
                self.ever_uncertain.add((tenant_id, message_id))
                self.doubts[failure, second] += 1
        return True

    def told_doubts(self) -> list[str]:
        """A line for each second and what was said, in order of time."""
        in_order = sorted(self.doubts.items(), key=lambda one: one[0][1])
        return [f"{second} s: {count} {failure}" for (failure, second), count in in_order]

    def wait_until_settled(self, sends: int, limit_s: float) -> float:
        """Until all are settled, or those left are uncertain and nothing has changed for long; the seconds."""
        began = changed_at = time.monotonic()
        before: dict = {}
        while time.monotonic() - began < limit_s:
            if self.look() and sum(self.states.values()) == sends:
                still = set(OPEN) & set(self.states)
                if not still or (still == {"uncertain"} and time.monotonic() - changed_at > UNCHANGED_S):
                    break
            if self.states != before:
                before, changed_at = self.states, time.monotonic()
            time.sleep(0.5)
        self.stopping.set()
        self.join()
        self.look()
        return time.monotonic() - began


def verdict(home: Installation, sends: int, watcher: Watcher, asked: dict[str, int] | None = None) -> dict:
    """The figures of `counting.count`, and what explains them; `asked`: what was left for a person."""
    with psycopg.connect(watcher.admin) as server:
        rows = server.execute("SELECT dedupe_key, state, failure FROM message").fetchall()
    told = {int(key.removeprefix("chaos/")): state for key, state, _ in rows}
    taken = Counter(taken_numbers(home))
    stats = home.simulator.ask("GET", "/stats")
    return {
        "sends": sends,
        **counting.count(sends, told, taken, stats["accepted"]),
        "ever_uncertain": len(watcher.ever_uncertain),
        **(asked or {}),
        "doubts": watcher.told_doubts(),
        "states": Counter(told.values()),
        "failures": Counter(failure for _, state, failure in rows if failure and state not in ARRIVED),
        "doubled_numbers": sorted(number for number, count in taken.items() if count > 1)[:20],
        "faults": stats["faults"],
        "webhooks": stats["webhooks"],
        "simulator": {"accepted": stats["accepted"], "duplicates": stats["duplicates"]},
    }


def taken_numbers(home: Installation) -> Iterator[int]:
    """The number of each message that Zalo took, as often as it took it: read off every phone."""
    ask = home.simulator.ask
    for citizen in ask("GET", "/citizens")["citizens"]:
        for chat in ask("GET", f"/citizens/{citizen['citizen_id']}/chats")["chats"]:
            if not chat["last_message"]:
                continue
            path = f"/citizens/{citizen['citizen_id']}/chats/{chat['oa_id']}"
            for message in ask("GET", path)["messages"]:
                found = NUMBER.search(json.dumps(message, ensure_ascii=False))
                if message["from"] == "oa" and found:
                    yield int(found.group(1))


def address(home: Installation) -> str:
    """libpq address of the superuser on the product's database."""
    socket = quote(str(services.ensure(home.settings.var).postgres_socket_dir), safe="")
    return f"postgresql://motcua_admin@/{DATABASE}?host={socket}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, action="append")
    parser.add_argument("--sends", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=75.0)
    parser.add_argument("--acts", type=int, default=18)
    given = parser.parse_args()
    processes.end_in_order()

    def say(line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    for seed in given.seed or SEEDS:
        say(f"seed {seed}")
        say(json.dumps(chaos(seed, given.sends, given.seconds, given.acts, say), ensure_ascii=False))


if __name__ == "__main__":
    main()
