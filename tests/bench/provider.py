"""A fake Zalo that only accepts: as fast as one core allows, after a fixed latency, counting per recipient.

`Provider()` starts it in a process of its own. It answers every POST as message/cs does, with a message id of
its own, and tells over `GET /counts` who got how many and when the first one came. The simulator knows Zalo's
rules; this one only has to be faster than whatever is measured against it, and to leave it the processor.
"""

import argparse
import contextlib
import http.client
import json
import re
import select
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

LATENCY_MS = 5.0
TICK_S = 0.001
_READ = 65536
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
        """`GET /total` (`?at=20000`: not before so many have come), `GET /counts`, `POST /reset?latency_ms=50`."""
        if path.startswith(b"/reset"):
            self.forget()
            _, _, given = path.partition(b"latency_ms=")
            self.latency_s = float(given) / 1000 if given else self.latency_s
        figures: dict = {"total": self.total, "latency_ms": self.latency_s * 1000}
        if path == b"/counts":
            figures["arrived"] = {name.decode(): kept for name, kept in self.arrived.items()}
        answer = json.dumps(figures).encode()
        return _HEAD % (len(answer), answer)


class Door:
    """One kept-alive connection: requests that come at once are answered in their order."""

    def __init__(self, connection: socket.socket):
        self.connection = connection
        self.pending = b""

    def requests(self) -> Iterator[tuple[bytes, bytes, bytes]]:
        """Method, path and body of each that is here whole; raises ConnectionError when the other side has gone."""
        data = self.connection.recv(_READ)
        if not data:
            raise ConnectionResetError
        self.pending += data
        while (end := self.pending.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self.pending, 0, end)
            stop = end + 4 + (int(length.group(1)) if length else 0)
            if len(self.pending) < stop:
                return
            method, path, _ = self.pending.split(b" ", 2)
            body, self.pending = self.pending[end + 4 : stop], self.pending[stop:]
            yield method, path, body


class Street:
    """All connections, looked at once a tick: by an event loop of asyncio one answer costs twice the processor,
    which whatever is measured on the same cores would lack.

    An answer goes out at the first tick after its latency. The latency changes only between runs, when nothing is
    on its way: who came first is due first.
    """

    def __init__(self, listening: socket.socket, counter: Counter):
        self.listening, self.counter = listening, counter
        self.listening.setblocking(False)
        self.doors: dict[int, Door] = {}
        self.waiting: deque[tuple[float, Door, bytes]] = deque()
        self.asked: list[tuple[int, Door]] = []  # to be told when so many have come
        self.poll = select.epoll()
        self.poll.register(listening.fileno(), select.EPOLLIN)

    def serve(self) -> NoReturn:
        tick = time.monotonic()
        while True:
            arrived = self.poll.poll(0 if self.waiting else None)
            now = time.monotonic()
            for number, _ in arrived:
                self._look(number, now + self.counter.latency_s)
            self._let_go(now)
            self._tell()
            tick = max(tick + TICK_S, now)
            time.sleep(max(0.0, tick - time.monotonic()))

    def _look(self, number: int, due: float) -> None:
        if number == self.listening.fileno():
            self._open()
            return
        door = self.doors[number]
        try:
            for method, path, body in door.requests():
                if path.startswith(b"/total?at="):
                    self.asked.append((int(path.partition(b"=")[2]), door))
                elif path.startswith((b"/total", b"/counts", b"/reset")):
                    door.connection.sendall(self.counter.control(method, path))
                else:
                    self.waiting.append((due, door, self.counter.accept(body)))
        except ConnectionError:
            self._close(door)

    def _open(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                connection, _ = self.listening.accept()
                connection.setblocking(True)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.doors[connection.fileno()] = Door(connection)
                self.poll.register(connection.fileno(), select.EPOLLIN)

    def _close(self, door: Door) -> None:
        number = door.connection.fileno()
        if number >= 0:
            self.poll.unregister(number)
            del self.doors[number]
            door.connection.close()

    def _let_go(self, now: float) -> None:
        while self.waiting and self.waiting[0][0] <= now:
            _, door, answer = self.waiting.popleft()
            self._write(door, answer)

    def _tell(self) -> None:
        for one in self.asked[:]:
            count, door = one
            if self.counter.total >= count:
                self.asked.remove(one)
                self._write(door, self.counter.control(b"GET", b"/total"))

    def _write(self, door: Door, answer: bytes) -> None:
        if door.connection.fileno() >= 0:
            try:
                door.connection.sendall(answer)
            except ConnectionError:
                self._close(door)


def serve(port: int, latency_ms: float) -> NoReturn:
    listening = socket.create_server(("127.0.0.1", port), backlog=4096)
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    Street(listening, Counter(latency_ms / 1000)).serve()


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

    def wait_for(self, count: int, within_s: float) -> None:
        """Until so many arrived, without asking again and again; raises TimeoutError."""
        self._ask("GET", f"/total?at={count}", within_s)

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

    def _ask(self, method: str, path: str, within_s: float = 30.0) -> dict:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=within_s)
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
    serve(given.port, given.latency_ms)


if __name__ == "__main__":
    main()
