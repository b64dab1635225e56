"""The lean connections: every way an answer can come or fail to come, over real sockets."""

import asyncio
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.zalo.errors import ZaloUnavailable, ZaloUncertain
from motcua.zalo.pipes import Pipes
from tests.simulated import free_port

BODY = b'{"error":0,"data":{"message_id":"m1"}}'
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nX-RateLimit-Remain: 7\r\n\r\n%s" % (len(BODY), BODY)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)


@asynccontextmanager
async def answering(*answers: list[bytes] | None):
    """A server that answers its connections' requests in turn with these pieces; None: hangs up instead."""
    left, seen = list(answers), []

    async def serve(reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
                seen.append((id(writer), head, await reader.readexactly(length)))
                pieces = left.pop(0)
                if pieces is None:
                    return
                for piece in pieces:
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    pipes = Pipes()
    try:
        yield pipes, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x", seen
    finally:
        await pipes.close()
        server.close()
        await server.wait_closed()


def asked(*answers, times: int = 1, timeout_s: float = 2.0):
    """The answers to `times` posts, and the requests as the server saw them."""

    async def ask():
        async with answering(*answers) as (pipes, url, seen):
            return [await pipes.post(url, {"a": "b"}, b"{}", timeout_s=timeout_s) for _ in range(times)], seen

    return asyncio.run(ask())


@given(st.sampled_from([PLAIN, CHUNKED]), st.lists(st.integers(1, 120), max_size=4))
def test_an_answer_is_whole_wherever_it_is_cut(answer, cuts):
    edges = [0, *sorted({min(cut, len(answer)) for cut in cuts}), len(answer)]
    pieces = [answer[start:stop] for start, stop in pairwise(edges) if start < stop]

    ((found,), _) = asked(pieces)

    assert (found.status, found.body) == (200, BODY)


def test_one_connection_carries_request_after_request():
    found, seen = asked([PLAIN], [CHUNKED], [PLAIN], times=3)

    assert [one.rate_remain for one in found] == ["7", None, "7"]
    assert len({connection for connection, _, _ in seen}) == 1
    assert seen[0][1].startswith(b"POST /x HTTP/1.1\r\nHost: 127.0.0.1:")
    assert (b"\r\na: b\r\n" in seen[0][1], seen[0][2]) == (True, b"{}")


def test_a_server_that_closes_gets_a_new_connection():
    closing = PLAIN.replace(b"200 OK\r\n", b"200 OK\r\nConnection: close\r\n")

    _, seen = asked([closing], [PLAIN], times=2)

    assert len({connection for connection, _, _ in seen}) == 2


def test_what_comes_before_the_answer_is_not_the_answer():
    ((found,), _) = asked([b"HTTP/1.1 100 Continue\r\n\r\n", PLAIN])

    assert found.body == BODY


def test_a_second_answer_is_never_taken_for_the_next_requests():
    wrong = PLAIN.replace(b"m1", b"m2")

    found, seen = asked([PLAIN + wrong], [PLAIN], times=2)

    assert [one.body for one in found] == [BODY, BODY]
    assert len({connection for connection, _, _ in seen}) == 2


@pytest.mark.parametrize(
    "answer",
    [None, [PLAIN[:40]], [b"hello\r\n\r\n"], [PLAIN[:-5]]],
    ids=["hangs up", "half a head", "not http", "half a body"],
)
def test_a_request_that_left_without_a_whole_answer_is_uncertain(answer):
    with pytest.raises(ZaloUncertain):
        asked(answer, timeout_s=0.3)


def test_where_nobody_listens_nothing_has_left():
    async def ask():
        pipes = Pipes()
        try:
            await pipes.post(f"http://127.0.0.1:{free_port()}/x", {}, b"{}", timeout_s=1.0)
        finally:
            await pipes.close()

    with pytest.raises(ZaloUnavailable):
        asyncio.run(ask())


def test_what_was_given_up_is_not_sent_on_by_the_kernel():
    """A closing that is orderly would say that everything before it still comes; this one takes it back."""
    ends = []

    async def never_answer(reader, writer):
        try:
            while await reader.read(1024):
                pass
            ends.append("orderly")
        except ConnectionResetError:
            ends.append("taken back")
        finally:
            writer.close()

    async def give_up() -> None:
        server = await asyncio.start_server(never_answer, "127.0.0.1", 0)
        pipes = Pipes()
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x"
        with pytest.raises(ZaloUncertain):
            await pipes.post(url, {}, b"{}", timeout_s=0.1)
        while not ends:
            await asyncio.sleep(0.01)
        await pipes.close()
        server.close()
        await server.wait_closed()

    asyncio.run(give_up())

    assert ends == ["taken back"]
