"""`POST /webhooks/zalo`: every app and every Official Account.

The usual event takes the short way in front of Flask: no session, no page, no log of its own. Everything else
(the first event of an OA in this process, a changed secret, a wrong signature, what is no event) goes on to
the view, which finds out and answers in words.
"""

import io
import json
from collections.abc import Callable, Iterable

from flask import Blueprint, Flask, request

from . import intake
from .storing import Busy, Storing

bp = Blueprint("zalo_webhook", __name__)

PATH = "/webhooks/zalo"
MOST_BYTES = 1_000_000
HEADERS = (
    ("Content-Type", "application/json"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
)


# What the short way answers, by what became of the event; one that is stale goes on to the view.
ANSWERS = {
    "stored": ("200 OK", b'{"ok": true, "result": "stored"}'),
    "known": ("200 OK", b'{"ok": true, "result": "known"}'),
}
TOO_BUSY = (
    "503 Service Unavailable",
    json.dumps({"error": {"code": Busy.code, "message": Busy.message}}, ensure_ascii=False).encode(),
)


@bp.get(PATH)
def answer_probe():
    return {"ok": True}


@bp.post(PATH)
def receive():
    request.max_content_length = MOST_BYTES
    result = intake.receive(
        request.get_data(cache=False),
        request.headers.get("X-ZEvent-Signature"),
        request.headers.get("X-ZEvent-Timestamp"),
    )
    return {"ok": True, "result": result}


class ShortWay:
    """The WSGI application in front of Flask's own; `install` puts it there."""

    def __init__(self, wsgi_app: Callable, storing: Storing):
        self.wsgi_app, self.storing = wsgi_app, storing

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] != "POST":
            return self.wsgi_app(environ, start_response)
        length = environ.get("CONTENT_LENGTH") or ""
        if not (length.isascii() and length.isdigit() and int(length) <= MOST_BYTES):
            return self.wsgi_app(environ, start_response)
        raw = environ["wsgi.input"].read(int(length))
        mac, stamp = environ.get("HTTP_X_ZEVENT_SIGNATURE"), environ.get("HTTP_X_ZEVENT_TIMESTAMP")
        if slip := intake.check(raw, mac, stamp):
            try:
                answer = ANSWERS.get(self.storing.store(slip))
            except Busy:
                answer = TOO_BUSY
            if answer:
                status, content = answer
                start_response(status, [*HEADERS, ("Content-Length", str(len(content)))])
                return [content]
        environ["wsgi.input"] = io.BytesIO(raw)
        return self.wsgi_app(environ, start_response)


def install(app: Flask) -> None:
    """Serve the webhook of `app` by both ways."""
    storing = app.extensions["motcua_storing"] = Storing(app.config["SETTINGS"].database_urls["app"])
    app.wsgi_app = ShortWay(app.wsgi_app, storing)
    app.register_blueprint(bp)
