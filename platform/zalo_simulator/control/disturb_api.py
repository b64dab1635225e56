from dataclasses import asdict

from aiohttp import web

from .. import magic
from ..errors import MESSAGES
from ..faults import KINDS
from ..refusal import Refusal
from ..services import Services
from ..webhooks import mischief
from .fields import Field, read_body


class DisturbApi:
    """/sim/api/faults and /sim/api/webhook-faults: what goes wrong, how often, for whom."""

    def __init__(self, services: Services):
        self._services = services

    def add_routes(self, app: web.Application) -> None:
        add = app.router.add_route
        for base, put, show, clear, clear_one in (
            ("faults", self.put, self.show, self.clear, self.clear_one),
            (
                "webhook-faults",
                self.put_webhook,
                self.show_webhook,
                self.clear_webhook,
                self.clear_webhook_one,
            ),
        ):
            add("POST", f"/{base}", put)
            add("GET", f"/{base}", show)
            add("DELETE", f"/{base}", clear)
            add("DELETE", f"/{base}/{{fault}}", clear_one)
        add("GET", "/magic", self.magic)

    async def put(self, request: web.Request) -> web.Response:
        given = await read_body(
            request,
            kind=Field(required=True, choices=tuple(KINDS)),
            path=Field(longest=200),
            oa_id=Field(longest=40),
            count=Field(int, smallest=1),
            latency_ms=Field(int, smallest=0),
            code=Field(int),
            message=Field(longest=500),
        )
        if given["kind"] == "latency" and not given.get("latency_ms"):
            raise Refusal("Lỗi latency cần latency_ms lớn hơn 0.")
        if given["kind"] == "error" and not given.get("code"):
            raise Refusal("Lỗi error cần code khác 0, ví dụ -216.")
        if given["kind"] == "error" and not given.get("message"):
            given["message"] = MESSAGES.get(given["code"], "")
        fault = self._services.faults.add(**given)
        return web.json_response({"fault_id": fault.fault_id})

    async def show(self, request: web.Request) -> web.Response:
        active = [asdict(fault) for fault in self._services.faults.active.values()]
        return web.json_response({"faults": active, "kinds": KINDS})

    async def clear(self, request: web.Request) -> web.Response:
        self._services.faults.clear()
        return web.json_response({"ok": True})

    async def clear_one(self, request: web.Request) -> web.Response:
        if self._services.faults.active.pop(request.match_info["fault"], None) is None:
            raise Refusal("Lỗi này đã hết hoặc đã tắt.", 404)
        return web.json_response({"ok": True})

    async def put_webhook(self, request: web.Request) -> web.Response:
        given = await read_body(
            request,
            kind=Field(required=True, choices=tuple(mischief.KINDS)),
            event=Field(longest=100),
            oa_id=Field(longest=40),
            count=Field(int, smallest=1),
        )
        fault = self._services.webhooks.faults.add(
            given["kind"], given.get("event", ""), given.get("oa_id", ""), given.get("count")
        )
        return web.json_response({"fault_id": fault.fault_id})

    async def show_webhook(self, request: web.Request) -> web.Response:
        active = [asdict(fault) for fault in self._services.webhooks.faults.faults.values()]
        return web.json_response({"faults": active, "kinds": mischief.KINDS})

    async def clear_webhook(self, request: web.Request) -> web.Response:
        self._services.webhooks.faults.faults.clear()
        return web.json_response({"ok": True})

    async def clear_webhook_one(self, request: web.Request) -> web.Response:
        if self._services.webhooks.faults.faults.pop(request.match_info["fault"], None) is None:
            raise Refusal("Lỗi này đã hết hoặc đã tắt.", 404)
        return web.json_response({"ok": True})

    async def magic(self, request: web.Request) -> web.Response:
        return web.json_response({"numbers": magic.catalogue()})
