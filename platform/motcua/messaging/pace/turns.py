"""Where a drain gets its work: from the ring that all tenants share, or from one tenant's lane alone."""

import secrets
import threading
import time
from collections.abc import Sequence
from typing import Protocol

import structlog
from redis.exceptions import RedisError
from rq import Retry

from motcua.core import fair_ring, queue
from motcua.core.fair_ring import Settled, Turn

SERVE = "motcua.messaging.jobs.serve"
SERVE_ID = "serve-"  # so that a drain can tell other work from asking for another drain
TIME_SLICE_S = 20.0
SHARED_SLICE_S = 1.0  # while other jobs of the same lane wait
ASK_EVERY_S = 0.5
LOOKED_AT = 20  # jobs of a queue: more than workers ever ask for drains at once

log = structlog.get_logger(__name__)


class Turns(Protocol):
    """`again` may come while another thread is in one of the others; every method may wait for Redis."""

    def next(self, count: int, quantum: int) -> list[Turn]:
        """Whose turn it is, at most `count` tenants of one lane; none: nobody has work, or it is time to stop."""

    def settle(self, done: Sequence[Settled]) -> None: ...

    def again(self, lane: str, tenants: Sequence[str]) -> None:
        """These have work again after all."""


class OneTenant:
    """One tenant's lane until nothing is due."""

    def __init__(self, tenant_id: str, lane: str):
        self._turn = (tenant_id, lane)
        self._has_work = True
        self._woken = 0
        self._lock = threading.Lock()  # who settles and who wakes are two threads

    def next(self, count: int, quantum: int) -> list[Turn]:
        return [Turn(*self._turn, quantum, self._woken)] if self._has_work else []

    def settle(self, done: Sequence[Settled]) -> None:
        """What came back during a turn may have come too late for its look: then the tenant does not leave."""
        with self._lock:
            ends = (one.away_s is not None or (one.leaves and one.turn.woken == self._woken) for one in done)
            self._has_work = not any(ends)

    def again(self, lane: str, tenants: Sequence[str]) -> None:
        with self._lock:
            self._woken += 1
            self._has_work = True


class SharedRing:
    """The rings of `lanes`, highest first, for as long as no other job has a better claim to this worker."""

    def __init__(self, lanes: Sequence[str]):
        self._lanes = list(lanes)
        self._queues = [queue.lane_queue(lane).key for lane in lanes]
        self._began = time.monotonic()
        self._asked_s = 0.0

    def next(self, count: int, quantum: int) -> list[Turn]:
        lanes = self._lanes[: self._reach()]
        turns = fair_ring.take(lanes, count, quantum) if lanes else []
        if turns and time.monotonic() - self._asked_s > ASK_EVERY_S:
            # There is more than we have taken: whoever is idle may help.
            self._asked_s = time.monotonic()
            wake(turns[0].lane, ())
        return turns

    def settle(self, done: Sequence[Settled]) -> None:
        fair_ring.settle(done)

    def again(self, lane: str, tenants: Sequence[str]) -> None:
        wake(lane, tenants)

    def hand_over(self) -> None:
        """Ask for a worker for what is left."""
        for lane in self._lanes:
            wake(lane, ())

    def _reach(self) -> int:
        """How many of the lanes may be served on: none below, or for long beside, other jobs that wait."""
        took = time.monotonic() - self._began
        if took > TIME_SLICE_S:
            return 0
        pipe = queue.connection().pipeline(transaction=False)
        for key in self._queues:
            pipe.lrange(key, 0, LOOKED_AT)
        for at, jobs in enumerate(pipe.execute()):
            if any(not job.startswith(SERVE_ID.encode()) for job in jobs):
                return at + (took < SHARED_SLICE_S)
        return len(self._lanes)


def wake(lane: str, tenants: Sequence[str], *, force: bool = False) -> bool:
    """These tenants have something due on `lane`; a worker is asked for unless one is on its way already.

    `force`: also those that are away because of a limit. Returns False when Redis is away: the sweep finds
    the work.
    """
    try:
        if fair_ring.wake(lane, tenants, force=force):
            queue.lane_queue(lane).enqueue(
                SERVE,
                lane,
                job_id=f"{SERVE_ID}{lane}-{secrets.token_hex(6)}",
                retry=Retry(max=3),
                result_ttl=0,
                failure_ttl=queue.FAILURE_TTL_S,
            )
    except RedisError as error:
        log.warning("queue_unreachable", job=SERVE, error=type(error).__name__)
        return False
    return True
