"""RQ, one job a message. `COUNT` fills the queue; `fork` works with everything imported before the fork."""

import sys

from redis import Redis
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from tests.bench.peers import sending

NAME = "tests.bench.peers.sending.send"


def jobs() -> Queue:
    return Queue(
        "bench", connection=Redis(unix_socket_path=sending.redis_socket()), serializer=JSONSerializer
    )


def enqueue(rows: list[tuple[str, int, str, str]]) -> None:
    into = jobs()
    for start in range(0, len(rows), 500):
        into.enqueue_many([into.prepare_data(NAME, row, result_ttl=0) for row in rows[start : start + 500]])


def main() -> None:
    if sys.argv[1] == "fork":
        into = jobs()
        Worker([into], connection=into.connection, serializer=JSONSerializer).work(logging_level="WARNING")
    else:
        sending.fill(enqueue)


if __name__ == "__main__":
    main()
