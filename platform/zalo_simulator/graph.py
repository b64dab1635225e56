import hmac

from aiohttp import web

from .services import Services
from .world.ids import user_id_by_app
from .world.tokens import appsecret_proof


class Graph:
    """GET /v2.0/me and /v2.0/me/info: what a citizen's own login tells an app.

    Its tokens come from the control API (POST /sim/api/user-tokens), as there is no login screen.
    """

    def __init__(self, services: Services):
        self._world = services.world

    async def me(self, request: web.Request) -> web.Response:
        token = request.headers.get("access_token") or request.query.get("access_token", "")
        session = self._world.user_tokens.get(token)
        app = self._world.apps.get(session["app_id"]) if session else None
        if app is None or session["expires_at_ms"] <= self._world.clock.now_ms():
            return _refuse(452, "Session key invalid. User access token has expired.")
        proof = request.headers.get("appsecret_proof", "")
        if not hmac.compare_digest(proof.encode(), appsecret_proof(token, app.app_secret).encode()):
            return _refuse(-242, "appsecret_proof is invalid")
        citizen = self._world.citizens[session["citizen_id"]]
        profile = {
            "id": user_id_by_app(app.app_id, citizen.citizen_id),
            "name": citizen.name,
            "birthday": citizen.birth_date,
            "picture": {
                "data": {"url": f"{request.scheme}://{request.host}/cdn/avatars/{citizen.citizen_id}"}
            },
        }
        wanted = {name.strip() for name in request.query.get("fields", "id").split(",")}
        answer = {name: value for name, value in profile.items() if name in wanted}
        return web.json_response(answer | {"error": 0, "message": "Success"})

    async def info(self, request: web.Request) -> web.Response:
        token, code = request.headers.get("access_token", ""), request.headers.get("code", "")
        session = self._world.user_tokens.get(token)
        app = self._world.apps.get(session["app_id"]) if session else None
        if app is None or session["expires_at_ms"] <= self._world.clock.now_ms():
            return _refuse(452, "Session key invalid. User access token has expired.")
        secret = request.headers.get("secret_key", "")
        if not hmac.compare_digest(secret.encode(), app.app_secret.encode()):
            return _refuse(-104, "Application secret is invalid")
        if code != session["phone_token"] or session["phone_expires_at_ms"] <= self._world.clock.now_ms():
            return _refuse(117, "Token is expired or used")
        session["phone_token"] = None
        number = self._world.citizens[session["citizen_id"]].phone
        return web.json_response({"data": {"number": number}, "error": 0, "message": "Success"})


def _refuse(code: int, message: str) -> web.Response:
    return web.json_response({"error": code, "message": message})
