"""What goes wrong: processes killed by their id, stopped past their lease, clocks stepped, answers lost."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import redis

from motcua.messaging.dispatch import claims
from tests.bench import processes
from tests.installation import ROOT, Installation

CONSULTATION, TEMPLATES = "/openapi/v3.0/oa/message", "/business/message/template"
LOST_ANSWERS = 12
ENDS_WITHIN_S = 60.0  # longer than a worker is ever stopped
SWEEP = (
    "from motcua.boot import boot; from motcua.app import create_app; from motcua.sweeper import sweep_all\n"
)
SWEEP += "app = create_app(boot())\nwith app.app_context(): sweep_all()"


@dataclass
class Workers:
    """Worker processes by name; the last one's clock can be stepped."""

    home: Installation
    running: dict[str, subprocess.Popen] = field(default_factory=dict)
    starting: threading.Lock = field(default_factory=threading.Lock)
    are_ended: bool = False

    @property
    def step_file(self) -> Path:
        return self.home.settings.var / "clock-step"

    def start(self, name: str) -> None:
        argv = [sys.executable, "worker.py"]
        if name == "stepped":
            self.step(0)
            argv = [sys.executable, "-m", "tests.bench.chaos.clocks", str(self.step_file)]
        log = self.home.settings.var / "log" / f"{name}.log"
        with self.starting:
            if not self.are_ended:
                self.running[name] = processes.start(argv, env=self.home.env, cwd=ROOT, log=log)

    def step(self, seconds: float) -> None:
        draft = self.step_file.with_suffix(".new")
        draft.write_text(str(seconds))
        draft.rename(self.step_file)

    def end(self) -> None:
        """All of them; who comes to start one later starts none."""
        with self.starting:
            self.are_ended = True
        for one in self.running.values():
            processes.end(one)


class Disturbances:
    """The acts, drawn by a seeded generator. Each returns the words that the run's log shows."""

    def __init__(self, home: Installation, workers: Workers, dice: random.Random):
        self.home, self.workers, self.dice = home, workers, dice
        self.later: list[threading.Timer] = []
        self.sweeps: list[subprocess.Popen] = []
        self.counts: dict[str, int] = {}

    def plan(self, duration_s: float, count: int) -> list[tuple[float, str, Callable[[], str]]]:
        """When and what: every act at least once, the rest by chance, in order of time."""
        acts = {
            "kill a worker": self.kill_worker,
            "kill Redis": lambda: self.kill_server("redis"),
            "lose Redis": self.lose_redis,
            "kill PostgreSQL": lambda: self.kill_server("postgres"),
            "stop a worker past its lease": self.pause_worker,
            "two sweeps at once": self.sweep_twice,
            "step a clock": self.step_clock,
            "lose answers": self.lose_answers,
            "break connections": self.break_connections,
        }
        often = ["kill a worker"] * 4 + [name for name in acts if "stop" not in name and "step" not in name]
        names = list(acts) + [self.dice.choice(often) for _ in range(max(count - len(acts), 0))]
        self.dice.shuffle(names)
        times = sorted(self.dice.uniform(0.03, 0.97) * duration_s for _ in names)
        return [(at, name, acts[name]) for at, name in zip(times, names, strict=True)]

    def kill_worker(self) -> str:
        name = self.dice.choice(sorted(self.workers.running))
        process = self.workers.running[name]
        if process.poll() is not None:
            return f"{name} was down already"
        os.kill(process.pid, signal.SIGKILL)
        process.wait(ENDS_WITHIN_S)
        self._soon(self.dice.uniform(0.1, 1.5), lambda: self.workers.start(name))
        return f"{name} (pid {process.pid}) killed"

    def kill_server(self, name: str) -> str:
        """The very process; its keeper starts it again."""
        state = json.loads((self.home.settings.var / "run" / "keeper.json").read_text())
        pid = state["servers"][name]["pid"]
        if not pid:
            return f"{name} was down already"
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:  # its keeper has not written down yet that it ended
            return f"{name} was down already"
        return f"{name} (pid {pid}) killed"

    def lose_redis(self) -> str:
        """Everything it held is gone when it comes back."""
        try:
            redis.Redis.from_url(self.home.settings.redis_url, socket_timeout=2).flushall()
        except redis.RedisError:
            return "redis was down already"
        return self.kill_server("redis") + ", comes back empty"

    def pause_worker(self) -> str:
        name = self.dice.choice(sorted(self.workers.running))
        process, seconds = self.workers.running[name], claims.LEASE.total_seconds() + self.dice.uniform(3, 8)
        process.send_signal(signal.SIGSTOP)
        self._soon(seconds, lambda: process.send_signal(signal.SIGCONT))
        return f"{name} stopped for {seconds:.0f} s"

    def sweep_twice(self) -> str:
        for _ in range(2):
            argv = [sys.executable, "-c", SWEEP]
            log = self.home.settings.var / "log" / "sweeps.log"
            self.sweeps.append(processes.start(argv, env=self.home.env, cwd=ROOT, log=log))
        return "two more sweeps at once"

    def step_clock(self) -> str:
        seconds = self.dice.choice((-3600, -90, 90, 300, 3600))
        self.workers.step(seconds)
        self._soon(self.dice.uniform(5, 15), lambda: self.workers.step(0))
        return f"a worker's clock stepped by {seconds} s"

    def lose_answers(self) -> str:
        """Zalo takes the message, and the connection breaks before it answers."""
        for path in (CONSULTATION, TEMPLATES):
            self.home.simulator.fault(path, "lost_answer", count=LOST_ANSWERS)
        return f"{2 * LOST_ANSWERS} answers lost"

    def break_connections(self) -> str:
        kinds = ("drop_before", "http_500", "html")
        for path in (CONSULTATION, TEMPLATES):
            self.home.simulator.fault(path, self.dice.choice(kinds), count=LOST_ANSWERS // 2)
        return f"{LOST_ANSWERS} connections broken before Zalo took the message"

    def _soon(self, seconds: float, act: Callable) -> None:
        timer = threading.Timer(seconds, act)
        timer.daemon = True
        timer.start()
        self.later.append(timer)

    def settle(self) -> None:
        """Wait until what was killed or stopped is up again and the sweeps are over.

        A sweep that is not over in time is ended; raises TimeoutError where anything else still lasts.
        """
        deadline = time.monotonic() + ENDS_WITHIN_S
        for timer in self.later:
            timer.join(max(deadline - time.monotonic(), 0))
        if any(timer.is_alive() for timer in self.later):
            raise TimeoutError(f"what was killed or stopped is not up again after {ENDS_WITHIN_S:g} s")
        for sweep in self.sweeps:
            with contextlib.suppress(subprocess.TimeoutExpired):
                sweep.wait(max(deadline - time.monotonic(), 0))
        self._end_sweeps()

    def end(self) -> None:
        """Nothing comes any more, nothing goes on: before the workers and the servers are ended."""
        for timer in self.later:
            timer.cancel()
        self._end_sweeps()

    def _end_sweeps(self) -> None:
        while self.sweeps:
            processes.end(self.sweeps.pop())


def run(plan: list, began: float, say: Callable[[str], None]) -> None:
    for at, _name, act in plan:
        time.sleep(max(began + at - time.monotonic(), 0))
        say(f"{at:6.1f} s  {act()}")
