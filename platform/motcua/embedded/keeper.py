"""The keeper of one data folder: owns its servers for as long as anybody uses them.

Run as `python -m motcua.embedded.keeper --var PATH`; `services.ensure` does that. Consumers hold a shared
lock on `run/users.lock`; this process holds `run/keeper.lock`. Single-threaded on purpose: its children are
tied to the life of the thread that starts them.
"""

import argparse
import contextlib
import os
import select
import shutil
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from motcua.embedded import processes
from motcua.embedded.folders import VarFolder, make_folder
from motcua.embedded.identity import Identity, choose_identity
from motcua.embedded.kept import KeptServer
from motcua.embedded.locks import open_lock, try_lock, unlock
from motcua.embedded.logs import BoundedLog
from motcua.embedded.postgres import Postgres
from motcua.embedded.problems import EmbeddedProblem, problem_from_os_error
from motcua.embedded.state import SERVERS, KeeperState, wish_file
from motcua.embedded.valkey import Valkey

LINGER_VARIABLE = "MOTCUA_KEEPER_LINGER_S"
LINGER_S = 1.0
BUSY_PAUSE_S = 0.005
CALM_PAUSE_S = 0.25
TRIM_EVERY_S = 5.0
LOCK_PATIENCE_S = 0.5


class Keeper:
    """Holds the locks of `folder`; `run` returns when everything is stopped."""

    def __init__(self, folder: VarFolder, *, min_free_mb: int, linger_s: float):
        self.folder, self.min_free_mb, self.linger_s = folder, min_free_mb, linger_s
        self.state = KeeperState(pid=os.getpid())
        self.kept: dict[str, KeptServer] = {}
        self._keeper_lock = open_lock(folder.run / "keeper.lock", folder.owner)
        self._users_lock = open_lock(folder.run / "users.lock", folder.owner)
        self._asked_to_end = False
        self._untold = False
        self._unused_since: float | None = None
        self._calm_pause_s = min(CALM_PAUSE_S, max(BUSY_PAUSE_S, linger_s / 4))
        self._trim_at = 0.0

    def take_over(self) -> bool:
        """Become the keeper; False when another one is."""
        if not processes.wait_until(lambda: try_lock(self._keeper_lock), LOCK_PATIENCE_S):
            return False
        self.state.write(self.folder)
        return True

    def run(self) -> None:
        signal.signal(signal.SIGTERM, self._end_soon)
        signal.signal(signal.SIGINT, self._end_soon)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        # A dying child ends the pause below at once.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        wake, woken = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC) if hasattr(os, "pipe2") else os.pipe()
        os.set_blocking(woken, False)
        signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
        try:
            self._open_shop()
            while not (self._asked_to_end or self._lost_the_folder() or self._nobody_needs_us()):
                self._work()
                _pause(wake, BUSY_PAUSE_S if self._is_busy() else self._calm_pause_s)
        except EmbeddedProblem as problem:
            note(problem.english)
            self.state.own.tell(problem)
        finally:
            self._close_shop()

    def _open_shop(self) -> None:
        try:
            identity = choose_identity(self.folder)
            sockets = make_socket_folder(self.folder, identity)
        except OSError as error:
            raise problem_from_os_error(error, self.folder.root) from error
        self.state.sockets = str(sockets)
        for kind in (Valkey, Postgres):
            server = kind(self.folder, sockets, identity)
            state = self.state.servers[server.name]
            self.kept[server.name] = KeptServer(server, state, min_free_mb=self.min_free_mb)
        who = f"{identity.way} {identity.owner}"
        note(f"keeper {self.state.pid} for {self.folder.root}, servers run as {who}")

    def _work(self) -> None:
        wishes = {name: wish_file(self.folder, name) for name in self.kept}
        heard = [name for name, wish in wishes.items() if wish.exists()]
        for name in heard:
            self.kept[name].want()
        if heard or self._untold:
            # A consumer trusts the state only once its wish is gone, so the state goes first.
            self._tell()
        for name in heard:
            wishes[name].unlink(missing_ok=True)
        for name, kept in self.kept.items():
            if kept.tick():
                server = self.state.servers[name]
                cause = (server.problem or {}).get("code", "")
                note(f"{name}: {server.status} {server.pid or ''} {cause}".rstrip())
                self._tell()
        if time.monotonic() >= self._trim_at:
            for log in (
                BoundedLog(self.folder.log / "keeper.log"),
                *(kept.log for kept in self.kept.values()),
            ):
                log.trim()
            self._trim_at = time.monotonic() + TRIM_EVERY_S

    def _is_busy(self) -> bool:
        return any(kept.is_starting for kept in self.kept.values())

    def _nobody_needs_us(self) -> bool:
        """True, with the users' lock held, once nobody has used the servers for `linger_s`."""
        now = time.monotonic()
        if not try_lock(self._users_lock):
            self._unused_since = None
            return False
        if self._unused_since is None:
            self._unused_since = now
        if now - self._unused_since >= self.linger_s:
            return True
        unlock(self._users_lock)
        return False

    def _lost_the_folder(self) -> bool:
        """Whether somebody removed the data folder; another keeper may already have a new one in its place."""
        try:
            there = (self.folder.run / "keeper.lock").stat()
        except FileNotFoundError:
            return True
        return not os.path.samestat(there, os.fstat(self._keeper_lock))

    def _close_shop(self) -> None:
        if self._lost_the_folder():
            # No orderly end: it would remove sockets that may be our successor's.
            for kept in self.kept.values():
                kept.kill()
            return
        for kept in self.kept.values():
            kept.ask_to_stop()
        for kept in self.kept.values():
            kept.stop()
        for name in SERVERS:
            wish_file(self.folder, name).unlink(missing_ok=True)
        # Nothing of us stays in the system's temporary folder.
        shutil.rmtree(self.folder.short_path, ignore_errors=True)
        self._tell()
        # Both locks end with the process: who finds them free finds nothing of us alive.
        note("stopped")

    def _tell(self) -> None:
        """Write the state down. On a full disk the servers matter more: it is tried again with the next work."""
        try:
            self.state.write(self.folder)
            self._untold = False
        except OSError as error:
            note(f"cannot write the state: {error}")
            self._untold = True

    def _end_soon(self, *_) -> None:
        self._asked_to_end = True


