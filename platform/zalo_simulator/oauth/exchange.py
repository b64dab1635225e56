import hmac
import json
import time
from urllib.parse import parse_qsl

from aiohttp import web

from ..call import read_object
from ..errors import Misbehave, ZaloError
from ..gateway import Gateway
from ..services import Services
from ..world.clock import wall_ms
from ..world.records import App
from .pkce import fits

_NAMES = {
    -14002: "Invalid app id.",
    -14014: "Invalid refresh token.",
    -14019: "Invalid authorization code.",
}


PATH = "/oauth/v4/oa/access_token"


class OAuthError(Exception):
    def __init__(self, code: int, reason: str):
        super().__init__(code, reason)
        self.code, self.reason = code, reason


class ConsumedToken(Exception):
    """The refresh token was used before; live Zalo then answers 200 with nothing in it."""


class TokenEndpoint:
    """POST /v4/oa/access_token. Success has no envelope; a consumed refresh token gets an empty 200."""

    def __init__(self, services: Services, gateway: Gateway):
        self._services, self._gateway = services, gateway

    async def handle(self, request: web.Request) -> web.Response:
        started, at_ms = time.perf_counter(), wall_ms()
        services = self._services
        body = await request.read()
        form = dict(request.query) | (read_object(request, body) or _loose_form(body))
        known = services.world.tokens.refresh.get(form.get("refresh_token", ""))
        oa_id = known.oa_id if known else ""
        faults = services.faults.take(PATH, oa_id) if services.faults.active else []
        response, outcome = None, "answered"
        try:
            await self._gateway.disturb(faults)
            secret = request.headers.get("secret_key") or str(form.get("secret_key", ""))
            text = self._answer(secret, {name: str(value) for name, value in form.items()})
            services.world.touch()
            if any(fault.kind == "lost_answer" for fault in faults):
                raise Misbehave("lost_answer")
            response = web.Response(text=text, content_type="application/json")
        except ZaloError as error:
            said = refusal(OAuthError(error.code, error.message))
            response = web.Response(text=said, content_type="application/json")
        except Misbehave as mischief:
            outcome = mischief.kind
            services.world.stats.faults[outcome] += 1
            response = await self._gateway.misbehave(request, outcome)
        services.journal.record(
            request, PATH, body, response, at_ms, started, oa_id, str(form.get("app_id", "")), outcome
        )
        return response if response is not None else web.Response()

    def _answer(self, secret: str, form: dict) -> str:
        try:
            return json.dumps(self._exchange(secret, form))
        except ConsumedToken:
            return ""
        except OAuthError as error:
            return refusal(error)

    def _exchange(self, secret: str, form: dict) -> dict:
        world = self._services.world
        app = world.apps.get(form.get("app_id", ""))
        if app is None or app.status != "active":
            raise OAuthError(-14002, "The application does not exist or is not activated.")
        if not hmac.compare_digest(secret.encode(), app.app_secret.encode()):
            raise OAuthError(world.settings.refused_secret_error, "The secret key is wrong.")
        match form.get("grant_type"):
            case "authorization_code":
                return self._redeem(app, form)
            case "refresh_token":
                return self._refresh(app, form)
        raise OAuthError(world.settings.refused_code_error, "grant_type is invalid.")

    def _redeem(self, app: App, form: dict) -> dict:
        world = self._services.world
        refused = world.settings.refused_code_error
        code = world.tokens.redeem_code(form.get("code", ""), app.app_id)
        if code is None:
            raise OAuthError(refused, "The code is unknown, used or expired.")
        challenge = {
            "per_request": code.challenge,
            "console_fixed": app.fixed_code_challenge,
            "off": "",
        }[world.settings.pkce_mode]
        if challenge and not fits(form.get("code_verifier", ""), challenge):
            raise OAuthError(refused, "code_verifier does not fit the code_challenge.")
        return world.tokens.exchange_code(code)

    def _refresh(self, app: App, form: dict) -> dict:
        world = self._services.world
        token = world.tokens.refresh.get(form.get("refresh_token", ""))
        if token is None or token.app_id != app.app_id or token.state == "removed":
            raise OAuthError(-14014, "The refresh token is invalid.")
        if token.expires_at_ms <= world.clock.now_ms():
            raise OAuthError(-14014, "The refresh token has expired.")
        if token.state == "consumed":
            if world.settings.consumed_refresh_answer == "empty":
                raise ConsumedToken
            raise OAuthError(-14014, "The refresh token has been used.")
        return world.tokens.rotate(token)


def _loose_form(body: bytes) -> dict:
    """A form sent without its Content-Type."""
    return dict(parse_qsl(body.decode("utf-8", "replace")))


def refusal(error: OAuthError) -> str:
    return json.dumps(
        {
            "error": error.code,
            "error_name": _NAMES.get(error.code, "Invalid request."),
            "error_reason": error.reason,
            "error_description": error.reason,
            "ref_doc": "https://developers.zalo.me/docs/social-api/tham-khao/ma-loi",
        }
    )
