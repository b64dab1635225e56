"""File locks (flock): the kernel frees them whatever way their holder ends, so nothing needs bookkeeping."""

import fcntl
import os
import time
from pathlib import Path

PATIENCE_S = 0.01


class LockBusy(Exception):
    """Someone held the lock for the whole time we were ready to wait."""


def open_lock(path: Path, owner: tuple[int, int] | None = None) -> int:
    """A close-on-exec descriptor of the lock file, made with mode 0600 if missing.

    `owner` (uid, gid) receives a new file when we are root. Raises OSError.
    """
    try:
        return os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if owner and os.geteuid() == 0:
            os.fchown(fd, *owner)
        return fd


def try_lock(fd: int, *, shared: bool = False) -> bool:
    """Take the lock if that is possible at once."""
    try:
        fcntl.flock(fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def unlock(fd: int) -> None:
    """Free the lock for every descriptor that shares this open file, forked children's too."""
    fcntl.flock(fd, fcntl.LOCK_UN)


def wait_for_lock(fd: int, *, timeout_s: float, shared: bool = False) -> None:
    """Take the lock within `timeout_s`; raises LockBusy."""
    deadline = time.monotonic() + timeout_s
    while not try_lock(fd, shared=shared):
        if time.monotonic() > deadline:
            raise LockBusy
        time.sleep(PATIENCE_S)
