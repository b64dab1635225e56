from typing import Any

from aiohttp import web

from ..errors import ZaloError
from ..oauth.social import open_session
from ..openapi.buttons import read_buttons
from ..refusal import Refusal
from ..services import Services
from ..webhooks import events
from ..world.clock import wall_ms
from ..world.ids import new_number, new_secret
from ..world.records import App, OfficialAccount
from ..world.settings import CHOICES
from .fields import Field, read_body

_APP_FIELDS = {
    "app_id": Field(longest=40),
    "app_secret": Field(longest=200),
    "oa_secret_key": Field(longest=200),
    "name": Field(longest=100),
    "webhook_url": Field(longest=2_000),
    "webhook_enabled": Field(bool),
    "redirect_uris": Field(list),
    "fixed_code_challenge": Field(longest=200),
    "requires_proof": Field(bool),
    "status": Field(choices=("active", "inactive", "disabled")),
    "refused_apis": Field(list),
    "admin_phones": Field(list),
}
_ACCOUNT_FIELDS = {
    "oa_id": Field(longest=40),
    "name": Field(longest=200),
    "description": Field(longest=2_000),
    "color": Field(longest=20),
    "avatar_url": Field(longest=2_000),
    "menu": Field(list),
    "is_verified": Field(bool),
    "package": Field(longest=40),
    "status": Field(choices=("active", "disabled")),
    "oa_secret_key": Field(longest=200),
    "zbs_linked": Field(bool),
    "balance_vnd": Field(int, smallest=0),
    "daily_quota": Field(int, smallest=0),
    "quota_used": Field(int, smallest=0),
    "cs_used": Field(int, smallest=0),
    "template_tags": Field(list),
    "quality": Field(choices=("HIGH", "MEDIUM", "LOW", "UNDEFINED")),
    "promotion_monthly_quota": Field(int, smallest=0),
}
_PAIR = {"app_id": Field(required=True), "oa_id": Field(required=True)}


