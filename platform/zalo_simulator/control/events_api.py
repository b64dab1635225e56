from aiohttp import web

from ..refusal import Refusal
from ..services import Services
from ..webhooks.catalogue import EVENTS, Sample, wire_name
from ..world.records import Citizen
from .fields import Field, read_body

NOBODY = Citizen("nobody", "Nguyễn Văn A", "84912345678")


class EventsApi:
    """/sim/api/events: send any event of the catalogue to the apps an account has granted, and probe a webhook."""

    def __init__(self, services: Services):
        self._services, self._world = services, services.world

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/events", self.catalogue)
        app.router.add_post("/events", self.send)
        app.router.add_post("/apps/{app}/probe", self.probe)

    async def catalogue(self, request: web.Request) -> web.Response:
        return web.json_response({"events": {name: event.means for name, event in EVENTS.items()}})

    async def send(self, request: web.Request) -> web.Response:
        """`fields` are laid over the body that is made for the event."""
        given = await read_body(
            request,
            event=Field(required=True, choices=tuple(EVENTS)),
            oa_id=Field(required=True),
            citizen_id=Field(),
            fields=Field(dict),
        )
        oa_id = given["oa_id"]
        if oa_id not in self._world.accounts:
            raise Refusal("Không có Official Account này. Tạo bằng POST /sim/api/oas.", 404)
        citizen = self._world.citizens.get(given.get("citizen_id", ""))
        if citizen is None and given.get("citizen_id"):
            raise Refusal("Không có công dân này. Tạo bằng POST /sim/api/citizens.", 404)
        citizen = citizen or next(iter(self._world.citizens.values()), NOBODY)
        event = EVENTS[given["event"]]
        chat = self._world.chat_between(oa_id, citizen.citizen_id)
        cdn = f"{request.scheme}://{request.host}/cdn"
        body = event.body(Sample(chat, citizen, self._world.clock.now_ms(), cdn)) | given.get("fields", {})
        sent = self._services.webhooks.emit(
            oa_id,
            citizen.citizen_id,
            wire_name(given["event"]),
            body,
            names_user=event.names_user,
            server=event.server,
        )
        if not sent:
            raise Refusal(
                "Không ứng dụng nào có webhook được OA này cấp quyền. Cấp quyền và đặt webhook trước."
            )
        return web.json_response({"sent_to": sent, "body": body})

    async def probe(self, request: web.Request) -> web.Response:
        """The unsigned `{}` once more; answers what came back."""
        await read_body(request)
        app = self._world.apps.get(request.match_info["app"])
        if app is None or not app.webhook_url:
            raise Refusal("Ứng dụng này chưa có webhook. Đặt webhook_url bằng POST /sim/api/apps.", 404)
        await self._services.webhooks.probe(app)
        return web.json_response({"outcome": app.webhook_probe})
