"""One server in the keeper's hands: started, watched, started again, stopped."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

from motcua.embedded import processes
from motcua.embedded.backoff import Backoff
from motcua.embedded.locks import open_lock, try_lock
from motcua.embedded.logs import BoundedLog
from motcua.embedded.problems import (
    EmbeddedProblem,
    ServerWouldNotStart,
    problem_from_log,
    problem_from_os_error,
    require_free_space,
)
from motcua.embedded.server import Server, server_environment
from motcua.embedded.state import ServerState

# PostgreSQL's words for "another one still has this data".
STILL_LOCKED = ("already exists", "is still in use")
STILL_LOCKED_PATIENCE_S = 5.0
OLD_SERVER_PATIENCE_S = 10.0
RESTART_MIN_FREE_MB = 50


class KeptServer:
    """Call `tick` often; nothing here waits longer than an old server takes to end."""

    def __init__(self, server: Server, state: ServerState, *, min_free_mb: int):
        self.server, self.state, self.min_free_mb = server, state, min_free_mb
        self.log = BoundedLog(server.folder.log / f"{server.data_name}.log")
        self.backoff = Backoff()
        self.process: subprocess.Popen | None = None
        self._start_at: float | None = None
        self._started_at = 0.0
        self._first_try_at = 0.0
        self._log_since = 0

    @property
    def is_starting(self) -> bool:
        return self.state.status == "starting"

    def want(self) -> None:
        """Start it if it does not run; one that waits after failures is tried at once."""
        if self.process is None:
            self.backoff.forgive()
            self._set("starting", problem=None)
            self._start_at = self._first_try_at = time.monotonic()

    def tick(self) -> bool:
        """Do what is due; returns whether the state changed."""
        before = (self.state.status, self.state.pid, self.state.problem)
        if self.process is None:
            if self._start_at is not None and time.monotonic() >= self._start_at:
                self._start()
        elif processes.has_ended(self.process):
            self._died()
        elif self.is_starting and self.server.answers():
            self._set("ready", problem=None)
            # One that has served goes on with less: down, it would be of no use to anybody.
            self.min_free_mb = min(self.min_free_mb, RESTART_MIN_FREE_MB)
        return before != (self.state.status, self.state.pid, self.state.problem)

    def ask_to_stop(self) -> None:
        """Begin an orderly end, so that both servers can end at the same time."""
        self._start_at = None
        if self.process is not None and not processes.has_ended(self.process):
            self.process.send_signal(self.server.death_signal)

    def stop(self) -> None:
        """End it, by force if it must be, and wait for the last of its processes."""
        self._start_at = None
        if self.process is not None:
            processes.end(self.process, self.server.stop_steps)
            self.process = None
        self._set("stopped", problem=None)

    def kill(self) -> None:
        """End it without a chance to tidy up."""
        if self.process is not None:
            processes.end(self.process, ())
            self.process = None

    def _set(self, status: str, *, problem: EmbeddedProblem | None) -> None:
        self.state.status = status
        self.state.pid = self.process.pid if self.process else 0
        self.state.tell(problem)

    def _start(self) -> None:
        self._start_at = None
        self._started_at = time.monotonic()
        self._log_since = self.log.size()
        try:
            self._launch()
        except EmbeddedProblem as problem:
            self._wait_after(problem)
        except (OSError, subprocess.SubprocessError) as error:
            data = self.server.folder.root
            known = problem_from_os_error(error, data) if isinstance(error, OSError) else None
            self._wait_after(known or ServerWouldNotStart(self.server.title, self.log.path, str(error)))

    def _launch(self) -> None:
        server = self.server
        require_free_space(server.folder.root, self.min_free_mb)
        lock = self._lock_after_the_old_one()
        try:
            server.prepare(lock)
            output = self.log.open_for_child(server.folder.owner)
            try:
                with server.view(server.data) as (data, fds):
                    self.process = processes.spawn(
                        server.arguments(data),
                        output=output,
                        env=server_environment(),
                        death_signal=server.death_signal,
                        pass_fds=(lock, *fds),
                        cwd="/",
                        **server.identity.popen_options(),
                    )
            finally:
                os.close(output)
            os.ftruncate(lock, 0)
            os.pwrite(lock, str(self.process.pid).encode(), 0)
        finally:
            # From here the server and its children hold the lock, and nobody else.
            os.close(lock)
        self._set("starting", problem=None)

    def _lock_after_the_old_one(self) -> int:
        """The server's lock. While any process of an earlier one lives it is taken: stop that one first."""
        path = self.server.folder.run / f"{self.server.name}.lock"
        lock = open_lock(path, self.server.folder.owner)
        steps = ((None, 0.2), *self.server.stop_steps, (signal.SIGKILL, OLD_SERVER_PATIENCE_S))
        for number, patience_s in steps:
            if number is not None:
                _signal_old_server(path, number)
            if processes.wait_until(lambda: try_lock(lock), patience_s):
                return lock
        os.close(lock)
        raise ServerWouldNotStart(
            self.server.title, self.log.path, f"{path} is still locked by an earlier server."
        )

    def _died(self) -> None:
        status = processes.reap(self.process)
        self.process = None
        if self.state.status == "ready":
            self._wait_after(None)
            return
        tail = self.log.tail(self._log_since)
        again_in_time = time.monotonic() - self._first_try_at < STILL_LOCKED_PATIENCE_S
        if again_in_time and any(words in tail for words in STILL_LOCKED):
            self._start_at = time.monotonic() + 0.2
            return
        said = tail or f"(ended with status {status})"
        self._wait_after(problem_from_log(self.server.title, self.log.path, said, self.server.folder.root))

    def _wait_after(self, problem: EmbeddedProblem | None) -> None:
        now = time.monotonic()
        self._set("waiting" if problem else "starting", problem=problem)
        self._first_try_at = self._start_at = now + self.backoff.after_death(now - self._started_at)


def _signal_old_server(lock_path: Path, number: signal.Signals) -> None:
    """Signal the process named in a held lock file, unless its number has passed to another program."""
    with contextlib.suppress(OSError, ValueError):
        pid = int(lock_path.read_text(encoding="ascii"))
        if (processes.command_name(pid) or "").startswith(("postgres", "initdb", "valkey", "redis")):
            os.kill(pid, number)
