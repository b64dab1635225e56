"""The servers a command needs, for as long as it lives: `ensure` them and go on.

Holding is a shared file lock, so a consumer that is killed needs no tidying up.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import motcua
from motcua.embedded import postgres, probes, valkey
from motcua.embedded.folders import VarFolder
from motcua.embedded.locks import LockBusy, open_lock, try_lock, unlock, wait_for_lock
from motcua.embedded.logs import BoundedLog
from motcua.embedded.problems import (
    DiskFull,
    EmbeddedProblem,
    ServerWouldNotStart,
    free_mb,
    problem_from_os_error,
    require_free_space,
)
from motcua.embedded.processes import wait_until
from motcua.embedded.state import SERVERS, KeeperState, wish_file

READY_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 60.0
SPAWN_TIMEOUT_S = 30.0
MIN_FREE_MB = 300
# Below this not even the keeper's state can be relied on to reach the disk.
FULL_MB = 2
LOOKS_BEFORE_FULL = 4
POLL_S = 0.005
LOOK_FOR_KEEPER_EVERY_S = 0.25
PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
PASSED_ON_PREFIXES = ("PYTHON", "MOTCUA_KEEPER_", "MOTCUA_EMBEDDED_")

_held: dict[VarFolder, int] = {}
_one_at_a_time = threading.RLock()


@dataclass(frozen=True)
class Endpoints:
    """Where the servers are; a server that was not asked for has None."""

    postgres_dsn_admin: str | None
    """libpq URI of the superuser: postgresql://motcua_admin@/postgres?host=<folder>"""
    postgres_socket_dir: Path | None
    redis_url: str | None
    """unix://<path>.sock?db=0"""


def ensure(
    var: Path,
    *,
    need: Iterable[str] = SERVERS,
    timeout_s: float = READY_TIMEOUT_S,
    min_free_mb: int = MIN_FREE_MB,
) -> Endpoints:
    """Start or join the servers of `var` ("postgres", "redis") and keep them until this process ends.

    Idempotent; a forked child goes on holding, an exec'd one does not. Raises DiskFull, BinariesMissing,
    VarNotWritable, DataOfAnotherVersion, ServerWouldNotStart (also after `timeout_s`).
    """
    need = tuple(need)
    folder = VarFolder.at(var)
    deadline = time.monotonic() + timeout_s
    with _one_at_a_time:
        held_before = folder in _held
        try:
            _hold(folder, deadline)
            return _join(folder, need, deadline) or _start(folder, need, deadline, min_free_mb)
        except BaseException as error:
            if not held_before:
                release(var)
            if isinstance(error, OSError):
                raise problem_from_os_error(error, folder.root) from error
            raise


def running(var: Path, *, need: Iterable[str] = SERVERS) -> Endpoints | None:
    """The servers of `var` where somebody has them running, else None. Starts and holds nothing."""
    return _ready_endpoints(VarFolder.at(var), tuple(need))


def release(var: Path | None = None) -> None:
    """Stop holding the servers of `var`, or of every folder. Forked children that hold go on holding."""
    with _one_at_a_time:
        for folder in [VarFolder.at(var)] if var else list(_held):
            fd = _held.pop(folder, None)
            if fd is not None:
                os.close(fd)


def lock_fd(var: Path) -> int | None:
    """The descriptor that holds the servers; a child that gets it in `pass_fds` holds them as well."""
    return _held.get(VarFolder.at(var))


def stop(var: Path, *, timeout_s: float = STOP_TIMEOUT_S) -> bool:
    """Stop the servers now, our own hold included. False when someone else uses them, or time is up."""
    folder = VarFolder.at(var)
    release(var)
    if not folder.run.is_dir():
        return True
    with _open(folder, "users.lock") as users, _open(folder, "starting.lock") as starting:
        try:
            wait_for_lock(starting, timeout_s=timeout_s)
            # Nobody can come while we hold the users' lock; they wait and then find no keeper.
            if not _only_we_use(users, timeout_s):
                return False
        except LockBusy:
            return False
        if _keeper_stands(folder):
            pid = KeeperState.read(folder).pid
            if pid:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM)
        return wait_until(lambda: not _keeper_stands(folder), timeout_s, POLL_S)


def _only_we_use(users: int, timeout_s: float) -> bool:
    """Take the users' lock for us alone; False when another consumer shares it. Raises LockBusy."""
    for _ in range(3):
        if try_lock(users):
            return True
        # Not ours, yet shareable: consumers hold it. Not even shareable: the keeper has it, to look for
        # users (an instant) or because it is about to end.
        wait_for_lock(users, timeout_s=timeout_s, shared=True)
        unlock(users)
        time.sleep(POLL_S)
    return False


def _hold(folder: VarFolder, deadline: float) -> None:
    path = folder.run / "users.lock"
    if folder in _held:
        if path.exists() and os.path.samestat(path.stat(), os.fstat(_held[folder])):
            return
        # Somebody removed the folder under us; what we hold is seen by no keeper of the new one.
        release(folder.root)
    folder.prepare()
    fd = open_lock(path, folder.owner)
    try:
        # Taken exclusively while a keeper ends: then wait for the end and start another.
        wait_for_lock(fd, timeout_s=_left(deadline), shared=True)
    except LockBusy:
        os.close(fd)
        raise _too_slow(folder, ()) from None
    _held[folder] = fd


def _join(folder: VarFolder, need: tuple[str, ...], deadline: float) -> Endpoints | None:
    """The servers of a keeper that stands and has them all ready, else None."""
    with _starting(folder, _left(deadline)):
        return _ready_endpoints(folder, need) if _keeper_stands(folder) else None


