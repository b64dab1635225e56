"""How pages and static files go over the wire: compressed, cacheable where nothing in them is anybody's own."""

import base64
import gzip
import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, g, request, session, url_for
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
FOR_EVER = "public, max-age=31536000, immutable"
SQUEEZED = ("text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml")
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
        return {"asset": asset, "brand_style": brand_style}


def asset(file: str) -> str:
    """The address of a static file: it changes with the file's content, so that it can be kept for ever."""
    return url_for("static", filename=file, v=_fingerprint(Path(current_app.static_folder) / file))


def brand_style(primary: str) -> Markup:
    """A province's colours as a style element. The policy lets it through by its digest: no nonce is in the page,
    so the page can be kept."""
    css = colours.palette(primary).css
    g.style_digest = _digest_for_policy(css)
    return Markup("<style>{}</style>").format(Markup(css))  # noqa: S704 - hexadecimal colours only


def _fingerprint(file: Path) -> str:
    return _fingerprint_of(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _fingerprint_of(file: Path, changed_at: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


@lru_cache(maxsize=256)
def _digest_for_policy(css: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(css.encode()).digest()).decode() + "'"


def _let_be_kept(response: Response) -> None:
    if request.endpoint == "static":
        if response.status_code == 200 and _is_current_version():
            response.headers["Cache-Control"] = FOR_EVER
        return
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


def _is_current_version() -> bool:
    file = Path(current_app.static_folder) / (request.view_args or {}).get("filename", "")
    return "v" in request.args and request.args["v"] == _fingerprint(file)


def _squeezed(response: Response) -> Response:
    """Compressed, unless a guess could be read from the length: a secret and what the asker sent on one page.

    (BREACH: the secrets in our pages are CSRF tokens; an attacker can only repeat GET requests with words of theirs.)
    """
    if (
        response.mimetype not in SQUEEZED
        or response.status_code in (204, 206, 304)
        or "Content-Encoding" in response.headers
        or request.method == "HEAD"
    ):
        return response
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"] or ("csrf_token" in g and request.args):
        return response
    if request.endpoint == "static":
        if not _is_current_version():
            return response
        response.direct_passthrough = False
    body = response.get_data()
    if request.endpoint == "static":
        response.close()  # the file, which is read
    if len(body) < SMALLEST_SQUEEZED:
        return response
    response.set_data(_gzipped(body) if request.endpoint == "static" else gzip.compress(body, 6, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    return response


@lru_cache(maxsize=64)
def _gzipped(body: bytes) -> bytes:
    return gzip.compress(body, 9, mtime=0)
