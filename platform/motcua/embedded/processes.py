"""Starting children that die with us, and ending them without leaving theirs behind."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
INSIDE_UID = 1000

# Bound before any fork: a child between fork and exec must not load libraries.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def enter_user_namespace() -> None:
    """From root, become uid 1000 of a new user namespace: files stay root's, PostgreSQL sees no root.

    Call it in a freshly forked child only. Raises OSError where the kernel or a container forbids it.
    """
    if _libc is None:
        raise OSError("user namespaces exist on Linux only")
    uid, gid = os.geteuid(), os.getegid()
    if _libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    for name, text in (
        ("uid_map", f"{INSIDE_UID} {uid} 1"),
        ("setgroups", "deny"),
        ("gid_map", f"{INSIDE_UID} {gid} 1"),
    ):
        fd = os.open(f"/proc/self/{name}", os.O_WRONLY)
        os.write(fd, text.encode())
        os.close(fd)


def spawn(
    argv: Sequence[str | Path],
    *,
    output: int,
    env: Mapping[str, str],
    death_signal: signal.Signals,
    pass_fds: Sequence[int] = (),
    cwd: str | Path | None = None,
    identity: Mapping[str, object] | None = None,
    become: Callable[[], None] | None = None,
) -> subprocess.Popen:
    """Start `argv` in a session of its own, stdout and stderr to the descriptor `output`.

    When the calling *thread* ends, however it ends, Linux sends the child `death_signal`: call this from the
    thread that lives longest. `identity` is Popen's user, group and extra_groups; `become` runs last before
    exec. Raises OSError, or subprocess.SubprocessError when `become` failed.
    """
    parent = os.getpid()

    def before_exec() -> None:
        if become:
            become()
        # After every change of identity: the kernel forgets the wish when credentials change.
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return subprocess.Popen(  # noqa: S603 - a list, no shell; the callers name the program themselves
        [str(part) for part in argv],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        env=dict(env),
        cwd=cwd,
        pass_fds=pass_fds,
        start_new_session=True,
        preexec_fn=before_exec,
        **(identity or {}),
    )


def has_ended(process: subprocess.Popen) -> bool:
    """Whether the child is dead, without reaping it, so that its group's number cannot be reused yet."""
    if process.returncode is not None:
        return True
    if not hasattr(os, "waitid"):  # macOS before Python 3.13
        return process.poll() is not None
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def signal_group(process: subprocess.Popen, number: signal.Signals) -> None:
    """Signal everything in the child's session; nothing left is fine."""
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):  # macOS says "not permitted" of a group of zombies
        return


def end(process: subprocess.Popen, steps: Sequence[tuple[signal.Signals, float]]) -> int:
    """Send each signal to the child and wait its seconds; at last SIGKILL it and all it left behind.

    Returns the exit status as Popen gives it.
    """
    for number, patience_s in steps:
        if has_ended(process):
            break
        process.send_signal(number)
        wait_until(lambda: has_ended(process), patience_s)
    return reap(process)


def reap(process: subprocess.Popen) -> int:
    """Collect a child, killing it if it lives and whatever it left in its group."""
    if process.returncode is None:
        signal_group(process, signal.SIGKILL)
        process.wait()
    return process.returncode


def wait_until(claim: Callable[[], bool], timeout_s: float, pause_s: float = 0.01) -> bool:
    """Whether `claim` came true within `timeout_s`."""
    deadline = time.monotonic() + timeout_s
    while not claim():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause_s)
    return True


def command_name(pid: int) -> str | None:
    """The program's short name; "" when it cannot be told here, None when none runs (a zombie does not)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        return ""
    try:
        name, _, rest = (
            Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").partition("(")[2].rpartition(")")
        )
    except OSError:
        return ""
    return None if rest.split()[0] in "ZX" else name
