"""The webhook for a server with an event loop (ASGI): no thread is woken for an event.

It serves the whole application, webhooks well and everything else one request at a time: for a process of its
own beside those that serve pages. What the short way does not take goes to Flask, as in `webhook.ShortWay`.
"""

from collections.abc import Awaitable, Callable

from asgiref.wsgi import WsgiToAsgi
from flask import Flask

from . import intake
from .storing import Busy, Gathering
from .webhook import ANSWERS, HEADERS, MOST_BYTES, PATH, TOO_BUSY

MOST_WITH_FLASK = 64  # they wait for one another; who comes on top of these is told to come again

Receive, Send = Callable[[], Awaitable[dict]], Callable[[dict], Awaitable[None]]


def _parts(status: str, content: bytes) -> tuple[dict, dict]:
    headers = [(name.lower().encode(), value.encode()) for name, value in HEADERS]
    headers.append((b"content-length", str(len(content)).encode()))
    start = {"type": "http.response.start", "status": int(status[:3]), "headers": headers}
    return start, {"type": "http.response.body", "body": content}


_ANSWERS = {result: _parts(*answer) for result, answer in ANSWERS.items()}
_TOO_BUSY = _parts(*TOO_BUSY)


class Reception:
    """The ASGI application around `app`."""

    def __init__(self, app: Flask):
        self._gathering = Gathering(app.config["SETTINGS"].database_urls["app"])
        self._flask, self._with_flask = WsgiToAsgi(app), 0

    async def __call__(self, scope: dict, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            raw = await _body(receive)
            answer = None
            if raw and scope["path"] == PATH and scope["method"] == "POST":
                answer = await self._short_way(scope, raw)
            if answer is None:
                await self._ask_flask(scope, raw, send)
            else:
                start, body = answer
                await send(start)
                await send(body)

    async def _short_way(self, scope: dict, raw: bytes) -> tuple[dict, dict] | None:
        """None where Flask has to decide."""
        mac = stamp = None
        for name, value in scope["headers"]:
            if name == b"x-zevent-signature":
                mac = value.decode("latin-1")
            elif name == b"x-zevent-timestamp":
                stamp = value.decode("latin-1")
        slip = intake.check(raw, mac, stamp)
        if slip is None:
            return None
        try:
            return _ANSWERS.get(await self._gathering.store(slip))
        except Busy:
            return _TOO_BUSY

    async def _ask_flask(self, scope: dict, raw: bytes | None, send: Send) -> None:
        if self._with_flask >= MOST_WITH_FLASK:
            for part in _TOO_BUSY:
                await send(part)
            return
        self._with_flask += 1
        try:
            await self._flask(_of_known_length(scope, raw), _again(raw), send)
        finally:
            self._with_flask -= 1

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._gathering.close()
        await send({"type": "lifespan.shutdown.complete"})


async def _body(receive: Receive) -> bytes | None:
    """None for more than is read, and for what nobody has sent to its end."""
    read, size = [], 0
    while True:
        part = await receive()
        if part["type"] != "http.request":
            return None
        read.append(part.get("body", b""))
        size += len(read[-1])
        if size > MOST_BYTES:
            return None
        if not part.get("more_body"):
            return b"".join(read)


def _of_known_length(scope: dict, raw: bytes | None) -> dict:
    """A body that came in chunks has no length that WSGI could read it by; one not read keeps what it stated."""
    if raw is None:
        return scope
    headers = [(name, value) for name, value in scope["headers"] if name != b"content-length"]
    return scope | {"headers": [*headers, (b"content-length", str(len(raw)).encode())]}


def _again(raw: bytes | None) -> Receive:
    """What was read already, for whoever reads after us."""

    async def receive() -> dict:
        return {"type": "http.request", "body": raw or b"", "more_body": False}

    return receive
