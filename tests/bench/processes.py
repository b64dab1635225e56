"""Processes of a measurement: started in a group of their own, their processor time, their end."""

import contextlib
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from motcua import warming
from tests import children

TICKS = os.sysconf("SC_CLK_TCK")
SLOT_S = 0.02


def end_in_order() -> None:
    """Let SIGTERM run what stands in `finally`: servers and workers must not outlive a run that is broken off."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def start(argv: list, *, env: dict[str, str], cwd: Path, log: Path) -> subprocess.Popen:
    """A child that leads its own group, its words in `log`; gone with it when we are."""
    with log.open("ab") as words:
        return children.start(argv, cwd=cwd, env=env, stdout=words, stderr=words)


def end(process: subprocess.Popen) -> None:
    """At once, with everything it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextlib.contextmanager
def frozen(processes: list[subprocess.Popen]) -> Iterator[None]:
    """They stand still meanwhile, and go on all at once."""
    for one in processes:
        os.killpg(one.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for one in processes:
            os.killpg(one.pid, signal.SIGCONT)


@contextlib.contextmanager
def in_turns(processes: list[subprocess.Popen], slots: int) -> Iterator[None]:
    """Each may run in one of `slots` parts of the time, no two in the same: `1 / slots` of a core is all it gets."""
    ended = threading.Event()

    def pass_on() -> None:
        for slot in itertools.cycle(range(slots)):
            if ended.wait(SLOT_S):
                return
            for number, one in enumerate(processes):
                os.killpg(one.pid, signal.SIGCONT if number == slot else signal.SIGSTOP)

    passing = threading.Thread(target=pass_on)
    passing.start()
    try:
        yield
    finally:
        ended.set()
        passing.join()
        for one in processes:
            os.killpg(one.pid, signal.SIGCONT)


def group_of(process: subprocess.Popen) -> list[int]:
    """Process ids of the group `process` leads."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(folder.name)) == process.pid:
                found.append(int(folder.name))
        except (ProcessLookupError, PermissionError):
            continue
    return found


def cpu_s(processes: Iterable[subprocess.Popen]) -> float:
    """Processor seconds of these groups so far, children that have ended included."""
    total = 0
    for process in processes:
        for pid in group_of(process):
            try:
                parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            total += sum(int(part) for part in parts[11:15])
    return total / TICKS


def machine_cpu_s() -> float:
    """Processor seconds of all cores so far, whoever used them."""
    user, nice, system, _idle, _iowait, *others = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    return sum(map(int, (user, nice, system, *others[:2]))) / TICKS


def wait_until_at_rest(processes: list[subprocess.Popen], within_s: float = 60.0) -> None:
    """What they make once, soon after their start, is made: for two seconds they used less than half a core."""
    deadline = time.monotonic() + within_s
    time.sleep(warming.AFTER_S)
    while time.monotonic() < deadline:
        before = cpu_s(processes)
        time.sleep(2.0)
        if cpu_s(processes) - before < 1.0:
            return
    raise TimeoutError(f"still busy after {within_s:g} s")


def wait_for(holds, what: str, timeout_s: float, every_s: float = 0.02) -> None:
    """Raises TimeoutError that says what did not come."""
    deadline = time.monotonic() + timeout_s
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"still not: {what}")
        time.sleep(every_s)
