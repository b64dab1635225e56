"""Login with Zalo: /v4/permission and /v4/access_token, for a citizen instead of an account."""

import hmac
import html
import json
import time
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from ..call import read_object
from ..services import Services
from ..world.clock import wall_ms
from ..world.ids import new_token
from .consent import check_application
from .exchange import OAuthError, refusal
from .pkce import fits

PATH = "/oauth/v4/access_token"
ACCESS_LIFE_S = 3_600
REFRESH_LIFE_MS = 30 * 86_400_000
PHONE_TOKEN_LIFE_MS = 120_000
_PAGE = (Path(__file__).parent.parent / "pages" / "login.html").read_text("utf-8")
_FIELDS = ("app_id", "redirect_uri", "code_challenge", "state")


class SocialLogin:
    """The citizen chooses who they are; the app gets a code, then a pair whose refresh token is never prolonged."""

    def __init__(self, services: Services):
        self._services, self._world = services, services.world

    async def show(self, request: web.Request) -> web.Response:
        given = {name: request.query.get(name, "") for name in _FIELDS}
        app = check_application(self._world, given)
        choices = "\n".join(
            f'<label class="choice"><input type="radio" name="citizen_id" value="{html.escape(one.citizen_id)}" '
            f"required><span><b>{html.escape(one.name)}</b><small>{html.escape(one.phone)}</small></span></label>"
            for one in self._world.citizens.values()
            if one.has_zalo
        )
        hidden = "\n".join(
            f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
            for name, value in given.items()
        )
        page = _PAGE.replace("{{app}}", html.escape(app.name or app.app_id)).replace("{{hidden}}", hidden)
        target = urlsplit(given["redirect_uri"])
        policy = (
            "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
            f"form-action 'self' {target.scheme}://{target.netloc}"
        )
        return web.Response(
            text=page.replace("{{choices}}", choices),
            content_type="text/html",
            headers={"Content-Security-Policy": policy},
        )

    async def agree(self, request: web.Request) -> web.Response:
        form = await request.post()
        given = {name: str(form.get(name, "")) for name in _FIELDS}
        app = check_application(self._world, given)
        citizen_id = str(form.get("citizen_id", ""))
        if citizen_id not in self._world.citizens:
            raise web.HTTPBadRequest(text="Hãy chọn một người có trong danh sách.")
        code = new_token()
        expires = self._world.clock.now_ms() + self._world.settings.code_life_s * 1000
        self._world.user_codes[code] = {
            "app_id": app.app_id,
            "citizen_id": citizen_id,
            "challenge": given["code_challenge"],
            "expires_at_ms": expires,
        }
        answer = {"code": code} | ({"state": given["state"]} if given["state"] else {})
        separator = "&" if urlsplit(given["redirect_uri"]).query else "?"
        raise web.HTTPFound(given["redirect_uri"] + separator + urlencode(answer))

    async def exchange(self, request: web.Request) -> web.Response:
        """POST /v4/access_token"""
        started, at_ms = time.perf_counter(), wall_ms()
        body = await request.read()
        form = {name: str(value) for name, value in (read_object(request, body) or {}).items()}
        try:
            text = json.dumps(self._answer(request.headers.get("secret_key", ""), form))
        except OAuthError as error:
            text = refusal(error)
        response = web.Response(text=text, content_type="application/json")
        app_id = form.get("app_id", "")
        self._services.journal.record(request, PATH, body, response, at_ms, started, "", app_id, "answered")
        return response

    def _answer(self, secret: str, form: dict) -> dict:
        world = self._world
        app = world.apps.get(form.get("app_id", ""))
        if app is None or app.status != "active":
            raise OAuthError(-14002, "The application does not exist or is not activated.")
        if not hmac.compare_digest(secret.encode(), app.app_secret.encode()):
            raise OAuthError(world.settings.refused_secret_error, "The secret key is wrong.")
        now = world.clock.now_ms()
        if form.get("grant_type") == "refresh_token":
            old = world.user_refresh_tokens.pop(form.get("refresh_token", ""), None)
            if old is None or old["app_id"] != app.app_id or old["expires_at_ms"] <= now:
                raise OAuthError(-14014, "The refresh token is invalid.")
            return self._issue(app.app_id, old["citizen_id"], old["expires_at_ms"])
        code = world.user_codes.pop(form.get("code", ""), None)
        if code is None or code["app_id"] != app.app_id or code["expires_at_ms"] <= now:
            raise OAuthError(world.settings.refused_code_error, "The code is unknown, used or expired.")
        if code["challenge"] and not fits(form.get("code_verifier", ""), code["challenge"]):
            raise OAuthError(
                world.settings.refused_code_error, "code_verifier does not fit the code_challenge."
            )
        return self._issue(app.app_id, code["citizen_id"], now + REFRESH_LIFE_MS)

    def _issue(self, app_id: str, citizen_id: str, refresh_ends_ms: int) -> dict:
        access, fresh = open_session(self._services, app_id, citizen_id), new_token()
        self._world.user_refresh_tokens[fresh] = {
            "app_id": app_id,
            "citizen_id": citizen_id,
            "expires_at_ms": refresh_ends_ms,
        }
        left_s = (refresh_ends_ms - self._world.clock.now_ms()) // 1000
        return {
            "access_token": access,
            "refresh_token": fresh,
            "expires_in": str(ACCESS_LIFE_S),
            "refresh_token_expires_in": str(left_s),
        }


def open_session(services: Services, app_id: str, citizen_id: str) -> str:
    """A citizen's access token for the graph API, with a one-time token for the phone number in its session."""
    now, token = services.world.clock.now_ms(), new_token()
    services.world.user_tokens[token] = {
        "app_id": app_id,
        "citizen_id": citizen_id,
        "expires_at_ms": now + ACCESS_LIFE_S * 1000,
        "phone_token": new_token()[:40],
        "phone_expires_at_ms": now + PHONE_TOKEN_LIFE_MS,
    }
    services.world.touch()
    return token
