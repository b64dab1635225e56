"""A worker ends when it is told to, and not because Redis was away for a moment."""

import signal

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from motcua import working
from motcua.core import queue
from motcua.messaging.dispatch import serving


@pytest.fixture(autouse=True)
def as_before():
    handlers = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}
    yield
    for one, handler in handlers.items():
        signal.signal(one, handler)
    serving.serve_only(list(queue.LANES))


@pytest.mark.parametrize("error", [RedisConnectionError, RedisTimeoutError])
def test_redis_away_in_the_middle_of_a_job_and_back_at_once(app, monkeypatch, error):
    jobs = []

    def job_or_signal(self, *_):
        jobs.append(1)
        if len(jobs) == 1:
            raise error
        self.request_stop(signal.SIGTERM, None)

    monkeypatch.setattr(working.Worker, "dequeue_job_and_maintain_ttl", job_or_signal)
    monkeypatch.setattr(working, "RECONNECT_AFTER_S", 0.0)

    working.work(app, list(queue.LANES))

    assert len(jobs) == 2
