"""The base of the search in a file: one process makes it in seconds, all others read it in a tenth of one.

The file is named after all that the base was made of, so that none has to be told of a change, and sealed with the
installation's key, because reading a pickle runs what somebody wrote into it.
"""

import fcntl
import hashlib
import os
import pickle
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

import structlog

from motcua.core import collecting, crypto
from motcua.core import text as core_text
from motcua.core.errors import Misconfigured

from .base import Base
from .records import Record

KEPT = 2  # the present one, and that of the release before, whose processes may still start
PURPOSE = "search_base"

log = structlog.get_logger(__name__)


def kept_or_made(folder: Path, records: Sequence[Record], words: Path, make: Callable[[], Base]) -> Base:
    """`make()`, or what it came to the last time that `records` and the files in `words` were these.

    Where `folder` cannot be written the base is made and not kept.
    """
    file = folder / f"search-{_digest(records, words)}.sealed"
    with ExitStack() as held:
        try:
            held.enter_context(_one_at_a_time(folder))
        except OSError as error:
            log.warning("search_base_not_kept", error=type(error).__name__)
            return make()
        base = _read(file)
        if base is None:
            base = make()
            _write(file, base)
        return base


def _read(file: Path) -> Base | None:
    try:
        opened = crypto.keyring().decrypt_bytes(crypto.VENDOR, PURPOSE, file.read_bytes())
        with collecting.paused():
            return pickle.loads(opened)  # noqa: S301 - it opened, so we sealed it
    except FileNotFoundError:
        return None
    except (
        OSError,
        Misconfigured,
        ValueError,
        LookupError,
        EOFError,
        AttributeError,
        ImportError,
        pickle.PickleError,
    ) as error:
        log.warning("search_base_unreadable", error=type(error).__name__)
        return None


def _write(file: Path, base: Base) -> None:
    plain = pickle.dumps(base, pickle.HIGHEST_PROTOCOL)
    half = file.with_suffix(".half")
    try:
        half.write_bytes(crypto.keyring().encrypt_bytes(crypto.VENDOR, PURPOSE, plain))
        half.replace(file)
        by_age = sorted(
            file.parent.glob("search-*.sealed"), key=lambda one: one.stat().st_mtime, reverse=True
        )
        for old in by_age[KEPT:]:
            old.unlink(missing_ok=True)
    except OSError as error:
        log.warning("search_base_not_kept", error=type(error).__name__)


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Processes that start together wait for the first one's work; the lock ends with its process."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / "search.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _digest(records: Sequence[Record], words: Path) -> str:
    seen = hashlib.sha256(_release())
    seen.update(repr(records).encode())
    for file in sorted(words.glob("*.csv")):
        seen.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return seen.hexdigest()[:32]


@cache
def _release() -> bytes:
    """What differs between releases: the code that makes a base, and the Python that reads it."""
    seen = hashlib.sha256(sys.version.encode())
    for folder in (Path(__file__).parent, *map(Path, core_text.__path__)):
        for file in sorted(folder.glob("*.py")):
            seen.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return seen.digest()
