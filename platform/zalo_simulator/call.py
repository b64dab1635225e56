import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from .errors import ZaloError
from .services import Services
from .world.records import App, OfficialAccount
from .world.tokens import appsecret_proof
from .world.world import World


@dataclass(slots=True)
class Reply:
    """An answer with more beside `data`, such as the `metadata` of template lists."""

    data: Any
    extra: dict


@dataclass(slots=True)
class Call:
    """One authorised request to a Zalo API. `house` is "oa" or "zbs": the two number errors differently."""

    services: Services
    request: web.Request
    body: bytes
    house: str
    app: App
    oa: OfficialAccount

    @property
    def world(self) -> World:
        return self.services.world

    @property
    def now_ms(self) -> int:
        return self.services.world.clock.now_ms()

    def fields(self) -> dict:
        """The JSON object of a POST; refusals are -201 (OA) or -121, -122 (ZBS)."""
        if not self.body.strip():
            raise ZaloError(-121) if self.house == "zbs" else ZaloError(-201, "Body is empty")
        try:
            fields = json.loads(self.body)
        except ValueError:
            fields = None
        if not isinstance(fields, dict):
            raise ZaloError(-122) if self.house == "zbs" else ZaloError(-201, "Body is not a JSON object")
        return fields

    def arguments(self) -> dict:
        """The arguments of a GET: `data=<JSON>` as the official SDKs write it, or plain parameters."""
        plain = dict(self.request.query)
        packed = plain.pop("data", None)
        if packed is None:
            return plain
        try:
            fields = json.loads(packed)
        except ValueError:
            fields = None
        if not isinstance(fields, dict):
            raise ZaloError(-201, "data is not a JSON object")
        return plain | fields

    def form_or_fields(self) -> dict:
        """Arguments from the query, or from a body in JSON or form encoding."""
        fields = self.arguments()
        if not self.body.strip():
            return fields
        if self.request.content_type == "application/x-www-form-urlencoded":
            return fields | dict(parse_qsl(self.body.decode("utf-8", "replace")))
        return fields | self.fields()


def authorise(services: Services, request: web.Request, body: bytes, house: str) -> Call:
    """The call with its app and account; ZaloError in the order a real gateway checks."""
    world, zbs = services.world, house == "zbs"
    value = token_of(request)
    token = world.tokens.access.get(value)
    if token is None:
        raise ZaloError(-124 if zbs else -216)
    if token.expires_at_ms <= world.clock.now_ms():
        raise ZaloError(-124 if zbs else world.settings.expired_token_error, "Access token has expired")
    if token.state != "live":
        raise ZaloError(-124, "Access token is expired or removed") if zbs else ZaloError(-220)
    app, oa = world.apps.get(token.app_id), world.accounts.get(token.oa_id)
    if app is None:
        raise ZaloError(-102 if zbs else -215)
    if oa is None:
        raise ZaloError(-125 if zbs else -205)
    _check_app(world, request, app, value, zbs)
    if not world.tokens.is_granted(app.app_id, oa.oa_id):
        raise ZaloError(-105 if zbs else -223)
    if oa.status != "active":
        raise ZaloError(-1351 if zbs else -204)
    if not oa.is_verified:
        raise ZaloError(-135 if zbs else -221)
    if not oa.package:
        raise ZaloError(-135 if zbs else -224)
    return Call(services, request, body, house, app, oa)


def _check_app(world: World, request: web.Request, app: App, token: str, zbs: bool) -> None:
    if app.status == "inactive":
        raise ZaloError(-103 if zbs else -209)
    if app.status == "disabled":
        raise ZaloError(-101 if zbs else -219)
    if app.requires_proof:
        given = request.headers.get("appsecret_proof", "")
        if given != appsecret_proof(token, app.app_secret):
            raise ZaloError(-1241 if zbs else -242)
    if app.refused_apis and request.path.startswith(tuple(app.refused_apis)):
        raise ZaloError(-138 if zbs else -212)


def token_of(request: web.Request) -> str:
    """The access_token header; the v2.0 endpoints also take it from the query, as old clients send it."""
    value = request.headers.get("access_token", "")
    if not value and "/v2.0/" in request.path:
        value = request.query.get("access_token", "")
    return value
