"""Dramatiq, one actor message a message; its own retries and middleware as they come."""

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from redis import Redis

from tests.bench.peers import sending

broker = RedisBroker(client=Redis(unix_socket_path=sending.redis_socket()))
dramatiq.set_broker(broker)


@dramatiq.actor(queue_name="bench")
def send(tenant_id: str, message_id: int, uid: str, text: str) -> None:
    sending.send(tenant_id, message_id, uid, text)


def enqueue(rows: list[tuple[str, int, str, str]]) -> None:
    for row in rows:
        send.send(*row)


if __name__ == "__main__":
    sending.fill(enqueue)
