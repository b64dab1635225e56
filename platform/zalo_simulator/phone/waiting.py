import asyncio
import json
import time

from aiohttp import web

from ..control.fields import query_number
from ..refusal import Refusal
from ..services import Services

MAX_WAIT_S = 120
HEARTBEAT_S = 15


class WaitingApi:
    """Being told at once: server-sent events for the phone page, a long poll for scripts."""

    def __init__(self, services: Services):
        self._services, self._world = services, services.world

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/citizens/{citizen}/stream", self.stream)
        app.router.add_get("/messages", self.messages)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Events of one phone: message, seen, follow, unfollow, notice, rating, reaction, withdraw, resync."""
        citizen_id = request.match_info["citizen"]
        if citizen_id not in self._world.citizens:
            raise Refusal("Không có công dân này. Tạo bằng POST /sim/api/citizens.", 404)
        return await stream_to(request, self._services, citizen_id)

    async def messages(self, request: web.Request) -> web.Response:
        """GET /sim/api/messages?citizen=&oa=&from=oa|user|&since_ms=&wait_s=

        Messages shown at or after `since_ms` of the real clock; waits up to `wait_s` for the first one.
        """
        since_ms = query_number(request, "since_ms", 0, 2**53)
        until = time.monotonic() + query_number(request, "wait_s", 0, MAX_WAIT_S)
        citizen, oa = request.query.get("citizen", ""), request.query.get("oa", "")
        sender = request.query.get("from", "oa")
        while True:
            found = self._services.hub.messages_since(since_ms, citizen, oa, sender)
            left_s = until - time.monotonic()
            if found or left_s <= 0 or self._world.closing.is_set():
                return web.json_response({"messages": found})
            await self._services.hub.next_message(min(left_s, 1.0))


async def stream_to(request: web.Request, services: Services, name: str) -> web.StreamResponse:
    """Server-sent events of one open page until it goes or the simulator closes."""
    closed = services.world.closing
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    page = services.hub.open(name)
    closing = asyncio.ensure_future(closed.wait())
    try:
        await response.write(b"retry: 1000\nevent: ready\ndata: {}\n\n")
        while not closed.is_set():
            chunk = await _next_chunk(page, closing)
            await response.write(chunk)
    except ConnectionError:
        pass  # the page was closed
    finally:
        closing.cancel()
        services.hub.close(name, page)
    return response


async def _next_chunk(page: asyncio.Queue, closing: asyncio.Future) -> bytes:
    """Everything that is ready; a comment when nothing happened for a while."""
    getting = asyncio.ensure_future(page.get())
    await asyncio.wait({getting, closing}, timeout=HEARTBEAT_S, return_when=asyncio.FIRST_COMPLETED)
    if not getting.done():
        getting.cancel()
        return b": still here\n\n"
    items = [getting.result()]
    while not page.empty():
        items.append(page.get_nowait())
    return b"".join(
        f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode() for event, data in items
    )
