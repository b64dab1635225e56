"""Looking at a data folder's servers from outside, and leaving things in them."""

import os
import signal
from pathlib import Path

import psycopg
import redis

from motcua.embedded.folders import VarFolder
from motcua.embedded.locks import open_lock, try_lock
from motcua.embedded.processes import command_name, wait_until
from motcua.embedded.state import KeeperState


def connect(endpoints) -> psycopg.Connection:
    dsn = endpoints["postgres_dsn_admin"] if isinstance(endpoints, dict) else endpoints.postgres_dsn_admin
    return psycopg.connect(dsn, autocommit=True)


def open_redis(endpoints) -> redis.Redis:
    return redis.Redis.from_url(
        endpoints["redis_url"] if isinstance(endpoints, dict) else endpoints.redis_url
    )


def store_things(endpoints) -> None:
    """1,000 rows and 1,000 list items."""
    with connect(endpoints) as db:
        db.execute("create table thing as select n, md5(n::text) as text from generate_series(1, 1000) n")
    with open_redis(endpoints) as store:
        store.rpush("things", *range(1000))


def count_things(endpoints) -> tuple[int, int]:
    with connect(endpoints) as db, open_redis(endpoints) as store:
        return db.execute("select count(*) from thing").fetchone()[0], store.llen("things")


def state_of(var) -> KeeperState:
    return KeeperState.read(VarFolder.at(var))


def server_pid(var, name) -> int:
    return state_of(var).servers[name].pid


def is_running(pid: int) -> bool:
    """False for a zombie too: in a container nobody may reap it."""
    return command_name(pid) is not None


def kill_hard(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: not is_running(pid), 30)


def is_all_stopped(var) -> bool:
    """Every process of ours, down to the last of PostgreSQL's, holds one of these locks."""
    for name in ("keeper", "postgres", "redis"):
        path = var / "run" / f"{name}.lock"
        if path.exists():
            fd = open_lock(path)
            free = try_lock(fd)
            os.close(fd)
            if not free:
                return False
    return True


def assert_nothing_runs(var) -> None:
    assert wait_until(lambda: is_all_stopped(var), 30)
    assert wait_until(lambda: not _processes_in(var), 30), _processes_in(var)


def _processes_in(var) -> list[str]:
    """Running processes that work in the folder or name it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            folder = str((process / "cwd").readlink())
        except OSError:
            continue
        if int(process.name) != os.getpid() and (str(var) in command or folder.startswith(str(var))):
            found.append(f"{process.name} {command} in {folder}")
    return found
