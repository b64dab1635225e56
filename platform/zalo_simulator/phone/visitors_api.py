from aiohttp import web

from ..control.fields import Field, read_body
from ..openapi.visitors import KINDS
from ..refusal import Refusal
from ..services import Services
from ..webhooks import events
from ..world.clock import wall_ms
from ..world.ids import new_message_id
from ..world.records import Message
from ..world.rooms import Visitor
from .enclosures import FIELDS, Enclosures
from .waiting import stream_to


class VisitorsApi:
    """/sim/api/visitors: people who write from the chat widget of a web page, without Zalo."""

    def __init__(self, services: Services):
        self._services, self._world = services, services.world

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/visitors", self.list_all)
        app.router.add_post("/visitors", self.arrive)
        app.router.add_get("/visitors/{visitor}", self.show)
        app.router.add_get("/visitors/{visitor}/stream", self.stream)
        app.router.add_post("/visitors/{visitor}/{act}", self.act)

    async def list_all(self, request: web.Request) -> web.Response:
        oa_id = request.query.get("oa", "")
        rows = [self._view(v) for v in self._world.visitors.values() if oa_id in ("", v.oa_id)]
        return web.json_response({"visitors": rows})

    async def arrive(self, request: web.Request) -> web.Response:
        given = await read_body(request, oa_id=Field(required=True), name=Field(longest=100))
        if given["oa_id"] not in self._world.accounts:
            raise Refusal("Không có Official Account này. Tạo bằng POST /sim/api/oas.", 404)
        now = self._world.clock.now_ms()
        name = given.get("name") or "Khách"
        visitor = Visitor(new_message_id() + "anon", new_message_id() + "conv", given["oa_id"], name, now)
        self._world.visitors[visitor.anonymous_id] = visitor
        self._world.touch()
        return web.json_response(self._view(visitor))

    async def show(self, request: web.Request) -> web.Response:
        visitor = self._visitor(request)
        visitor.unread = 0
        messages = [message.view() for message in visitor.messages]
        return web.json_response(self._view(visitor) | {"messages": messages})

    async def stream(self, request: web.Request) -> web.StreamResponse:
        return await stream_to(request, self._services, self._visitor(request).page)

    async def act(self, request: web.Request) -> web.Response:
        visitor, kind = self._visitor(request), request.match_info["act"]
        if kind not in KINDS:
            raise Refusal(f"Khách chỉ gửi được: {', '.join(KINDS)}.", 404)
        content: dict = {}
        if kind == "text":
            text = (await read_body(request, text=Field(required=True, longest=2_000)))["text"]
        else:
            given = await read_body(request, **FIELDS)
            parts = Enclosures(self._world, visitor.oa_id, f"{request.scheme}://{request.host}/cdn")
            payload = parts.make(kind, given, None)
            text = given.get("text", "")
            content = payload | {"attachments": [{"type": kind, "payload": payload}]}
        now = self._world.clock.now_ms()
        visitor.last_interaction_ms = now
        message = Message(
            new_message_id(), "user", kind, text, now, received_at_ms=wall_ms(), seen=True, content=content
        )
        visitor.keep(message)
        self._world.touch()
        self._services.hub.tell_page(visitor.page, "message", {"message": message.view()})
        body = events.visitor_message(visitor, message)
        self._services.webhooks.emit(visitor.oa_id, visitor.page, f"anonymous_send_{kind}", body)
        return web.json_response({"message_id": message.message_id})

    def _visitor(self, request: web.Request) -> Visitor:
        visitor = self._world.visitors.get(request.match_info["visitor"])
        if visitor is None:
            raise Refusal("Không có khách này. Mở lại trang nhúng để bắt đầu cuộc trò chuyện mới.", 404)
        return visitor

    def _view(self, visitor: Visitor) -> dict:
        account = self._world.accounts[visitor.oa_id]
        return {
            "anonymous_id": visitor.anonymous_id,
            "conversation_id": visitor.conversation_id,
            "oa_id": visitor.oa_id,
            "oa_name": account.name,
            "name": visitor.name,
            "unread": visitor.unread,
        }
