import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from .business.journeys import watch as watch_journey
from .calls import watch as watch_consent
from .control.disturb_api import DisturbApi
from .control.events_api import EventsApi
from .control.groups_api import GroupsApi
from .control.setup_api import SetupApi
from .control.templates_api import TemplatesApi
from .control.watch_api import WatchApi
from .phone.api import CitizensApi
from .phone.cdn import Cdn
from .phone.groups_api import GroupPhoneApi
from .phone.visitors_api import VisitorsApi
from .phone.waiting import WaitingApi
from .refusal import Refusal
from .routes import add_zalo_routes
from .services import Services
from .world.state_file import StateFile
from .world.world import World

_HERE = Path(__file__).parent
_MAX_REQUEST = 54 * 1_048_576
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' http: https:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
_CONTROL = (SetupApi, TemplatesApi, GroupsApi, EventsApi, DisturbApi, WatchApi)
_PHONES = (CitizensApi, GroupPhoneApi, VisitorsApi, WaitingApi)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
SERVICES = web.AppKey("services", Services)


def create_app(state_path: Path | None = None) -> web.Application:
    """The whole simulator. ValueError when the state file exists but cannot be read."""
    services = Services.for_world(World())
    app = web.Application(client_max_size=_MAX_REQUEST)
    app[SERVICES] = services
    add_zalo_routes(app, services)
    control = web.Application(middlewares=[_refusals], client_max_size=_MAX_REQUEST)
    for part in (*_CONTROL, *_PHONES):
        part(services).add_routes(control)
    app.add_subapp("/sim/api", control)
    Cdn(services).add_routes(app)
    for path, page in (("/", "phone.html"), ("/control", "control.html"), ("/widget", "widget.html")):
        app.router.add_get(path, _page(page))
    app.router.add_static("/static", _HERE / "static")

    state = StateFile(state_path, services.world) if state_path else None
    if state is not None:
        state.load()

    async def run(_app: web.Application):
        await services.webhooks.start()
        for journey in services.world.journeys.values():
            watch_journey(services, journey)
        for consent in services.world.consents.values():
            watch_consent(services, consent)
        if state is not None:
            state.start()
        yield
        await services.webhooks.stop()
        if state is not None:
            await state.stop()

    async def let_go(_app: web.Application) -> None:
        services.world.closing.set()

    app.cleanup_ctx.append(run)
    app.on_shutdown.append(let_go)
    return app


@web.middleware
async def _refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refusals become JSON; a page of another site may not operate the simulator."""
    origin = request.headers.get("Origin")
    if request.method not in ("GET", "HEAD") and origin and origin.split("//")[-1] != request.host:
        return web.json_response(
            {"error": "Trang của nơi khác không được điều khiển bộ giả lập."}, status=403
        )
    try:
        return await handler(request)
    except Refusal as refusal:
        return web.json_response({"error": refusal.message}, status=refusal.status)
    except web.HTTPNotFound:
        return web.json_response({"error": "Không có địa chỉ này dưới /sim/api."}, status=404)
    except web.HTTPMethodNotAllowed as error:
        allowed = ", ".join(sorted(error.allowed_methods))
        return web.json_response({"error": f"Địa chỉ này chỉ nhận: {allowed}."}, status=405)


def _page(name: str) -> Handler:
    async def show(_request: web.Request) -> web.Response:
        text = await asyncio.to_thread((_HERE / "pages" / name).read_text, "utf-8")
        return web.Response(text=text, content_type="text/html", headers=_PAGE_HEADERS)

    return show
