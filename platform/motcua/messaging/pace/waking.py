"""Several times a second: tenants whose time away is over are served again, and workers are known to live."""

import threading
import time

import structlog
from redis.exceptions import RedisError

from motcua.core import queue

from . import turns

EVERY_S = 0.25

log = structlog.get_logger(__name__)


class Waker(threading.Thread):
    """Asks for a worker where someone in a ring, or back from being away, waits and nobody has asked."""

    def __init__(self, heartbeat: str, heartbeat_ttl_s: int, every_s: float = EVERY_S):
        super().__init__(name="alarm", daemon=True)
        self.heartbeat, self.ttl_s, self.every_s = heartbeat, heartbeat_ttl_s, every_s
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            for lane in queue.LANES:
                turns.wake(lane, ())
            try:
                queue.connection().set(self.heartbeat, time.time(), ex=self.ttl_s)
            except RedisError as error:
                log.warning("heartbeat_not_told", error=type(error).__name__)
            self.stopping.wait(self.every_s)

    def stop(self) -> None:
        self.stopping.set()
