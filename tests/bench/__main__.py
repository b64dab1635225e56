"""`make bench`: what it takes, measured on this machine now; tables, and bench.json beside them.

Absolute figures are this machine's, ratios carry over. Medians of interleaved rounds wherever two things are
compared. `--only` keeps what bench.json says of the others; `--fill docs/scale.md` writes the tables into the
places that document has for them.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

from tests.bench import processes
from tests.bench.parts import failures, listed, tried
from tests.bench.plan import BENCHMARKS, Benchmark
from tests.bench.scenes import House, house
from tests.bench.table import fill, markdown

RESULTS = Path("bench.json")
# Who starts a process for each message would otherwise compile each time, where bytecode is not kept.
KEPT_BYTECODE = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(Path("var/pycache").resolve())}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", help="what to measure: " + ", ".join(BENCHMARKS))
    parser.add_argument("--only", default="", help="the same with commas or blanks")
    parser.add_argument("--quick", action="store_true", help="small forms of all, in a few minutes")
    parser.add_argument("--show", action="store_true", help="measure nothing, print what bench.json holds")
    parser.add_argument("--fill", type=Path, help="write the tables of bench.json into this document, too")
    given = parser.parse_args()
    processes.end_in_order()
    os.environ.update(KEPT_BYTECODE)
    chosen = given.names + listed(given.only)
    names = chosen or list(BENCHMARKS)
    if unknown := set(names) - set(BENCHMARKS):
        parser.error(f"no benchmark named {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() and (chosen or given.show) else {}
    failed = [] if given.show else _measure(names, given.quick, results)
    for name in BENCHMARKS:
        if name in results:
            sys.stdout.write("\n" + markdown(BENCHMARKS[name].title, results[name]["figures"]) + "\n")
    if given.fill:
        _fill(given.fill, results)
    sys.exit(f"Failed: {', '.join(failed)}" if failed else 0)


def _measure(names: list[str], quick: bool, results: dict) -> list[str]:
    """Fill `results` and bench.json as it goes; the names of those that failed, with their parts that did."""
    failed = []
    with ExitStack() as stack:
        shared = cache(lambda: stack.enter_context(house(quick)))
        for name in (one for one in BENCHMARKS if one in names):
            began, benchmark = time.monotonic(), BENCHMARKS[name]
            sys.stderr.write(f"{name} … ")
            sys.stderr.flush()
            figures = tried(name, partial(_figures, benchmark, shared, quick))
            failed += _faults(name, benchmark, figures)
            took = round(time.monotonic() - began, 1)
            sys.stderr.write(f"{took} s\n")
            results[name] = {"figures": figures, "took_s": took, "quick": quick, **_circumstances()}
            RESULTS.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n")
    return failed


def _figures(benchmark: Benchmark, shared: Callable[[], House], quick: bool) -> dict:
    if benchmark.own:
        return benchmark.run(None, quick)
    at_home = shared()
    try:
        return benchmark.run(at_home, quick)
    finally:
        at_home.clear()


def _faults(name: str, benchmark: Benchmark, figures: dict) -> list[str]:
    """The name and what is wrong with its figures, where something is."""
    if "failed" in figures:
        return [name]
    if parts := failures(figures):
        return [f"{name} ({', '.join(parts)})"]
    return [] if benchmark.holds(figures) else [f"{name} (its figures are not what they must be)"]


def _circumstances() -> dict:
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "load_average": round(os.getloadavg()[0], 1),
    }


def _fill(document: Path, results: dict) -> None:
    text = document.read_text()
    for name, result in results.items():
        about = f"{result['measured_at'][:10]}; {result['machine']}; load {result['load_average']}"
        about += "; the quick form" if result["quick"] else ""
        table = markdown(BENCHMARKS[name].title, result["figures"])
        text = fill(text, name, f"{table}\n\n({about})")
    document.write_text(text)


if __name__ == "__main__":
    main()
