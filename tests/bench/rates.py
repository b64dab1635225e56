"""How fast a heap of waiting messages goes out, and what it costs."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from subprocess import Popen

from tests.bench import processes
from tests.bench.provider import Provider

FIRST_S, POLL_S = 120.0, 0.01


@dataclass(frozen=True)
class Rate:
    """`per_second` messages from the first seen at the provider to the last one written down."""

    per_second: float
    cpu_s_per_1000: float


def watch(
    provider: Provider, workers: list[Popen], count: int, is_done: Callable[[], bool] | None, limit_s: float
) -> Rate:
    """Wait until the provider has `count` messages and `is_done`; raises TimeoutError after `limit_s`.

    Times run from the first look that finds a message, so that starting a process is not counted.
    """
    processes.wait_for(lambda: provider.total() > 0, "a first message", FIRST_S, POLL_S)
    before, began, cpu = provider.total(), time.perf_counter(), processes.cpu_s(workers)
    processes.wait_for(lambda: provider.total() >= count, f"{count} messages", limit_s, POLL_S)
    if is_done:
        processes.wait_for(is_done, "every outcome written", limit_s, POLL_S)
    took = time.perf_counter() - began
    sent = count - before
    return Rate(round(sent / took, 1), round((processes.cpu_s(workers) - cpu) / sent * 1000, 3))


def medians(rounds: list[dict[str, Rate]]) -> dict[str, dict]:
    """Of each contestant over the rounds: median, slowest and quickest."""
    figures = {}
    for name in rounds[0]:
        rates = [one[name].per_second for one in rounds if name in one]
        figures[name] = {
            "per_second": round(statistics.median(rates), 1),
            "from": min(rates),
            "to": max(rates),
            "cpu_s_per_1000": round(
                statistics.median(one[name].cpu_s_per_1000 for one in rounds if name in one), 3
            ),
        }
    return figures


def interleaved(rounds: int, contestants: dict[str, Callable[[], Rate]]) -> dict[str, dict]:
    """A B C … A B C …, so that a slow minute of the machine meets everyone; then `medians`."""
    return medians([{name: run() for name, run in contestants.items()} for _ in range(rounds)])
