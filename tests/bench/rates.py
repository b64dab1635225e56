"""How fast a heap of waiting messages goes out, and what it costs."""

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from subprocess import Popen, SubprocessError

from tests.bench import processes
from tests.bench.provider import Provider

FIRST_S, POLL_S = 120.0, 0.03


@dataclass(frozen=True)
class Rate:
    """`per_second` messages from the first seen at the provider to the last one written down.

    `cpu_s_per_1000` of the workers; `cores` busy on the whole machine meanwhile: near all of them, the machine
    is the limit.
    """

    per_second: float
    cpu_s_per_1000: float
    cores: float


def watch(
    provider: Provider, workers: list[Popen], count: int, is_done: Callable[[], bool] | None, limit_s: float
) -> Rate:
    """Wait until the provider has `count` messages and `is_done`; raises TimeoutError after `limit_s`.

    Times run from the first message, so that starting a process is not counted.
    """
    provider.wait_for(1, FIRST_S)
    before, began, cpu = provider.total(), time.perf_counter(), processes.cpu_s(workers)
    busy_s = processes.machine_cpu_s()
    provider.wait_for(count, limit_s)
    if is_done:
        processes.wait_for(is_done, "every outcome written", limit_s, POLL_S)
    took = time.perf_counter() - began
    sent = count - before
    return Rate(
        round(sent / took, 1),
        round((processes.cpu_s(workers) - cpu) / sent * 1000, 3),
        round((processes.machine_cpu_s() - busy_s) / took, 2),
    )


def medians(rounds: list[dict[str, Rate | str]]) -> dict[str, dict]:
    """Of each contestant over the rounds: median, slowest and quickest; only words for who never came to an end."""
    figures = {}
    for name in dict.fromkeys(name for one in rounds for name in one):
        found = [one[name] for one in rounds if isinstance(one[name], Rate)]
        if not found:
            figures[name] = {"failed": next(one[name] for one in rounds)}
            continue
        rates = [one.per_second for one in found]
        figures[name] = {
            "per_second": round(statistics.median(rates), 1),
            "from": min(rates),
            "to": max(rates),
            "cpu_s_per_1000": round(statistics.median(one.cpu_s_per_1000 for one in found), 3),
            "cores": round(statistics.median(one.cores for one in found), 2),
        }
    return figures


def interleaved(rounds: int, contestants: dict[str, Callable[[], Rate]]) -> dict[str, dict]:
    """A B C … A B C …, so that a slow minute of the machine meets everyone; then `medians`."""
    return medians([{name: _tried(name, run) for name, run in contestants.items()} for _ in range(rounds)])


def _tried(name: str, run: Callable[[], Rate]) -> Rate | str:
    """One that hangs or falls must not cost the others their figures."""
    try:
        found = run()
    except (TimeoutError, SubprocessError, AssertionError) as error:
        found = f"{type(error).__name__}: {error}"
    sys.stderr.write(f"\n  {name}: {found}")
    return found
