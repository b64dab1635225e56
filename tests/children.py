"""Processes that end with us however we end: by SIGKILL, too, which runs no `finally`.

Linux' own parent-death signal is not enough: it follows the thread that started the child, which is often a timer
here, reaches the child but not what that started (Granian's workers, a peer's pool), and is forgotten where a
namespace changes who one is. So a guard of ours, in a session of its own, waits until we are gone and ends every group.
"""

import atexit
import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path

LOOKS_EVERY_S = 0.5  # a forked copy of us may hold the pipe open that we no longer do

_guard: subprocess.Popen | None = None
_one_at_a_time = threading.Lock()


def start(argv: list, **options) -> subprocess.Popen:
    """Popen of a child that leads a session of its own, ended with everything it started when we end."""
    return adopt(subprocess.Popen([str(part) for part in argv], start_new_session=True, **options))


def adopt(child: subprocess.Popen) -> subprocess.Popen:
    """The same for a child that was started otherwise; with its group where it leads one."""
    with _one_at_a_time:
        guard = _guard_of_ours()
        guard.stdin.write(f"{child.pid} {_started_at(child.pid)}\n".encode())
        guard.stdin.flush()
    return child


def _guard_of_ours() -> subprocess.Popen:
    global _guard
    if _guard is None:
        # With our own words alone: no site, nothing of the product, 10 ms.
        argv = [sys.executable, "-I", "-S", __file__, str(os.getpid())]
        _guard = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, cwd="/", start_new_session=True
        )
        atexit.register(_leave, _guard, os.getpid())
    return _guard


def _leave(guard: subprocess.Popen, owner: int) -> None:
    if os.getpid() == owner:
        guard.stdin.close()
        guard.wait()


def _started_at(pid: int) -> str:
    """Tells a process from a later one of the same number; "" when it is gone, or where there is no /proc."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""


def _watch_over(parent: int) -> None:
    said = b""
    while os.getppid() == parent:
        if select.select([0], [], [], LOOKS_EVERY_S)[0]:
            words = os.read(0, 65_536)
            if not words:
                break
            said += words
    os.set_blocking(0, False)
    with contextlib.suppress(BlockingIOError):
        while words := os.read(0, 65_536):
            said += words
    for line in said.decode().splitlines():
        pid, _, started_at = line.partition(" ")
        _end(int(pid), started_at)


def _end(pid: int, started_at: str) -> None:
    if _started_at(pid) not in ("", started_at):
        return  # the number is somebody else's now
    with contextlib.suppress(ProcessLookupError, PermissionError):
        try:
            leads = os.getpgid(pid) == pid
        except ProcessLookupError:
            leads = True  # it is gone; what it started may not be
        (os.killpg if leads else os.kill)(pid, signal.SIGKILL)


if __name__ == "__main__":
    _watch_over(int(sys.argv[1]))
