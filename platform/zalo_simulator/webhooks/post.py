"""Posting over kept-alive connections, with no more HTTP than a webhook needs.

aiohttp's client takes most of a core at 4 000 webhooks a second, which a benchmark of 2 000 sends causes;
this takes about half of that.
"""

import asyncio
import ssl
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

IDLE_CONNECTIONS = 64
MAX_HEAD = 64_000


@dataclass(frozen=True, slots=True)
class Target:
    """Where a webhook URL leads; ValueError when it is no http(s) address."""

    host: str
    port: int
    is_secure: bool
    head: bytes

    @classmethod
    def of(cls, url: str) -> "Target":
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"not an http address: {url}")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if any(ord(character) <= 32 for character in path + parts.netloc):
            raise ValueError(f"not an http address: {url}")
        secure = parts.scheme == "https"
        place = parts.netloc.rsplit("@", 1)[-1].encode("idna" if not parts.netloc.isascii() else "ascii")
        head = b"POST " + path.encode() + b" HTTP/1.1\r\nHost: " + place + b"\r\nUser-Agent: ZaloWebhook\r\n"
        return cls(parts.hostname, parts.port or (443 if secure else 80), secure, head)


target_of = lru_cache(maxsize=256)(Target.of)


class _Connection(asyncio.Protocol):
    """One request at a time; only the status of an answer matters."""

    def __init__(self):
        self._buffer = b""
        self._answer: asyncio.Future | None = None
        self._transport: asyncio.Transport | None = None
        self.is_open = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def send(self, request: bytes) -> asyncio.Future:
        self._buffer = b""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        if self._answer is None:
            self.close()  # nobody asked
            return
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > MAX_HEAD:
                self._fail(ConnectionError("the answer's head is too long"))
            return
        head = self._buffer[:end].lower()
        try:
            status = int(head.split(b" ", 2)[1])
        except (IndexError, ValueError):
            self._fail(ConnectionError("the answer is not HTTP"))
            return
        length = _content_length(head)
        if length is None or b"\r\nconnection: close" in head or not head.startswith(b"http/1.1"):
            self.close()
        elif len(self._buffer) < end + 4 + length:
            return
        self._settle(status)

    def connection_lost(self, error: Exception | None) -> None:
        self.is_open = False
        self._fail(error or ConnectionResetError("the connection was closed without an answer"))

    def close(self) -> None:
        self.is_open = False
        self._transport.abort()

    def _settle(self, status: int) -> None:
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_result(status)

    def _fail(self, error: Exception) -> None:
        answer, self._answer = self._answer, None
        if self.is_open:
            self.close()
        if answer is not None and not answer.done():
            answer.set_exception(error)


def _content_length(head: bytes) -> int | None:
    start = head.find(b"\r\ncontent-length:")
    if start < 0:
        return None
    digits = head[start + 17 :].split(b"\r\n", 1)[0].strip()
    return int(digits) if digits.isdigit() else None


class Poster:
    """Posts and answers the HTTP status. Raises OSError, TimeoutError, ValueError (impossible address)."""

    def __init__(self):
        self._idle: dict[tuple, list[_Connection]] = {}
        self._context: ssl.SSLContext | None = None

    async def post(self, url: str, body: bytes, headers: dict[str, str], timeout_s: float) -> int:
        target = target_of(url)
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()
        request = b"%b%bContent-Length: %d\r\n\r\n%b" % (target.head, lines, len(body), body)
        key = (target.host, target.port, target.is_secure)
        async with asyncio.timeout(timeout_s):
            connection = self._take_idle(key)
            try:
                if connection is None:
                    raise ConnectionResetError
                status = await self._send(connection, request)
            except ConnectionError:
                # None was idle, or the receiver closed it just as we wrote: neither is its failure.
                connection = await self._connect(target)
                status = await self._send(connection, request)
        if connection.is_open:
            idle = self._idle.setdefault(key, [])
            if len(idle) < IDLE_CONNECTIONS:
                idle.append(connection)
            else:
                connection.close()
        return status

    async def _send(self, connection: _Connection, request: bytes) -> int:
        try:
            return await connection.send(request)
        except BaseException:
            connection.close()
            raise

    def _take_idle(self, key: tuple) -> _Connection | None:
        idle = self._idle.get(key, [])
        while idle:
            connection = idle.pop()
            if connection.is_open:
                return connection
        return None

    async def _connect(self, target: Target) -> _Connection:
        if target.is_secure and self._context is None:
            self._context = ssl.create_default_context()
        _, connection = await asyncio.get_running_loop().create_connection(
            _Connection, target.host, target.port, ssl=self._context if target.is_secure else None
        )
        return connection

    def close(self) -> None:
        for connections in self._idle.values():
            for connection in connections:
                connection.close()
        self._idle.clear()
