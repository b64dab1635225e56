"""A connection for the few statements that run thousands of times a second, on the background loop.

One transaction carries statements of several tenants in one pipeline: the tenant is set anew between them,
with transaction scope, so that row security holds every one of them, and all share one commit.
"""

import asyncio
import select
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg import sql
from psycopg.waiting import Ready, Wait

from . import roles

# Every statement here is a look-up by index. A plan made while a table was empty, or made anew each time, or
# compiled, costs more than the statement. A host that is cut off must not hold its locks for long.
SETTINGS = {
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "jit": "off",
    "statement_timeout": "15s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "10s",
    "tcp_user_timeout": "10s",
}
CONNECT_TIMEOUT_S = 5
ENTER = "SELECT set_config('motcua.tenant_id', %s, true)"


class ReadingOn(psycopg.AsyncConnection):
    """Reads an answer to its end without going back to the loop while there is more of it.

    The rows of one claim come in dozens of pieces. Meanwhile the loop has hundreds of requests to look after, each time
    between two pieces, and the rows stay locked.
    """

    async def wait(self, gen, *args, **words):
        return await super().wait(_read_on(gen, self.pgconn.socket), *args, **words)


def _read_on(gen, socket: int):
    """What `gen` does, a generator of psycopg's; it waits only where there is nothing to read."""
    poll = select.poll()
    poll.register(socket, select.POLLIN)
    try:
        wanted = next(gen)
        while True:
            is_there = wanted == Wait.R and poll.poll(0)
            wanted = gen.send(Ready.R if is_there else (yield wanted))
    except StopIteration as end:
        return end.value


class Transaction:
    """`run` queues a statement for the tenant entered last; `sync` waits for all that were queued."""

    def __init__(self, connection: psycopg.AsyncConnection, pipeline: psycopg.AsyncPipeline):
        self._connection, self._pipeline = connection, pipeline
        self._tenant: str | None = None

    async def enter(self, tenant_id: str) -> None:
        if tenant_id != self._tenant:
            self._tenant = tenant_id
            await self._connection.execute(ENTER, (tenant_id,), prepare=True)

    async def run(self, statement: str, words: dict[str, Any]) -> psycopg.AsyncCursor:
        """Its rows may be fetched after the next `sync`."""
        return await self._connection.execute(statement, words, prepare=True)

    async def run_for_many(self, statement: str, words: dict[str, Any]) -> psycopg.AsyncCursor:
        """For a statement that enters tenants by itself; whoever comes after it must enter anew."""
        self._tenant = None
        return await self.run(statement, words)

    async def sync(self) -> None:
        await self._pipeline.sync()


class HotConnection:
    """Opened when it is first used, and anew after any error. `url` is a SQLAlchemy URL of the role `app`."""

    def __init__(self, url: str):
        self._url = roles.libpq_url(url)
        self._connection: psycopg.AsyncConnection | None = None
        self._one_at_a_time = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Commits at the end. After an error nothing is known of the commit if it was on its way."""
        async with self._one_at_a_time:
            connection = await self._open()
            try:
                async with connection.pipeline() as pipeline:
                    await connection.execute("BEGIN")
                    yield Transaction(connection, pipeline)
                    await connection.execute("COMMIT")
            except BaseException:
                await self._drop()
                raise

    async def close(self) -> None:
        async with self._one_at_a_time:
            await self._drop()

    async def _open(self) -> psycopg.AsyncConnection:
        if self._connection is None or self._connection.closed:
            self._connection = await ReadingOn.connect(
                self._url, autocommit=True, connect_timeout=CONNECT_TIMEOUT_S, **roles.connect_args("app")
            )
            for name, value in SETTINGS.items():
                await self._connection.execute(
                    sql.SQL("SET {} = {}").format(sql.Identifier(name), sql.Literal(value))
                )
        return self._connection

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