def _start(folder: VarFolder, need: tuple[str, ...], deadline: float, min_free_mb: int) -> Endpoints:
    """Tell the keeper what we need, start one if there is none, wait until all is ready."""
    look_at, looks = 0.0, 0
    _wish(folder, need)
    while time.monotonic() < deadline:
        if not any(wish_file(folder, name).exists() for name in need):
            state = KeeperState.read(folder)
            for server in (state.own, *(state.servers[name] for name in need)):
                server.raise_problem()
            endpoints = _ready_endpoints(folder, need)
            if endpoints:
                return endpoints
        if time.monotonic() >= look_at:
            with _starting(folder, _left(deadline)):
                if not _keeper_stands(folder):
                    require_free_space(folder.root, min_free_mb)
                    _wish(folder, need)
                    _spawn_keeper(folder, need, min_free_mb)
            if looks > LOOKS_BEFORE_FULL and free_mb(folder.root) < FULL_MB:
                break
            looks += 1
            look_at = time.monotonic() + LOOK_FOR_KEEPER_EVERY_S
        time.sleep(POLL_S)
    raise _too_slow(folder, need)


def _ready_endpoints(folder: VarFolder, need: tuple[str, ...]) -> Endpoints | None:
    state = KeeperState.read(folder)
    sockets = Path(state.sockets)
    answers = {
        "postgres": lambda: probes.postgres_answers(sockets / postgres.SOCKET_NAME, postgres.ADMIN),
        "redis": lambda: probes.redis_answers(sockets / valkey.SOCKET_NAME),
    }
    if not all(state.servers[name].status == "ready" and answers[name]() for name in need):
        return None
    dsn = f"postgresql://{postgres.ADMIN}@/postgres?host={quote(str(sockets), safe='')}"
    redis_url = f"unix://{quote(str(sockets / valkey.SOCKET_NAME))}?db=0"
    has_postgres, has_redis = "postgres" in need, "redis" in need
    return Endpoints(
        postgres_dsn_admin=dsn if has_postgres else None,
        postgres_socket_dir=sockets if has_postgres else None,
        redis_url=redis_url if has_redis else None,
    )


def _spawn_keeper(folder: VarFolder, need: tuple[str, ...], min_free_mb: int) -> None:
    """Returns once a keeper has the folder; it is nobody's child, so it outlives us without a zombie."""
    log = BoundedLog(folder.log / "keeper.log")
    since = log.size()
    output = log.open_for_child(folder.owner)
    source_root = Path(motcua.__file__).parent.parent
    try:
        ended = subprocess.run(  # noqa: S603 - our own module under our own interpreter, no shell
            [
                *(sys.executable, "-P", "-m", "motcua.embedded.keeper", "--detach", "--var", folder.root),
                *("--min-free-mb", str(min_free_mb), "--need", *need),
            ],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=_keeper_environment(source_root),
            cwd="/",
            start_new_session=True,
            timeout=SPAWN_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _too_slow(folder, ()) from None
    finally:
        os.close(output)
    if ended.returncode != 0:
        raise ServerWouldNotStart("motcua.embedded.keeper", log.path, log.tail(since))


def _keeper_environment(source_root: Path) -> dict[str, str]:
    """Ours without its secrets: the keeper lives long and needs none."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in PASSED_ON or name.startswith(PASSED_ON_PREFIXES)
    }
    # The keeper works in "/", where a relative entry would mean another folder.
    extra = [str(Path(entry).absolute()) for entry in kept.get("PYTHONPATH", "").split(os.pathsep) if entry]
    return kept | {"PYTHONPATH": os.pathsep.join([str(source_root.absolute()), *extra])}


def _wish(folder: VarFolder, need: tuple[str, ...]) -> None:
    for name in need:
        wish_file(folder, name).touch()


def _keeper_stands(folder: VarFolder) -> bool:
    """Whether a keeper has the folder. Look under `starting.lock` only: a look turns a starting one away."""
    with _open(folder, "keeper.lock") as fd:
        return not try_lock(fd, shared=True)


@contextlib.contextmanager
def _open(folder: VarFolder, name: str) -> Iterator[int]:
    fd = open_lock(folder.run / name, folder.owner)
    try:
        yield fd
    finally:
        os.close(fd)


@contextlib.contextmanager
def _starting(folder: VarFolder, timeout_s: float) -> Iterator[None]:
    """One process at a time looks for a keeper and starts one."""
    with _open(folder, "starting.lock") as fd:
        try:
            wait_for_lock(fd, timeout_s=timeout_s)
        except LockBusy:
            raise _too_slow(folder, ()) from None
        yield


def _too_slow(folder: VarFolder, need: tuple[str, ...]) -> EmbeddedProblem:
    """What to raise when time is up: a full disk, else the log of a server that is late, else the keeper's."""
    if free_mb(folder.root) < FULL_MB:
        return DiskFull(folder.root, free_mb(folder.root))
    servers = KeeperState.read(folder).servers
    late = next((name for name in need if servers[name].status != "ready"), None)
    title, name = {"postgres": ("PostgreSQL", "postgres"), "redis": ("Valkey", "valkey")}.get(
        late, ("motcua.embedded.keeper", "keeper")
    )
    log = BoundedLog(folder.log / f"{name}.log")
    return ServerWouldNotStart(title, log.path, log.tail())


def _left(deadline: float) -> float:
    return max(0.0, deadline - time.monotonic())


def _after_fork_in_child() -> None:
    """Another thread may have been inside `ensure` at the fork; its lock would never open again."""
    global _one_at_a_time
    _one_at_a_time = threading.RLock()


os.register_at_fork(after_in_child=_after_fork_in_child)
