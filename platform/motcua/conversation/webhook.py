"""`POST /webhooks/zalo`: every app and every Official Account."""

from flask import Blueprint, request

from . import inbox

bp = Blueprint("zalo_webhook", __name__)

MOST_BYTES = 1_000_000


@bp.get("/webhooks/zalo")
def answer_probe():
    return {"ok": True}


@bp.post("/webhooks/zalo")
def receive():
    request.max_content_length = MOST_BYTES
    result = inbox.receive(
        request.get_data(cache=False),
        request.headers.get("X-ZEvent-Signature"),
        request.headers.get("X-ZEvent-Timestamp"),
    )
    return {"ok": True, "result": result}
