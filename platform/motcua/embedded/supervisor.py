"""Our own processes side by side: started in order, watched, restarted, stopped in reverse order.

No child outlives the supervisor, even one killed with -9 (where the kernel has a parent-death signal).
"""

import contextlib
import copy
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from motcua.embedded import processes
from motcua.embedded.backoff import Backoff
from motcua.embedded.logs import BoundedLog
from motcua.embedded.problems import PortTaken, ServerWouldNotStart, problem_from_log

POLL_S = 0.1
TICK_EVERY_S = 1.0
STOPPERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GIVE_UP_AFTER = 5


@dataclass(frozen=True)
class Child:
    """A process to run. `env` is added to ours; `ready` says when the next child may start (None: at once).

    The kernel sends `stop_signal` too when the supervisor is killed.
    """

    name: str
    argv: Sequence[str | Path]
    env: Mapping[str, str] | None = None
    ready: Callable[[], bool] | None = None
    restart: bool = True
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout_s: float = 10.0
    ready_timeout_s: float = 60.0


class _Running:
    """A child's present process and its restarts."""

    def __init__(self, child: Child, log: BoundedLog, backoff: Backoff):
        self.child, self.log, self.backoff = child, log, backoff
        self.process: subprocess.Popen | None = None
        self.started_at = 0.0
        self.start_at: float | None = None
        self.log_since = 0

    def start(self) -> None:
        self.start_at = None
        self.started_at = time.monotonic()
        self.log_since = self.log.size()
        output = self.log.open_for_child()
        try:
            self.process = processes.spawn(
                self.child.argv,
                output=output,
                env=os.environ | dict(self.child.env or {}),
                death_signal=self.child.stop_signal,
            )
        except OSError as error:
            raise ServerWouldNotStart(self.child.name, self.log.path, str(error)) from error
        finally:
            os.close(output)

    def has_ended(self) -> bool:
        return self.process is not None and processes.has_ended(self.process)

    def reap(self) -> int:
        status = processes.reap(self.process)
        self.process = None
        return status

    def failure(self):
        return problem_from_log(
            self.child.name, self.log.path, self.log.tail(self.log_since), self.log.path.parent
        )

    def stop(self, *, at_once: bool = False) -> None:
        self.start_at = None
        if self.process is not None:
            steps = () if at_once else ((self.child.stop_signal, self.child.stop_timeout_s),)
            processes.end(self.process, steps)
            self.process = None


class Supervisor:
    """Runs `children`; their output goes to `log_dir/<name>.log`, what happens to `announce` as sentences.

    Use it from the main thread: the children are tied to the life of the thread that starts them. `tick` is
    called about once a second from `run_until_signal`, for instance to `ensure` the servers again.
    """

    def __init__(
        self,
        children: Sequence[Child],
        log_dir: Path,
        announce: Callable[[str], None],
        *,
        tick: Callable[[], object] | None = None,
        backoff: Backoff | None = None,
    ):
        self.announce, self.tick = announce, tick
        log_dir.mkdir(parents=True, exist_ok=True)
        backoff = backoff or Backoff(most_s=10.0, give_up_after=GIVE_UP_AFTER)
        self._running = [
            _Running(child, BoundedLog(log_dir / f"{child.name}.log"), copy.copy(backoff))
            for child in children
        ]
        self._stops_asked = 0

    def __enter__(self) -> "Supervisor":
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def start(self) -> None:
        """Start all, each once the one before is ready. Raises ServerWouldNotStart, DiskFull; all stopped."""
        try:
            for running in self._running:
                running.start()
                self._wait_until_ready(running)
        except BaseException:
            self.stop()
            raise

    def run_until_signal(self) -> None:
        """Watch and restart until SIGINT, SIGTERM or SIGHUP, then stop all; a second signal kills at once.

        Raises ServerWouldNotStart, all stopped, when a child keeps dying quickly.
        """
        with self._listening() as wake:
            tick_at = 0.0
            try:
                while not self._stops_asked:
                    for running in self._running:
                        self._look_after(running)
                    if self.tick and time.monotonic() >= tick_at:
                        self.tick()
                        tick_at = time.monotonic() + TICK_EVERY_S
                    select.select([wake], [], [], POLL_S)
            finally:
                self.stop()

    def stop(self) -> None:
        """Stop all in reverse order: each its stop signal and its time, then SIGKILL to it and its own."""
        for running in reversed(self._running):
            running.stop(at_once=self._stops_asked > 1)

    def pid_of(self, name: str) -> int | None:
        """The present process of a child, None while it is down."""
        return next(
            (one.process.pid for one in self._running if one.child.name == name and one.process), None
        )

    def _wait_until_ready(self, running: _Running) -> None:
        child = running.child
        if child.ready is None:
            return
        processes.wait_until(lambda: running.has_ended() or child.ready(), child.ready_timeout_s)
        if running.has_ended() or not child.ready():
            raise running.failure()

    def _look_after(self, running: _Running) -> None:
        running.log.trim()
        if running.has_ended():
            self._bury(running)
        if running.start_at is not None and time.monotonic() >= running.start_at:
            running.start()

    def _bury(self, running: _Running) -> None:
        name, status = running.child.name, running.reap()
        log = running.log.path
        if not running.child.restart:
            self.announce(f"{name} đã kết thúc (mã {status}).")
            return
        now = time.monotonic()
        wait_s = running.backoff.after_death(now - running.started_at)
        if wait_s is None:
            self.announce(f"{name} dừng liên tục ngay sau khi khởi động nên không thử nữa. Hãy xem {log}.")
            raise running.failure()
        running.start_at = now + wait_s
        when = f"sau {wait_s:.1f} giây".replace(".", ",") if wait_s else "ngay"
        self.announce(f"{name} đã dừng (mã {status}), sẽ khởi động lại {when}. Nguyên nhân có trong {log}.")

    @contextlib.contextmanager
    def _listening(self) -> Iterator[int]:
        """A descriptor that becomes readable when a stop signal has come."""
        wake, woken = os.pipe()

        def on_signal(*_) -> None:
            self._stops_asked += 1
            os.write(woken, b"!")
            if self._stops_asked > 1:
                for running in self._running:
                    if running.process is not None:
                        processes.signal_group(running.process, signal.SIGKILL)

        before = {number: signal.signal(number, on_signal) for number in STOPPERS}
        try:
            yield wake
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(wake)
            os.close(woken)


def port_is_free(host: str, port: int) -> bool:
    """Whether we could listen on every address of `host`; False also where the system forbids the port."""
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        with socket.socket(family, kind, protocol) as door:
            # As servers do: a connection of a moment ago that lingers in TIME_WAIT is no obstacle.
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                door.bind(address)
            except OSError:
                return False
    return True


def require_free_port(host: str, port: int, what: str) -> None:
    """Raises PortTaken, naming `what` needs the port."""
    if not port_is_free(host, port):
        raise PortTaken(port, what)
