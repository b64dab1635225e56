"""Celery, one task a message."""

from celery import Celery

from tests.bench.peers import sending

app = Celery("bench", broker=f"redis+socket://{sending.redis_socket()}")
app.conf.update(
    task_ignore_result=True,
    task_acks_late=False,
    worker_prefetch_multiplier=4,
    broker_connection_retry_on_startup=True,
    task_default_queue="bench",
)


@app.task(name="send")
def send(tenant_id: str, message_id: int, uid: str, text: str) -> None:
    sending.send(tenant_id, message_id, uid, text)


def enqueue(rows: list[tuple[str, int, str, str]]) -> None:
    with app.producer_pool.acquire(block=True) as producer:
        for row in rows:
            send.apply_async(row, producer=producer)


if __name__ == "__main__":
    sending.fill(enqueue)