def make_socket_folder(folder: VarFolder, identity: Identity) -> Path:
    """A private folder (0700) whose socket paths are short enough and which the servers can enter."""
    place = folder.run
    if not folder.fits_sockets(place) or not identity.reaches(place, os.X_OK):
        place = folder.short_folder()
    sockets = place / "s"
    make_folder(sockets, 0o700, identity.owner)
    if os.geteuid() == 0:
        os.chown(sockets, *identity.owner)
    return sockets


def note(text: str) -> None:
    """A line in keeper.log, which is this process's stderr."""
    with contextlib.suppress(OSError):  # a full disk
        sys.stderr.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f} {text}\n")
        sys.stderr.flush()


def _pause(wake: int, pause_s: float) -> None:
    if select.select([wake], [], [], pause_s)[0]:
        os.read(wake, 4096)


def _detach() -> int | None:
    """Split off; the part that returns a descriptor goes on and tells the other through it that all is well."""
    hear, tell = os.pipe()
    if os.fork() == 0:
        os.close(hear)
        return tell
    os.close(tell)
    os._exit(0 if os.read(hear, 1) else 1)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m motcua.embedded.keeper")
    parser.add_argument("--var", type=Path, required=True)
    parser.add_argument("--min-free-mb", type=int, default=300)
    parser.add_argument("--need", nargs="*", choices=SERVERS, default=SERVERS)
    parser.add_argument("--detach", action="store_true", help="return once a keeper has the folder")
    given = parser.parse_args(argv)
    folder = VarFolder.at(given.var)
    os.umask(0o077)
    os.chdir("/")
    tell = _detach() if given.detach else None
    folder.prepare()
    for name in given.need:
        wish_file(folder, name).touch()
    linger_s = float(os.environ.get(LINGER_VARIABLE, LINGER_S))
    keeper = Keeper(folder, min_free_mb=given.min_free_mb, linger_s=linger_s)
    stands = keeper.take_over()
    if tell is not None:
        os.write(tell, b"!")
        os.close(tell)
    if not stands:
        note("another keeper has this folder")
        return 0
    keeper.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
