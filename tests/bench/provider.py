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
from collections.abc import Callable
from pathlib import Path

import uvloop

LATENCY_MS = 5.0
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


class Door(asyncio.Protocol):
    """One kept-alive connection; requests that come at once are answered in their order."""

    def __init__(self, counter: Counter, later: Callable):
        self.counter, self.later = counter, later
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
                self.later(self.counter.latency_s, self._answer, self.counter.accept(body))

    def _answer(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)


async def serve(port: int, latency_ms: float) -> None:
    loop, counter = asyncio.get_running_loop(), Counter(latency_ms / 1000)
    server = await loop.create_server(lambda: Door(counter, loop.call_later), "127.0.0.1", port, backlog=4096)
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
