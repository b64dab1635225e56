"""Signed webhooks as fast as the other side takes them, from a process of its own: raw sockets, kept alive.

`python -m tests.bench.intake.load PORT COUNT CONNECTIONS FIRST` prints one JSON object: requests a second,
p50, p99 and longest in ms, and how many answers were not 200. All requests are made before the first leaves.
"""

import asyncio
import json
import sys
import time

import uvloop

from motcua.zalo import signature
from tests.factories import APP_ID, OA_IDS, WEBHOOK_SECRET

SLUG = "binh-thuan"
HEAD = (
    "POST /webhooks/zalo HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: application/json\r\n"
    "X-ZEvent-Signature: mac={mac}\r\nContent-Length: {length}\r\n\r\n"
)


def event(number: int) -> tuple[bytes, str]:
    """A citizen's message nobody has sent before, and its signature."""
    timestamp = str(int(time.time() * 1000))
    body = {
        "app_id": APP_ID,
        "event_name": "user_send_text",
        "timestamp": timestamp,
        "sender": {"id": str(7_000_000_000_000_000_000 + number)},
        "recipient": {"id": OA_IDS[SLUG]},
        "message": {"msg_id": f"load-{number:012d}", "text": "hồ sơ của tôi đến đâu rồi"},
    }
    raw = json.dumps(body, ensure_ascii=False).encode()
    return raw, signature.sign(APP_ID, raw, timestamp, WEBHOOK_SECRET)


class Sender(asyncio.Protocol):
    """One connection: a request, its answer, the next; a new one where the server says it closes this."""

    def __init__(self, requests: list[bytes], took: list[float], statuses: list[bytes], port: int):
        self.requests, self.took, self.statuses, self.port = requests, took, statuses, port
        self.may_go_on = True

    async def send_all(self) -> None:
        """Until no request is left, or the server breaks a connection off without a word."""
        loop = asyncio.get_running_loop()
        while self.may_go_on and self.requests:
            self.seen, self.may_go_on, self.end = b"", False, loop.create_future()
            await loop.create_connection(lambda: self, "127.0.0.1", self.port)
            await self.end

    def connection_made(self, transport) -> None:
        self.transport = transport
        self.next()

    def next(self) -> None:
        if not self.requests:
            self.transport.close()
            return
        self.began = time.perf_counter()
        self.transport.write(self.requests.pop())

    def data_received(self, data: bytes) -> None:
        self.seen += data
        head, found, answer = self.seen.partition(b"\r\n\r\n")
        if not found:
            return
        lower = head.lower()
        at = lower.find(b"content-length:")
        length = int(lower[at + 15 :].split(b"\r\n", 1)[0])
        if len(answer) >= length:
            self.took.append(time.perf_counter() - self.began)
            self.statuses.append(head[9:12])
            self.seen = b""
            if b"connection: close" in lower:
                self.may_go_on = True
                self.transport.close()
            else:
                self.next()

    def connection_lost(self, _error) -> None:
        self.end.set_result(None)


async def load(port: int, count: int, connections: int, first: int) -> dict[str, float]:
    requests, took, statuses = [], [], []
    for number in range(first, first + count):
        raw, mac = event(number)
        requests.append(HEAD.format(port=port, mac=mac, length=len(raw)).encode() + raw)
    began = time.perf_counter()
    senders = [Sender(requests, took, statuses, port) for _ in range(connections)]
    await asyncio.gather(*(one.send_all() for one in senders))
    seconds, ordered = time.perf_counter() - began, sorted(took)
    return {
        "per_second": round(len(took) / seconds, 1),
        "p50_ms": round(ordered[len(ordered) // 2] * 1000, 1),
        "p99_ms": round(ordered[int(len(ordered) * 0.99)] * 1000, 1),
        "longest_ms": round(ordered[-1] * 1000, 1),
        "not_200": len(statuses) - statuses.count(b"200") + count - len(took),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(uvloop.run(load(*map(int, sys.argv[1:])))))
