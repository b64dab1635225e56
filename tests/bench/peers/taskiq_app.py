"""Taskiq, one async task a message: aiohttp and psycopg's async connections, kept alive."""

import asyncio

import aiohttp
import psycopg
from taskiq_redis import ListQueueBroker

from tests.bench.peers import sending

CONNECTIONS = 100

broker = ListQueueBroker(f"unix://{sending.redis_socket()}", queue_name="bench")
_idle: list[psycopg.AsyncConnection] = []
_session: aiohttp.ClientSession | None = None


@broker.task(task_name="send")
async def send(tenant_id: str, message_id: int, uid: str, text: str) -> None:
    global _session
    if _session is None:
        _session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS))
    headers = {"access_token": "a token"}
    async with _session.post(sending.url(), json=sending.body(uid, text), headers=headers) as answer:
        zalo_id = (await answer.json())["data"]["message_id"]
    db = _idle.pop() if _idle else await psycopg.AsyncConnection.connect(sending.database())
    async with db.pipeline():
        await db.execute(sending.SCOPE, (tenant_id,))
        await db.execute(sending.MARK, (zalo_id, tenant_id, message_id))
        await db.commit()
    _idle.append(db)


def enqueue(rows: list[tuple[str, int, str, str]]) -> None:
    async def fill() -> None:
        await broker.startup()
        for row in rows:
            await send.kiq(*row)
        await broker.shutdown()

    asyncio.run(fill())


if __name__ == "__main__":
    sending.fill(enqueue)
