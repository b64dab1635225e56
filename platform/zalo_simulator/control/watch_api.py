from dataclasses import asdict

import aiohttp
from aiohttp import web

from ..journal import KEPT_BYTES, readable
from ..refusal import Refusal
from ..services import Services
from ..webhooks.sender import Delivery
from .fields import query_number, read_body

_NOT_REPLAYED = {"host", "content-length", "connection", "transfer-encoding", "expect"}


class WatchApi:
    """/sim/api/requests, /webhooks and /stats: every byte that passed, and once more if you like."""

    def __init__(self, services: Services):
        self._services = services

    def add_routes(self, app: web.Application) -> None:
        add = app.router.add_route
        add("GET", "/requests", self.requests)
        add("POST", "/requests/{number:\\d+}/replay", self.replay_request)
        add("GET", "/webhooks", self.webhooks)
        add("POST", "/webhooks/{number:\\d+}/replay", self.replay_webhook)
        add("GET", "/stats", self.stats)

    async def requests(self, request: web.Request) -> web.Response:
        """?path= (prefix) &limit= &since= (number); newest first."""
        limit, since = query_number(request, "limit", 50, 2_000), query_number(request, "since", 0, 2**53)
        found = self._services.journal.latest(request.query.get("path", ""), limit, since)
        return web.json_response({"requests": [item.view() for item in found]})

    async def replay_request(self, request: web.Request) -> web.Response:
        """Send the very same request to this simulator again; answers what it answered."""
        await read_body(request)
        exchange = self._services.journal.find(int(request.match_info["number"]))
        if exchange is None:
            raise Refusal("Yêu cầu này không còn trong nhật ký.", 404)
        if exchange.body_size > KEPT_BYTES:
            raise Refusal("Nội dung quá lớn nên chỉ lưu một phần; không thể gửi lại.")
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in exchange.headers
            if name.decode("latin-1").lower() not in _NOT_REPLAYED
        ]
        own_host, own_port = request.transport.get_extra_info("sockname")[:2]
        host = f"[{own_host}]" if ":" in own_host else own_host
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session,
            session.request(
                exchange.method,
                f"http://{host}:{own_port}{exchange.target}",
                data=exchange.body or None,
                headers=headers,
                allow_redirects=False,
            ) as answer,
        ):
            body = await answer.read()
        return web.json_response({"status": answer.status, "answer": readable(body)})

    async def webhooks(self, request: web.Request) -> web.Response:
        """?limit= &since= &event= &oa=; newest first."""
        limit, since = query_number(request, "limit", 50, 2_000), query_number(request, "since", 0, 2**53)
        event, oa_id = request.query.get("event", ""), request.query.get("oa", "")
        found = [
            item
            for item in reversed(self._services.webhooks.journal)
            if item.number > since and event in ("", item.event) and oa_id in ("", item.oa_id)
        ]
        return web.json_response({"webhooks": [_view(item) for item in found[:limit]]})

    async def replay_webhook(self, request: web.Request) -> web.Response:
        await read_body(request)
        delivery = self._services.webhooks.find(int(request.match_info["number"]))
        if delivery is None:
            raise Refusal("Webhook này không còn trong nhật ký.", 404)
        return web.json_response(await self._services.webhooks.replay(delivery))

    async def stats(self, request: web.Request) -> web.Response:
        stats = self._services.world.stats
        stats.webhooks["pending"] = self._services.webhooks.pending
        return web.json_response(stats.as_dict())


def _view(delivery: Delivery) -> dict:
    row = asdict(delivery)
    row["n"] = row.pop("number")
    row["body"] = readable(delivery.body)
    row["kinds"] = sorted(delivery.kinds)
    return row
