"""How pages go over the wire: compressed, and kept where nothing in them is anybody's own."""

import base64
import gzip
import hashlib
from functools import lru_cache

from flask import Flask, Response, g, request, session
from markupsafe import Markup

from motcua.tenancy import colours

# Pages that are the same for everybody, and for how long a browser or a proxy may keep them.
KEPT_S = {
    "portal.search": 60,
    "portal.fields": 300,
    "portal.procedure": 300,
    "portal.offices_listed": 60,
    "portal.office": 60,
    "portal.how_to_follow": 300,
    "portal.official_channel": 300,
    "announcements.listed": 60,
    "announcements.show": 60,
    "satisfaction.show": 300,
    "lookups.index": 300,
    "feedback.listed": 60,
    "feedback.show": 60,
}
SMALLEST_SQUEEZED = 500


def install(app: Flask) -> None:
    """First of all: what is registered first sees an answer last."""

    @app.after_request
    def squeeze(response: Response) -> Response:
        return _squeezed(response)

    @app.after_request
    def keep(response: Response) -> Response:
        _let_be_kept(response)
        return response

    @app.context_processor
    def words():
        return {"brand_style": brand_style}


def brand_style(primary: str) -> Markup:
    """A province's colours as a style element. The policy lets it through by its digest: no nonce is in the page,
    so the page can be kept."""
    css = colours.palette(primary).css
    g.style_digest = _digest_for_policy(css)
    return Markup("<style>{}</style>").format(Markup(css))  # noqa: S704 - hexadecimal colours only


@lru_cache(maxsize=256)
def _digest_for_policy(css: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(css.encode()).digest()).decode() + "'"


def _let_be_kept(response: Response) -> None:
    seconds = KEPT_S.get(request.endpoint or "")
    if seconds is None or request.method not in ("GET", "HEAD") or response.status_code != 200:
        return
    is_own = session.modified or "csrf_token" in g or "Set-Cookie" in response.headers
    if is_own or request.args.get("lang") or g.get("csp_nonce", "-") in response.get_data(as_text=True):
        return
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    response.vary.add("Cookie")  # the language
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:20], weak=True)
    response.make_conditional(request)


def _squeezed(response: Response) -> Response:
    """Compressed, unless a guess could be read from the length: a secret and what the asker sent on one page.

    (BREACH: the secrets in our pages are CSRF tokens; an attacker can only repeat GET requests with words of theirs.)
    """
    if (
        response.mimetype != "text/html"
        or response.status_code in (204, 206, 304)
        or "Content-Encoding" in response.headers
        or request.method != "GET"
    ):
        return response
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"] or ("csrf_token" in g and request.args):
        return response
    body = response.get_data()
    if len(body) >= SMALLEST_SQUEEZED:
        response.set_data(gzip.compress(body, 6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
