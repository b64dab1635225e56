"""Where measurements keep what they write: var/bench of this repository, emptied behind each."""

import os
import shutil
import tempfile
from pathlib import Path

from tests.installation import ROOT

BENCH = ROOT / "var" / "bench"
# Row, keys, indexes, the dead rows of a drain or two and the write-ahead log of writing them.
BYTES_A_MESSAGE = 5_000
ALWAYS_BYTES = 1_000_000_000


class TooLittleRoom(Exception):
    """The disk does not hold what is to be measured; the sentence says what would help."""


def folder(name: str) -> tempfile.TemporaryDirectory:
    """A fresh folder, gone when it is left; what a run that was killed left behind goes now."""
    BENCH.mkdir(parents=True, exist_ok=True)
    for left in BENCH.glob("*-*-*"):
        if not _runs(int(left.name.split("-")[1])):
            shutil.rmtree(left, ignore_errors=True)
    return tempfile.TemporaryDirectory(prefix=f"{name}-{os.getpid()}-", dir=BENCH)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def require_room(messages: int, where: Path) -> None:
    """Raises TooLittleRoom before so many messages are written there."""
    needed, free = ALWAYS_BYTES + messages * BYTES_A_MESSAGE, shutil.disk_usage(where).free
    if free < needed:
        raise TooLittleRoom(
            f"{messages:,} messages want {needed / 1e9:.1f} GB on the disk of {where}, and"
            f" {free / 1e9:.1f} GB are free. Free some, or measure small forms with QUICK=1."
        )
