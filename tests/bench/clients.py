"""What delivery is measured against, each in a process of its own: `python -m tests.bench.clients raw URL N`.

raw: sockets and nothing else, the limit. aiohttp: a general client. Both send the same bytes from a list in memory:
no database, no limits, no outcome written. Prints the seconds it took and the processor time.
"""

import asyncio
import json
import resource
import sys
import time
from urllib.parse import urlsplit

import aiohttp
import uvloop

CONNECTIONS = 64
PATH = "/openapi/v3.0/oa/message/cs"
TEXT = (
    "Hồ sơ 000.00.01.H11-241126-0001 đã được tiếp nhận. Ngày hẹn trả kết quả: 28/11/2024 lúc 10 giờ 00 phút."
)


def body(number: int) -> bytes:
    message = {"recipient": {"user_id": f"7{number:018d}"}, "message": {"text": f"{TEXT} {number}"}}
    return json.dumps(message, ensure_ascii=False).encode()


class Raw(asyncio.Protocol):
    def __init__(self, requests: list[bytes], done: asyncio.Future):
        self.requests, self.done, self.pending = requests, done, b""

    def connection_made(self, transport) -> None:
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        if self.requests:
            self.transport.write(self.requests.pop())
        else:
            self.transport.close()
            self.done.set_result(None)

    def data_received(self, data: bytes) -> None:
        self.pending += data
        if b"\r\n\r\n" in self.pending and self.pending.endswith(b"}"):
            json.loads(self.pending.partition(b"\r\n\r\n")[2])
            self.pending = b""
            self.ask()


async def raw(url: str, count: int) -> None:
    host = urlsplit(url).netloc
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: {host}\r\naccess_token: token\r\nContent-Type: application/json\r\n"
    )
    bodies = map(body, range(count))
    requests = [f"{head}Content-Length: {len(one)}\r\n\r\n".encode() + one for one in bodies]
    loop = asyncio.get_running_loop()
    done = [loop.create_future() for _ in range(CONNECTIONS)]
    began()
    for one in done:
        await loop.create_connection(
            lambda one=one: Raw(requests, one), urlsplit(url).hostname, urlsplit(url).port
        )
    await asyncio.gather(*done)


async def with_aiohttp(url: str, count: int) -> None:
    bodies = [body(number) for number in range(count)]
    headers = {"access_token": "token", "Content-Type": "application/json"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS)) as session:

        async def sender() -> None:
            while bodies:
                async with session.post(url + PATH, data=bodies.pop(), headers=headers) as response:
                    json.loads(await response.read())

        began()
        await asyncio.gather(*(sender() for _ in range(CONNECTIONS)))


_began = [0.0, 0.0]


def began() -> None:
    _began[:] = time.perf_counter(), cpu_s()


def cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    kind, url, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    uvloop.run({"raw": raw, "aiohttp": with_aiohttp}[kind](url, count))
    sys.stdout.write(f"{time.perf_counter() - _began[0]} {cpu_s() - _began[1]}\n")


if __name__ == "__main__":
    main()