class SetupApi:
    """/sim/api: what exists in this Zalo and how it behaves."""

    def __init__(self, services: Services):
        self._services, self._world = services, services.world

    def add_routes(self, app: web.Application) -> None:
        add = app.router.add_route
        add("GET", "/health", self.health)
        add("POST", "/reset", self.reset)
        add("GET", "/apps", self.list_apps)
        add("POST", "/apps", self.put_app)
        add("GET", "/oas", self.list_accounts)
        add("POST", "/oas", self.put_account)
        add("GET", "/grants", self.list_grants)
        add("POST", "/grants", self.grant)
        add("DELETE", "/grants", self.revoke)
        add("POST", "/tokens/expire", self.expire_tokens)
        add("POST", "/tokens/remove", self.remove_tokens)
        add("POST", "/user-tokens", self.user_token)
        add("GET", "/settings", self.show_settings)
        add("POST", "/settings", self.change_settings)
        add("GET", "/settings/choices", self.show_choices)
        add("GET", "/clock", self.show_clock)
        add("POST", "/clock", self.move_clock)

    async def health(self, request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def reset(self, request: web.Request) -> web.Response:
        await read_body(request)
        self._services.reset()
        return web.json_response({"ok": True})

    async def list_apps(self, request: web.Request) -> web.Response:
        return web.json_response({"apps": [app.dump() for app in self._world.apps.values()]})

    async def put_app(self, request: web.Request) -> web.Response:
        given = await read_body(request, **_APP_FIELDS)
        url = given.get("webhook_url")
        if url and not url.startswith(("http://", "https://")):
            raise Refusal("webhook_url phải bắt đầu bằng http:// hoặc https://.")
        app_id = given.get("app_id") or new_number()
        app = self._world.apps.get(app_id)
        if app is None:
            app = App(app_id, new_secret(), new_secret())
            self._world.apps[app_id] = app
        old_url = app.webhook_url
        _change(app, given | {"app_id": app_id})
        if url and url != old_url:
            app.webhook_enabled, app.webhook_probe = given.get("webhook_enabled", True), ""
            self._services.webhooks.probe_soon(app)
        self._world.touch()
        return web.json_response(app.dump())

    async def list_accounts(self, request: web.Request) -> web.Response:
        return web.json_response({"oas": [oa.dump() for oa in self._world.accounts.values()]})

    async def put_account(self, request: web.Request) -> web.Response:
        given = await read_body(request, **_ACCOUNT_FIELDS)
        if given.get("menu"):
            try:
                given["menu"] = read_buttons(given["menu"], "menu")
            except ZaloError as error:
                raise Refusal(f"Menu không hợp lệ: {error.message}.") from None
        oa_id = given.get("oa_id") or new_number()
        oa = self._world.accounts.get(oa_id)
        if oa is None:
            if not given.get("name"):
                raise Refusal("Thiếu trường name. Đặt tên cho Official Account mới.")
            oa = self._world.accounts[oa_id] = OfficialAccount(oa_id, given["name"])
        quota, tags = oa.daily_quota, oa.template_tags
        _change(oa, given | {"oa_id": oa_id})
        emit = self._services.webhooks.emit
        if oa.daily_quota != quota:
            emit(oa_id, "", "change_oa_daily_quota", events.daily_quota(oa_id, quota, oa.daily_quota))
        if oa.template_tags != tags:
            emit(oa_id, "", "change_oa_template_tags", events.template_tags(oa_id, tags, oa.template_tags))
        self._world.touch()
        return web.json_response(oa.dump())

    async def list_grants(self, request: web.Request) -> web.Response:
        grants = [grant.dump() for grant in self._world.tokens.grants.values()]
        return web.json_response({"grants": grants})

    async def grant(self, request: web.Request) -> web.Response:
        given = await self._pair(request)
        pair = self._world.tokens.grant(given["app_id"], given["oa_id"])
        self._world.touch()
        return web.json_response(pair)

    async def revoke(self, request: web.Request) -> web.Response:
        """The account's administrator takes the consent back; the app hears permission_revoked."""
        given = await self._pair(request)
        revoked = self._world.tokens.revoke(given["app_id"], given["oa_id"])
        app = self._world.apps[given["app_id"]]
        if revoked and app.webhook_url:
            fields = {"oa_id": given["oa_id"]}
            self._services.webhooks.emit_to(app, given["oa_id"], "", "permission_revoked", fields)
        self._world.touch()
        return web.json_response({"revoked": revoked})

    async def expire_tokens(self, request: web.Request) -> web.Response:
        given = await self._pair(request)
        return web.json_response(
            {"tokens": self._world.tokens.expire_access(given["app_id"], given["oa_id"])}
        )

    async def remove_tokens(self, request: web.Request) -> web.Response:
        given = await self._pair(request)
        return web.json_response(
            {"tokens": self._world.tokens.remove_access(given["app_id"], given["oa_id"])}
        )

    async def _pair(self, request: web.Request) -> dict:
        given = await read_body(request, **_PAIR)
        if given["app_id"] not in self._world.apps:
            raise Refusal("Không có ứng dụng này. Tạo bằng POST /sim/api/apps.", 404)
        if given["oa_id"] not in self._world.accounts:
            raise Refusal("Không có Official Account này. Tạo bằng POST /sim/api/oas.", 404)
        return given

    async def user_token(self, request: web.Request) -> web.Response:
        """A citizen's own login for the graph API: access_token and a one-time phone_token."""
        given = await read_body(request, app_id=Field(required=True), citizen_id=Field(required=True))
        if given["app_id"] not in self._world.apps or given["citizen_id"] not in self._world.citizens:
            raise Refusal("Không có ứng dụng hoặc công dân này. Tạo chúng trước.", 404)
        token = open_session(self._services, given["app_id"], given["citizen_id"])
        phone_token = self._world.user_tokens[token]["phone_token"]
        return web.json_response({"access_token": token, "phone_token": phone_token})

    async def show_settings(self, request: web.Request) -> web.Response:
        return web.json_response(self._world.settings.as_dict())

    async def show_choices(self, request: web.Request) -> web.Response:
        """The settings that take one of a few words, with those words."""
        return web.json_response(CHOICES)

    async def change_settings(self, request: web.Request) -> web.Response:
        settings = self._world.settings
        fields = {name: _setting_field(name, value) for name, value in settings.as_dict().items()}
        for name, value in (await read_body(request, **fields)).items():
            setattr(settings, name, value)
        self._world.touch()
        return web.json_response(settings.as_dict())

    async def show_clock(self, request: web.Request) -> web.Response:
        clock = self._world.clock
        return web.json_response(
            {
                "now_ms": clock.now_ms(),
                "local": clock.local_now().isoformat(timespec="seconds"),
                "scale": clock.scale,
                "real_ms": wall_ms(),
            }
        )

    async def move_clock(self, request: web.Request) -> web.Response:
        given = await read_body(
            request, advance_s=Field(float), set_ms=Field(float, smallest=0), scale=Field(float, smallest=0)
        )
        clock = self._world.clock
        if "scale" in given:
            clock.run_at(given["scale"])
        if "set_ms" in given:
            clock.set(given["set_ms"])
        if "advance_s" in given:
            clock.advance(given["advance_s"])
        self._world.touch()
        return await self.show_clock(request)


def _change(record: Any, given: dict) -> None:
    for name, value in given.items():
        setattr(record, name, value)


def _setting_field(name: str, value: Any) -> Field:
    if isinstance(value, bool):
        return Field(bool)
    if isinstance(value, str):
        return Field(str, choices=CHOICES[name])
    if isinstance(value, float):
        return Field(float, smallest=0)
    return Field(int) if name.endswith("_error") else Field(int, smallest=0)
