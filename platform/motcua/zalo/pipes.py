"""Kept-alive HTTP/1.1 connections for one kind of request: a POST of JSON with a short answer.

Sending messages is nothing else, and a general client spends most of its processor time on what this needs
not: a fifth of the cost a message (docs/decisions/0011-one-drain-for-all-lanes.md). The parser is llhttp.
"""

import asyncio
import socket
import ssl
import struct
import time
from collections import defaultdict
from urllib.parse import urlsplit

import httptools

from .errors import ZaloUnavailable, ZaloUncertain
from .transport import LONGEST_ANSWER, LONGEST_CONNECT_S, RawAnswer

_LOOK_EVERY_S = 0.25
# Closing drops what the other side has not confirmed. Else the kernel goes on sending a request that was given up
# for a quarter of an hour: behind a cut cable it would arrive once the message has long been sent again.
FORGET = struct.pack("ii", 1, 0)
_TOLD = (b"x-ratelimit-limit", b"x-ratelimit-remain")


class Pipes:
    """Connections to any number of hosts, each used by one request at a time; as many as are asked for at once.

    Use it on one loop only. `idle_s`: a connection unused for longer is closed, not written on: the other
    side may be about to close it.
    """

    def __init__(self, *, idle_s: float = 15.0):
        self._idle_s = idle_s
        self._free: dict[tuple, list[Pipe]] = defaultdict(list)
        self._all: set[Pipe] = set()
        self._looking: asyncio.Task | None = None
        self._tls: ssl.SSLContext | None = None

    async def post(self, url: str, headers: dict[str, str], body: bytes, *, timeout_s: float) -> RawAnswer:
        """Ask once. `headers` must be fit for a header line; `url` without a query of ours in it.

        Raises ZaloUnavailable when the request never left, ZaloUncertain when it left and no whole answer
        came within `timeout_s`.
        """
        where, target, host = _parts(url)
        pipe = self._idle_pipe(where) or await self._open(where, min(timeout_s, LONGEST_CONNECT_S))
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        head = f"POST {target} HTTP/1.1\r\nHost: {host}\r\n{lines}Content-Length: {len(body)}\r\n\r\n"
        try:
            answer = await pipe.ask(head.encode("latin-1") + body, timeout_s)
        except BaseException:
            pipe.close()
            raise
        if pipe.stays_open:
            self._free[where].append(pipe)
        else:
            pipe.close()
        return answer

    async def close(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
        for pipe in list(self._all):
            pipe.close()
        await asyncio.sleep(0)

    def _idle_pipe(self, where: tuple) -> "Pipe | None":
        free = self._free[where]
        while free:
            pipe = free.pop()
            if pipe.is_open and time.monotonic() - pipe.used_at < self._idle_s:
                return pipe
            pipe.close()
        return None

    async def _open(self, where: tuple, timeout_s: float) -> "Pipe":
        scheme, host, port = where
        secure = {}
        if scheme == "https":
            self._tls = self._tls or ssl.create_default_context()
            secure = {"ssl": self._tls, "server_hostname": host}
        if self._looking is None:
            self._looking = asyncio.create_task(self._watch())
        try:
            async with asyncio.timeout(timeout_s):
                _, pipe = await asyncio.get_running_loop().create_connection(Pipe, host, port, **secure)
        # `from None`: the errors of the library show the address.
        except (OSError, TimeoutError) as error:
            raise ZaloUnavailable(details={"cause": type(error).__name__}) from None
        self._all.add(pipe)
        pipe.gone = self._all.discard
        return pipe

    async def _watch(self) -> None:
        """One timer for all of them instead of one a request."""
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            moment = time.monotonic()
            for pipe in list(self._all):
                pipe.look(moment, self._idle_s)


class Pipe(asyncio.Protocol):
    """One connection with at most one request on it."""

    def __init__(self):
        self.is_open = self.stays_open = True
        self.used_at = time.monotonic()
        self.gone = lambda pipe: None
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future | None = None
        self._deadline = 0.0
        self._begin()

    def connection_made(self, transport) -> None:
        self._transport = transport
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, FORGET)

    def connection_lost(self, error: Exception | None) -> None:
        self.is_open = False
        self.gone(self)
        self._fail(type(error).__name__ if error else "ConnectionClosed")

    def data_received(self, data: bytes) -> None:
        if self._answer is None:  # nobody asked: whatever this is, it answers nothing of ours
            self.close()
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(type(error).__name__)
            self.close()

    def on_message_begin(self) -> None:
        if self._answer is None:  # more than one answer to one request: the next must not be taken from here
            self.close()

    def on_header(self, name: bytes, value: bytes) -> None:
        if name[:1] in b"xX" and name.lower() in _TOLD:
            self._told[name.lower()] = value.decode("latin-1")

    def on_body(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > LONGEST_ANSWER:
            self._fail("AnswerTooLong")
            self.close()
        else:
            self._body.append(part)

    def on_message_complete(self) -> None:
        answer, parser = self._answer, self._parser
        if answer is None or answer.done():
            return
        status = parser.get_status_code()
        if status < 200:  # 100 Continue and the like: the answer itself is still to come
            return
        self.stays_open = self.stays_open and parser.should_keep_alive()
        self.used_at = time.monotonic()
        limit, remain = (self._told.get(name) for name in _TOLD)
        self._answer = None
        answer.set_result(RawAnswer(status, b"".join(self._body), limit, remain))
        self._begin()

    def ask(self, request: bytes, timeout_s: float) -> asyncio.Future:
        """Write it at once; the answer as a future."""
        if not self.is_open:
            raise ZaloUnavailable(details={"cause": "ConnectionClosed"})
        self._answer = asyncio.get_running_loop().create_future()
        self._deadline = time.monotonic() + timeout_s
        self._transport.write(request)
        return self._answer

    def look(self, moment: float, idle_s: float) -> None:
        """Give up an answer that is overdue, and a connection nobody has used for long."""
        if self._answer is not None and moment > self._deadline:
            self._fail("TimeoutError")
            self.close()
        elif self._answer is None and moment - self.used_at > idle_s:
            self.close()

    def close(self) -> None:
        self.is_open = False
        self.gone(self)
        self._fail("ConnectionClosed")
        if self._transport is not None:
            self._transport.abort()

    def _begin(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._told: dict[bytes, str] = {}
        self._body: list[bytes] = []
        self._size = 0

    def _fail(self, cause: str) -> None:
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_exception(ZaloUncertain(details={"cause": cause}))


def _parts(url: str, _known: dict = {}) -> tuple[tuple, str, str]:  # noqa: B006 - a memory of the few addresses
    found = _known.get(url)
    if found is None:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = _known[url] = ((parts.scheme, parts.hostname, port), parts.path or "/", parts.netloc)
    return found
