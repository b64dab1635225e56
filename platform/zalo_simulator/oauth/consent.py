import html
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from ..services import Services
from ..world.records import App
from ..world.world import World

_PAGE = (Path(__file__).parent.parent / "pages" / "consent.html").read_text("utf-8")
_ERROR_PAGE = (Path(__file__).parent.parent / "pages" / "consent_error.html").read_text("utf-8")
_FIELDS = ("app_id", "redirect_uri", "code_challenge", "state")
_ERRORS = {
    "-14002": "Ứng dụng không tồn tại hoặc chưa được kích hoạt. Kiểm tra lại app_id trong phần cấu hình.",
    "-14003": "Địa chỉ chuyển về (redirect_uri) không hợp lệ. "
    "Khai báo đúng địa chỉ này ở trang quản lý ứng dụng.",
}


class Consent:
    """GET and POST /v4/oa/permission: the administrator chooses an account and agrees."""

    def __init__(self, services: Services):
        self._world = services.world

    async def show(self, request: web.Request) -> web.Response:
        given = {name: request.query.get(name, "") for name in _FIELDS}
        app = check_application(self._world, given)
        choices = "\n".join(
            f'<label class="choice"><input type="radio" name="oa_id" value="{html.escape(oa.oa_id)}"'
            f"{' checked' if index == 0 else ''} required>"
            f"<span><b>{html.escape(oa.name)}</b><small>OA ID {html.escape(oa.oa_id)}</small></span></label>"
            for index, oa in enumerate(self._world.accounts.values())
        )
        hidden = "\n".join(
            f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
            for name, value in given.items()
        )
        page = _PAGE.replace("{{app}}", html.escape(app.name or app.app_id)).replace("{{hidden}}", hidden)
        response = web.Response(text=page.replace("{{choices}}", choices), content_type="text/html")
        target = urlsplit(given["redirect_uri"])
        # Chromium applies form-action to the redirect after the form too.
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
            f"form-action 'self' {target.scheme}://{target.netloc}"
        )
        return response

    async def agree(self, request: web.Request) -> web.Response:
        form = await request.post()
        given = {name: str(form.get(name, "")) for name in _FIELDS}
        check_application(self._world, given)
        oa_id = str(form.get("oa_id", ""))
        if oa_id not in self._world.accounts:
            raise web.HTTPBadRequest(text="Hãy chọn một Official Account có trong danh sách.")
        code = self._world.tokens.issue_code(given["app_id"], oa_id, given["code_challenge"])
        self._world.touch()
        answer = {"code": code, "oa_id": oa_id}
        if given["state"]:
            answer["state"] = given["state"]
        separator = "&" if urlsplit(given["redirect_uri"]).query else "?"
        raise web.HTTPFound(given["redirect_uri"] + separator + urlencode(answer))

    async def show_error(self, request: web.Request) -> web.Response:
        code = request.query.get("error_code", "")
        text = _ERRORS.get(code, "Yêu cầu cấp quyền không hợp lệ. Hãy quay lại và thử lần nữa.")
        page = _ERROR_PAGE.replace("{{code}}", html.escape(code)).replace("{{text}}", text)
        return web.Response(text=page, content_type="text/html")


def check_application(world: World, given: dict) -> App:
    """The app that asks; the error page when it is unknown or wants to be answered somewhere else."""
    app = world.apps.get(given["app_id"])
    if app is None or app.status != "active":
        raise web.HTTPFound("/oauth/v4/permission/error?error_code=-14002")
    if not _may_return_to(app, given["redirect_uri"]):
        raise web.HTTPFound("/oauth/v4/permission/error?error_code=-14003")
    return app


def _may_return_to(app: App, address: str) -> bool:
    try:
        target = urlsplit(address)
    except ValueError:
        return False
    if (
        target.scheme not in ("http", "https")
        or not target.hostname
        or any(c in address for c in " ;,'\"<>\\")
    ):
        return False
    return not app.redirect_uris or address in app.redirect_uris
