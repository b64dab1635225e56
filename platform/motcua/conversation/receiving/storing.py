"""Events of requests that come at once are stored in one transaction, and every request waits for its commit.

While the writer commits, the next events gather. `Storing` is for servers whose requests are threads: its writer
is a thread, which begins with the first event, so that it lives in the process that serves, also where the server
forks after loading the application. `Gathering` is for servers whose requests share an event loop.
"""

import asyncio
import os
import threading
import time
from collections import deque
from queue import Empty, SimpleQueue

import structlog

from motcua.core.errors import MotcuaError

from .telling import Teller
from .writing import LoopWriter, Slip, Writer

MOST_AT_ONCE = 256
MOST_WAITING = 2000
GATHER_S = 0.0005
PATIENCE_S = 1.5  # Zalo wants an answer within two seconds

log = structlog.get_logger(__name__)


class Busy(MotcuaError):
    """Not stored, or nobody knows: Zalo sends it again."""

    code, status = "busy", 503
    message = "Hệ thống đang bận hoặc đang khởi động lại. Xin thử lại sau ít phút."


class Storing:
    """The writer of one process, for any number of threads."""

    def __init__(self, database_url: str):
        self._url = database_url
        self._teller = Teller()
        self._begin_anew()
        os.register_at_fork(after_in_child=self._begin_anew)

    def _begin_anew(self) -> None:
        self._waiting: SimpleQueue[tuple[Slip, threading.Lock]] = SimpleQueue()
        self._starting, self._thread = threading.Lock(), None
        self._writer = Writer(self._url)  # a fork must not close its parent's connection

    def store(self, slip: Slip) -> str:
        """Returns once the event is durably stored, or was before. Raises Busy when that takes too long."""
        if self._thread is None or not self._thread.is_alive():
            self._start()
        if self._waiting.qsize() > MOST_WAITING:
            raise Busy
        committed = threading.Lock()
        committed.acquire()
        self._waiting.put((slip, committed))
        if not committed.acquire(timeout=PATIENCE_S) or slip.result is None:
            raise Busy
        return slip.result

    def close(self) -> None:
        """Whatever was stored is told; tests call it before Redis goes."""
        self._teller.close()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="webhook-writer", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        sizes = (1, 1)  # of the last two transactions
        while True:
            waiting = [self._waiting.get()]
            self._gather(waiting)
            if len(waiting) < max(sizes):
                # Those answered a moment ago are about to send their next: one commit for all costs them less
                # than each waiting for the other's.
                time.sleep(GATHER_S)
                self._gather(waiting)
            sizes = sizes[1], len(waiting)
            slips = [slip for slip, _ in waiting]
            try:
                self._writer.write(slips)
            except Exception as error:
                _say(slips, error)
            for _, committed in waiting:
                committed.release()
            self._teller.tell(slips)

    def _gather(self, waiting: list[tuple[Slip, threading.Lock]]) -> None:
        try:
            while len(waiting) < MOST_AT_ONCE:
                waiting.append(self._waiting.get_nowait())
        except Empty:
            pass


class Gathering:
    """The same for the requests of one event loop."""

    def __init__(self, database_url: str):
        self._writer, self._teller = LoopWriter(database_url), Teller()
        self._waiting: deque[tuple[Slip, asyncio.Future]] = deque()
        self._task: asyncio.Task | None = None

    async def store(self, slip: Slip) -> str:
        """As `Storing.store`."""
        if len(self._waiting) > MOST_WAITING:
            raise Busy
        loop = asyncio.get_running_loop()
        committed = loop.create_future()
        self._waiting.append((slip, committed))
        if self._task is None:
            self._task = loop.create_task(self._run())
        patience = loop.call_later(PATIENCE_S, _end, committed)
        await committed
        patience.cancel()
        if slip.result is None:
            raise Busy
        return slip.result

    async def close(self) -> None:
        """As `Storing.close`, and nobody stores any more."""
        await self._writer.close()
        self._teller.close()

    async def _run(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(0)  # whose requests have arrived by now come along
                waiting = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_AT_ONCE))]
                slips = [slip for slip, _ in waiting]
                try:
                    await self._writer.write(slips)
                except Exception as error:
                    _say(slips, error)
                for _, committed in waiting:
                    _end(committed)
                self._teller.tell(slips)
        finally:
            self._task = None


def _say(slips: list[Slip], error: Exception) -> None:
    log.error("webhooks_not_stored", events=len(slips), error=type(error).__name__)


def _end(committed: asyncio.Future) -> None:
    if not committed.done():
        committed.set_result(None)
