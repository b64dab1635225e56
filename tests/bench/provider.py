"""A fake Zalo that only accepts: as fast as one core allows, after a fixed latency, counting per recipient.

`Provider()` starts it in a process of its own. It answers every POST as message/cs does, with a message id of
its own, and tells over `GET /counts` who got how many and when the first one came. The simulator knows Zalo's
rules; this one only has to be faster than whatever is measured against it.
"""

import argparse
import asyncio
import http.client
import json
import re
import subprocess
import sys
import time
from collections import deque
from pathlib import Path

import uvloop

LATENCY_MS = 5.0
TICK_S = 0.001
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
_RECIPIENT = re.compile(rb'"(?:user_id|phone)": ?"([^"]+)"')
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
_ACCEPTED = (
    b'{"data":{"message_id":"%b","user_id":"%b","sent_time":"%d","quota":{"quota_type":"sub_quota",'
    b'"remain":"1000000","total":"1000000"}},"error":0,"message":"Success"}'
)


class Counter:
    """What arrived: recipient -> [how many, seconds since the epoch of the first and of the last]."""

    def __init__(self, latency_s: float):
        self.latency_s = latency_s
        self.run = format(time.time_ns(), "x").encode()
        self.forget()

    def forget(self) -> None:
        self.total = 0
        self.arrived: dict[bytes, list] = {}

    def accept(self, body: bytes) -> bytes:
        found = _RECIPIENT.search(body)
        recipient = found.group(1) if found else b"?"
        moment = time.time()
        self.total += 1
        kept = self.arrived.get(recipient)
        if kept is None:
            self.arrived[recipient] = [1, moment, moment]
        else:
            kept[0] += 1
            kept[2] = moment
        message_id = b"%b-%d" % (self.run, self.total)
        answer = _ACCEPTED % (message_id, recipient, int(moment * 1000))
        return _HEAD % (len(answer), answer)

    def control(self, method: bytes, path: bytes) -> bytes:
        """`GET /total`, `GET /counts`, `POST /reset?latency_ms=50`."""
        if path.startswith(b"/reset"):
            self.forget()
            _, _, given = path.partition(b"latency_ms=")
            self.latency_s = float(given) / 1000 if given else self.latency_s
        figures: dict = {"total": self.total, "latency_ms": self.latency_s * 1000}
        if path == b"/counts":
            figures["arrived"] = {name.decode(): kept for name, kept in self.arrived.items()}
        answer = json.dumps(figures).encode()
        return _HEAD % (len(answer), answer)


class Delay:
    """Answers go out after the latency, up to TICK_S later: one timer for all that are due together.

    The latency changes only between runs, when nothing is on its way: who came first is due first.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, counter: Counter):
        self.loop, self.counter = loop, counter
        self.waiting: deque[tuple[float, asyncio.Transport, bytes]] = deque()

    def answer(self, transport: asyncio.Transport, answer: bytes) -> None:
        due = self.loop.time() + self.counter.latency_s
        if not self.waiting:
            self.loop.call_at(due, self._let_go)
        self.waiting.append((due, transport, answer))

    def _let_go(self) -> None:
        moment = self.loop.time() + TICK_S / 2
        while self.waiting and self.waiting[0][0] <= moment:
            _, transport, answer = self.waiting.popleft()
            if not transport.is_closing():
                transport.write(answer)
        if self.waiting:
            self.loop.call_at(max(self.waiting[0][0], moment + TICK_S / 2), self._let_go)


class Door(asyncio.Protocol):
    """One kept-alive connection; requests that come at once are answered in their order."""

    def __init__(self, counter: Counter, delay: Delay):
        self.counter, self.delay = counter, delay
        self.pending = b""

    def connection_made(self, transport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.pending += data
        while (end := self.pending.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self.pending, 0, end)
            stop = end + 4 + (int(length.group(1)) if length else 0)
            if len(self.pending) < stop:
                return
            method, path, _ = self.pending.split(b" ", 2)
            body, self.pending = self.pending[end + 4 : stop], self.pending[stop:]
            if path.startswith((b"/total", b"/counts", b"/reset")):
                self.transport.write(self.counter.control(method, path))
            else:
                self.delay.answer(self.transport, self.counter.accept(body))


async def serve(port: int, latency_ms: float) -> None:
    loop, counter = asyncio.get_running_loop(), Counter(latency_ms / 1000)
    delay = Delay(loop, counter)
    server = await loop.create_server(lambda: Door(counter, delay), "127.0.0.1", port, backlog=4096)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


class Provider:
    """The same in a process of its own; `stop` it. `latency_ms` may change at `reset`."""

    def __init__(self, latency_ms: float = LATENCY_MS, port: int = 0):
        argv = [sys.executable, str(Path(__file__).resolve()), str(port), "--latency-ms", str(latency_ms)]
        self.process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        self.base_url = f"http://127.0.0.1:{self.port}"

    def total(self) -> int:
        """How many messages arrived since the last reset."""
        return self._ask("GET", "/total")["total"]

    def arrived(self) -> dict[str, list]:
        """Recipient -> [how many, when the first arrived, when the last did] in seconds since the epoch."""
        return self._ask("GET", "/counts")["arrived"]

    def reset(self, latency_ms: float | None = None) -> None:
        self._ask("POST", "/reset" + ("" if latency_ms is None else f"?latency_ms={latency_ms}"))

    def cpu_s(self) -> float:
        """Processor time it has used itself, so that it can be told from what is measured."""
        parts = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(parts[11]) + int(parts[12])) / 100

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()

    def _ask(self, method: str, path: str) -> dict:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int, nargs="?", default=0)
    parser.add_argument("--latency-ms", type=float, default=LATENCY_MS)
    given = parser.parse_args()
    uvloop.run(serve(given.port, given.latency_ms))


if __name__ == "__main__":
    main()
