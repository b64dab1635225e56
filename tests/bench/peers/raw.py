"""The limit: one process that only sends, from a list in memory: no queue, no claim, nothing written down.

`python -m tests.bench.peers.raw aiohttp|sockets COUNT CONNECTIONS`.
"""

import asyncio
import sys
from urllib.parse import urlsplit

import aiohttp
import uvloop
from yarl import URL

from tests.bench.peers import sending


async def by_aiohttp(bodies: list[bytes], connections: int) -> None:
    """As lean as aiohttp can be used with care: nothing made anew for each request, no cookies, the answer's bytes
    read once and not decoded, no timer for each (who starts this ends it). It is what the engine is measured by."""
    url, accepted = URL(sending.url()), b'"error":0'
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=connections),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"access_token": "a token", "Content-Type": "application/json"},
        timeout=aiohttp.ClientTimeout(total=None),
        skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
        auto_decompress=False,
    ) as session:

        async def work() -> None:
            while bodies:
                async with session.post(url, data=bodies.pop(), allow_redirects=False) as answer:
                    assert accepted in await answer.read()

        await asyncio.gather(*(work() for _ in range(connections)))


class Pipe(asyncio.Protocol):
    """One connection: a request, its answer, the next."""

    def __init__(self, requests: list[bytes], done: asyncio.Event):
        self.requests, self.done, self.seen = requests, done, b""

    def connection_made(self, transport) -> None:
        self.transport = transport
        self.next()

    def next(self) -> None:
        if self.requests:
            self.transport.write(self.requests.pop())
        else:
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        self.seen += data
        head, found, answer = self.seen.partition(b"\r\n\r\n")
        if found and len(answer) >= int(head.rpartition(b":")[2]):
            assert b'"error":0' in answer
            self.seen = b""
            self.next()

    def connection_lost(self, _error) -> None:
        self.done.set()


async def by_sockets(bodies: list[bytes], connections: int) -> None:
    place = urlsplit(sending.url())
    head = f"POST {place.path} HTTP/1.1\r\nHost: {place.netloc}\r\naccess_token: a token\r\n"
    head += "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    requests = [(head % len(one)).encode() + one for one in bodies]
    ends = [asyncio.Event() for _ in range(connections)]
    loop = asyncio.get_running_loop()
    for end in ends:
        await loop.create_connection(lambda end=end: Pipe(requests, end), place.hostname, place.port)
    await asyncio.gather(*(end.wait() for end in ends))


def main() -> None:
    way, count, connections = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    rows = sending.waiting(count)
    bodies = [sending.as_bytes(uid, text) for _, _, uid, text in rows]
    uvloop.run({"aiohttp": by_aiohttp, "sockets": by_sockets}[way](bodies, connections))


if __name__ == "__main__":
    main()
