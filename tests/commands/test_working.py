"""A worker ends when it is told to, and not because Redis was away for a moment."""

import signal
import socket
from contextlib import ExitStack, suppress

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from rq.exceptions import StopRequested

from motcua import working
from motcua.beside import Occupied
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


@pytest.fixture
def unreachable_redis():
    """Nobody refuses, nobody answers, as behind a cut cable: a door in front of which others stand already."""
    with ExitStack() as stack:
        door = stack.enter_context(socket.socket())
        door.bind(("127.0.0.1", 0))
        door.listen(0)
        for _ in range(4):
            standing = stack.enter_context(socket.socket())
            standing.setblocking(False)
            standing.connect_ex(door.getsockname())
        yield Redis(port=door.getsockname()[1], socket_connect_timeout=0.05, retry=None)


def test_redis_behind_a_cut_cable_does_not_end_a_worker_that_begins_anew(app, monkeypatch, unreachable_redis):
    monkeypatch.setattr(queue, "_connection", unreachable_redis)

    assert working._is_done(app, ["urgent"], Occupied(), burst=True) is False


def test_a_worker_told_to_stop_while_redis_is_away_stops(app, monkeypatch, unreachable_redis):
    def told_to_stop(self, **_):
        with suppress(StopRequested):
            self.request_stop(signal.SIGTERM, None)
        unreachable_redis.ping()

    monkeypatch.setattr(working.Worker, "work", told_to_stop)

    assert working._is_done(app, ["urgent"], Occupied(), burst=False) is True
