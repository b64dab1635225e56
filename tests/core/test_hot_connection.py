"""An answer of many pieces is read in one go."""

import asyncio
import socket

import pytest
from psycopg.waiting import Ready, Wait

from motcua.core.hot_connection import HotConnection, _read_on


@pytest.fixture
def ends():
    here, there = socket.socketpair()
    yield here, there
    here.close()
    there.close()


def reads(times: int):
    """As psycopg's generators ask for pieces."""
    told = []
    for _ in range(times):
        told.append((yield Wait.R))
    return told


def test_it_waits_only_where_there_is_nothing_to_read(ends):
    here, there = ends
    asking = _read_on(reads(2), here.fileno())

    assert next(asking) == Wait.R
    there.send(b"the rest")
    with pytest.raises(StopIteration) as end:
        asking.send(Ready.R)

    assert end.value.value == [Ready.R, Ready.R]


def test_a_wait_for_room_to_write_is_left_to_the_loop(ends):
    def writes():
        return (yield Wait.RW)

    asking = _read_on(writes(), ends[0].fileno())
    ends[1].send(b"an answer")

    assert next(asking) == Wait.RW
    with pytest.raises(StopIteration) as end:
        asking.send(Ready.RW)
    assert end.value.value == Ready.RW


def test_a_large_answer_comes_whole(settings):
    async def ask() -> list[tuple]:
        connection = HotConnection(settings.database_urls["app"])
        try:
            async with connection.transaction() as transaction:
                rows = await transaction.run(
                    "SELECT n, repeat('x', %(size)s) FROM generate_series(1, 2000) AS n", {"size": 1000}
                )
                await transaction.sync()
                return await rows.fetchall()
        finally:
            await connection.close()

    found = asyncio.run(ask())

    assert [number for number, _ in found] == list(range(1, 2001))
    assert {len(words) for _, words in found} == {1000}
