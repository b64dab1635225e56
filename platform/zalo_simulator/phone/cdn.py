import base64
import html

from aiohttp import web

from ..services import Services

_COLORS = ("#1264c4", "#0f766e", "#9a3412", "#6d28d9", "#be185d", "#3f6212")
_FACE = '<circle cx="60" cy="60" r="52" fill="#ffd54a"/><circle cx="42" cy="50" r="7"/><circle cx="78" cy="50" r="7"/>'
_LINE = 'fill="none" stroke="#3b2f00" stroke-width="7" stroke-linecap="round"'
# Drawn, not emoji: a machine without such a font would show empty boxes.
_STICKERS = (
    f'{_FACE}<path d="M34 74q26 28 52 0" {_LINE}/>',
    '<path d="M60 104S14 76 14 44a24 24 0 0 1 46-9 24 24 0 0 1 46 9c0 32-46 60-46 60z" fill="#e53950"/>',
    '<path d="M60 10l15 33 36 4-27 25 8 36-32-18-32 18 8-36-27-25 36-4z" fill="#ffb300"/>',
    f'{_FACE}<path d="M36 84q24-22 48 0" {_LINE}/>',
    f'{_FACE}<path d="M36 76h48" {_LINE}/>',
    '<g fill="#f06292"><circle cx="60" cy="28" r="20"/><circle cx="90" cy="50" r="20"/>'
    '<circle cx="79" cy="86" r="20"/>'
    '<circle cx="41" cy="86" r="20"/><circle cx="30" cy="50" r="20"/></g>'
    '<circle cx="60" cy="60" r="18" fill="#ffd54a"/>',
)
_SAFE = {
    b"\x89PNG": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"RIFF": "image/webp",
}


class Cdn:
    """Pictures and files that passed through the simulator, and drawn avatars."""

    def __init__(self, services: Services):
        self._world = services.world

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/cdn/avatars/{name}", self.avatar)
        app.router.add_get("/cdn/stickers/{name}", self.sticker)
        app.router.add_get("/cdn/{asset}", self.asset)

    async def asset(self, request: web.Request) -> web.Response:
        asset = self._world.assets.get(request.match_info["asset"])
        if asset is None:
            raise web.HTTPNotFound(text="Tệp không còn. Người gửi cần gửi lại.")
        content = base64.b64decode(asset.content)
        kind = next((kind for head, kind in _SAFE.items() if content.startswith(head)), "")
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        if not kind:
            # Never let an uploaded page run on this origin.
            kind, headers["Content-Disposition"] = "application/octet-stream", "attachment"
        return web.Response(body=content, content_type=kind, headers=headers)

    async def avatar(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        account, citizen = self._world.accounts.get(name), self._world.citizens.get(name)
        group = self._world.groups.get(name)
        if group is not None:
            account = self._world.accounts.get(group.oa_id)
        named = group or account or citizen
        title = named.name if named else name
        color = account.color if account else _COLORS[sum(name.encode()) % len(_COLORS)]
        letters = "".join(word[0] for word in title.split()[-2:]).upper()
        return _svg(
            f'<rect width="120" height="120" fill="{html.escape(color)}"/>'
            '<text x="60" y="76" font-size="46" font-family="sans-serif" fill="#fff" text-anchor="middle">'
            f"{html.escape(letters)}</text>"
        )

    async def sticker(self, request: web.Request) -> web.Response:
        sticker = _STICKERS[sum(request.match_info["name"].encode()) % len(_STICKERS)]
        return _svg(sticker)


def _svg(inner: str) -> web.Response:
    text = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120">{inner}</svg>'
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'"}
    return web.Response(text=text, content_type="image/svg+xml", headers=headers)
