"""How fast a heap of waiting messages goes out, and what it costs.

Two things are compared by the median of each round's own ratio, not by the ratio of their medians: the machine's
pace moves by a quarter and more within minutes, and what ran one after the other met the same of it. Who wants the
other has the medians beside it.
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from subprocess import Popen
from typing import TypeVar

import psycopg

from tests.bench import processes
from tests.bench.provider import Provider

T = TypeVar("T")
FIRST_S, POLL_S = 120.0, 0.03
# Connections, imports, caches: whoever begins makes them meanwhile. The clock starts when so much has been sent.
WARMING_PART = 0.1


@dataclass(frozen=True)
class Rate:
    """`per_second` messages from the end of the warming at the provider to the last one written down.

    `cpu_s_per_1000` of the workers; `cores` busy on the whole machine meanwhile: near all of them, the machine
    is the limit.
    """

    per_second: float
    cpu_s_per_1000: float
    cores: float


@dataclass(frozen=True)
class Failed:
    """Words for who did not come to an end."""

    why: str


def watch(
    provider: Provider,
    workers: list[Popen],
    count: int,
    admin: str | None,
    limit_s: float,
    warming: float = WARMING_PART,
) -> Rate:
    """Wait until the provider has `count` messages and, in the database of `admin`, as many outcomes are written.

    Times run from the moment that part `warming` of them, at least one, has been sent. Raises TimeoutError.
    """
    provider.wait_for(max(int(count * warming), 1), FIRST_S)
    before, clock = provider.total(), Clock(workers)
    provider.wait_for(count, limit_s)
    if admin:
        with psycopg.connect(admin, autocommit=True) as server:
            processes.wait_for(lambda: _written(server) >= count, "every outcome written", limit_s, POLL_S)
    return clock.rate(count - before)


class Clock:
    """Runs from its making; the processor time is that of `workers`, or of `own`, which is asked for it."""

    def __init__(self, workers: Iterable[Popen], own: Callable[[], float] | None = None):
        self._cpu_s = own or (lambda: processes.cpu_s(workers))
        self._began, self._cpu, self._busy_s = time.perf_counter(), self._cpu_s(), processes.machine_cpu_s()

    def rate(self, messages: int) -> Rate:
        took = time.perf_counter() - self._began
        return Rate(
            round(messages / took, 1),
            round((self._cpu_s() - self._cpu) / messages * 1000, 3),
            round((processes.machine_cpu_s() - self._busy_s) / took, 2),
        )


def interleaved(rounds: int, contestants: dict[str, Callable[[], T]]) -> list[dict[str, T | Failed]]:
    """A B C … A B C …, so that a slow minute of the machine meets everyone; what each found, round by round."""
    return [{name: _tried(name, run) for name, run in contestants.items()} for _ in range(rounds)]


def medians(rounds: list[dict[str, Rate | Failed]]) -> dict[str, dict]:
    """Of each contestant: median, slowest and quickest, in how many of the rounds; words for who never came to an
    end."""

    def row(_, found: list[Rate]) -> dict:
        rates = [one.per_second for one in found]
        return {
            "per_second": round(statistics.median(rates), 1),
            "from": min(rates),
            "to": max(rates),
            "cpu_s_per_1000": round(statistics.median(one.cpu_s_per_1000 for one in found), 3),
            "cores": round(statistics.median(one.cores for one in found), 2),
        }

    return summed_up(rounds, row)


def summed_up(rounds: list[dict[str, T | Failed]], row: Callable[[str, list[T]], dict]) -> dict[str, dict]:
    """`row(name, what it found in the rounds that came to an end)` of each contestant, and how many those were."""
    figures = {}
    for name in rounds[0]:
        found = [one[name] for one in rounds if not isinstance(one[name], Failed)]
        if found:
            figures[name] = row(name, found) | {"rounds": f"{len(found)} of {len(rounds)}"}
        else:
            figures[name] = {"failed": rounds[0][name].why}
    return figures


def paired(rounds: list[dict[str, Rate | Failed]], name: str, base: str) -> float | None:
    """How many times as fast as `base`: median over the rounds in which both came to an end; None without any."""
    both = [(one[name], one[base]) for one in rounds]
    ratios = [a.per_second / b.per_second for a, b in both if isinstance(a, Rate) and isinstance(b, Rate)]
    return round(statistics.median(ratios), 2) if ratios else None


def nobody_failed(figures: dict) -> bool:
    """No row, in whatever group, has only words."""
    return "failed" not in figures and all(
        nobody_failed(row) for row in figures.values() if isinstance(row, dict)
    )


def _tried(name: str, run: Callable[[], T]) -> T | Failed:
    try:
        found = run()
    except Exception as error:  # one that hangs or falls must not cost the others their figures
        found = Failed(f"{type(error).__name__}: {error}")
    sys.stderr.write(f"\n  {name}: {found}")
    sys.stderr.flush()
    return found


def _written(server: psycopg.Connection) -> int:
    """By the index over the ids that Zalo gave, however many wait."""
    return server.execute("SELECT count(*) FROM message WHERE zalo_message_id IS NOT NULL").fetchone()[0]
