"""A second hand in a worker process: while it is at one long job, urgent ones do not wait for it.

An import, an export or a year of facts takes seconds; a couple at the counter waits for a receipt. RQ gives a worker
one job at a time, so a thread looks on and takes what is urgent from the same queues until the long job is done.
"""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager

import structlog
from flask import Flask
from redis.exceptions import RedisError
from rq import SimpleWorker
from rq.serializers import JSONSerializer
from rq.timeouts import TimerDeathPenalty

from motcua.core import queue
from motcua.core.queue import LANES
from motcua.messaging.pace.turns import SERVE

URGENT = ("urgent", "emergency")
LONG_S = 0.1  # what takes less is over before a second hand has begun
LOOK_EVERY_S = 0.05

log = structlog.get_logger(__name__)


class InApp:
    """A worker whose jobs each run in an application context of their own."""

    app: Flask

    def perform_job(self, *args, **options):
        with self.app.app_context():
            return super().perform_job(*args, **options)


class Occupied:
    """Since when this process has been at a job that is no drain; a drain looks after urgent messages itself."""

    def __init__(self) -> None:
        self._since: float | None = None

    @contextmanager
    def at(self, job: str):
        self._since = None if job == SERVE else time.monotonic()
        try:
            yield
        finally:
            self._since = None

    def is_long(self) -> bool:
        since = self._since
        return since is not None and time.monotonic() - since > LONG_S


class _SecondHand(InApp, SimpleWorker):
    # Signals, RQ's other way to end a job that takes too long, only reach the main thread.
    death_penalty_class = TimerDeathPenalty

    def _install_signal_handlers(self) -> None:
        """The process has its own."""


class Beside(threading.Thread):
    """Works on those of `lanes` that are urgent for as long as the process is `occupied`."""

    def __init__(self, app: Flask, lanes: Sequence[str], occupied: Callable[[], bool]):
        super().__init__(name="beside", daemon=True)
        self.app, self.occupied = app, occupied
        self._lanes = [lane for lane in LANES if lane in URGENT and lane in lanes]
        self._stopping = threading.Event()

    def run(self) -> None:
        while self._lanes and not self._stopping.wait(LOOK_EVERY_S):
            try:
                if self.occupied() and any(queue.lane_queue(lane).count for lane in self._lanes):
                    self._work()
            except RedisError as error:
                log.warning("queue_unreachable", error=type(error).__name__)
            except Exception:
                log.exception("second_hand_failed")  # nobody would notice that it has ended

    def stop(self) -> None:
        self._stopping.set()

    def _work(self) -> None:
        hand = _SecondHand(
            [queue.lane_queue(lane) for lane in self._lanes],
            connection=queue.connection(),
            serializer=JSONSerializer,
        )
        hand.app = self.app
        hand.work(burst=True, logging_level="WARNING", max_jobs=1)
