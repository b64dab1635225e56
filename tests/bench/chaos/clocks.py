"""A worker whose clock is stepped while it runs: `python -m tests.bench.chaos.clocks FILE`.

Without root a process cannot have another system clock, so the one place where the product asks for the
time (`motcua.core.clock.now`) is replaced before anything else is imported; the seconds to add stand in
FILE. What PostgreSQL, Redis and the kernel call now stays true, as with a host whose own clock is wrong.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from motcua.core import clock

STEP = Path(sys.argv[1])


def _stepped() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=float(STEP.read_text() or 0))


def main() -> None:
    clock.now = _stepped
    from motcua import working

    sys.argv = sys.argv[:1]
    working.main()


if __name__ == "__main__":
    main()
