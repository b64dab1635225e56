"""Redis and RQ. The queue is a hint (the database is the truth): ids only, safe to lose."""

from datetime import timedelta

import structlog
from redis import BlockingConnectionPool, Redis
from redis.exceptions import RedisError
from rq import Queue, Retry
from rq.serializers import JSONSerializer

from . import keepalive

LANES = ("urgent", "emergency", "normal", "broadcast")  # in the order of their rank
JOB_TIMEOUT_S = 300
FAILURE_TTL_S = int(timedelta(days=2).total_seconds())
WAKE_TTL_S = 10

log = structlog.get_logger(__name__)
_connection: Redis | None = None


def use(url: str) -> None:
    """Point this process at a Redis-protocol server (`create_app` does)."""
    global _connection
    # RQ waits for minutes for an answer, so that it may wait for a job: what is behind a cut cable is told by TCP.
    kept = {"socket_keepalive": True, "socket_keepalive_options": keepalive.SOCKET}
    by_cable = {} if url.startswith("unix:") else kept
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=32,
        timeout=5,
        socket_connect_timeout=2,
        socket_timeout=30,
        health_check_interval=30,
        **by_cable,
    )
    _connection = Redis(connection_pool=pool)


def connection() -> Redis:
    if _connection is None:
        raise RuntimeError("No Redis yet: call create_app() first.")
    return _connection


def lane_queue(lane: str) -> Queue:
    return Queue(lane, connection=connection(), serializer=JSONSerializer, default_timeout=JOB_TIMEOUT_S)


def wake(job: str, *args: str | int, lane: str) -> bool:
    """Ask for `job(*args)` to run soon; asking again before it starts adds nothing.

    The job must call `woken` with the same words before it looks for work, so that work which
    arrives while it runs asks anew. Returns False when Redis is away: the sweep will find the work.
    """
    try:
        if connection().set(_flag(job, args), "1", nx=True, ex=WAKE_TTL_S):
            lane_queue(lane).enqueue(job, *args, retry=Retry(max=3), result_ttl=0, failure_ttl=FAILURE_TTL_S)
    except RedisError as error:
        log.warning("queue_unreachable", job=job, error=type(error).__name__)
        return False
    return True


def woken(job: str, *args: str | int) -> None:
    connection().delete(_flag(job, args))


def _flag(job: str, args: tuple) -> str:
    return "motcua:wake:" + ":".join([job, *map(str, args)])
