import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from .errors import ZaloError
from .multipart import read_parts
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
        """The object of a POST, in JSON or as a form; refusals are -201 (OA) or -121, -122 (ZBS).

        Old clients send a form whose `data` is JSON, or leave the body empty and put everything in the query.
        """
        if not self.body.strip():
            in_query = self.arguments()
            if in_query:
                return in_query
            raise ZaloError(-121) if self.house == "zbs" else ZaloError(-201, "Body is empty")
        fields = read_object(self.request, self.body)
        if fields is None:
            raise ZaloError(-122) if self.house == "zbs" else ZaloError(-201, "Body is not a JSON object")
        return fields

    def arguments(self) -> dict:
        """The arguments of a GET: `data=<JSON>` as the official SDKs write it, or plain parameters."""
        plain = {name: value for name, value in self.request.query.items() if name != "access_token"}
        packed = plain.pop("data", None)
        if packed is None:
            return plain
        fields = _json_object(packed)
        if fields is None:
            raise ZaloError(-201, "data is not a JSON object")
        return plain | fields

    def any_arguments(self) -> dict:
        """Arguments from the query and, when there is one, from the body: for endpoints that take GET and POST."""
        return self.arguments() | (self.fields() if self.body.strip() else {})


def authorise(
    services: Services, request: web.Request, body: bytes, value: str, house: str, path: str
) -> Call:
    """The call with its app and account; ZaloError in the order a real gateway checks.

    `value` is the access token, `path` the endpoint's own path without spelling variants.
    """
    world, zbs = services.world, house == "zbs"
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
    _check_app(request, app, value, path, zbs)
    if not world.tokens.is_granted(app.app_id, oa.oa_id):
        raise ZaloError(-105 if zbs else -223)
    if oa.status != "active":
        raise ZaloError(-1351 if zbs else -204)
    if not oa.is_verified:
        raise ZaloError(-135 if zbs else -221)
    if not oa.package:
        raise ZaloError(-135 if zbs else -224)
    return Call(services, request, body, house, app, oa)


def _check_app(request: web.Request, app: App, token: str, path: str, zbs: bool) -> None:
    if app.status == "inactive":
        raise ZaloError(-103 if zbs else -209)
    if app.status == "disabled":
        raise ZaloError(-101 if zbs else -219)
    if app.requires_proof:
        given = request.headers.get("appsecret_proof", "")
        if given != appsecret_proof(token, app.app_secret):
            raise ZaloError(-1241 if zbs else -242)
    if app.refused_apis and path.startswith(tuple(app.refused_apis)):
        raise ZaloError(-138 if zbs else -212)


def token_of(request: web.Request, body: bytes) -> str:
    """The access_token header; else, as clients older than v3 send it, the query's or the body's field."""
    value = request.headers.get("access_token") or request.query.get("access_token")
    if value or b"access_token" not in body:
        return value or ""
    value = (read_object(request, body) or {}).get("access_token")
    return value if isinstance(value, str) else ""


def read_object(request: web.Request, body: bytes) -> dict | None:
    """The object in a body: JSON whatever its Content-Type, a form, or a form's `data` in JSON; None otherwise."""
    found = _json_object(body)
    if found is not None:
        return found
    kind = request.content_type
    if kind == "application/x-www-form-urlencoded":
        form = dict(parse_qsl(body.decode("utf-8", "replace")))
    elif kind == "multipart/form-data":
        form = {
            part.name: part.content.decode("utf-8", "replace")
            for part in read_parts(request, body)
            if part.filename is None
        }
    else:
        return None
    if "data" in form:
        packed = _json_object(form.pop("data"))
        return None if packed is None else form | packed
    return form or None


def _json_object(text: str | bytes) -> dict | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
