"""The way out of the door: what changed, by cursor or by webhook."""

from flask import current_app
from flask_smorest import Blueprint

from motcua.accounts.permissions import requires
from motcua.dossiers import examples
from motcua.dossiers.api import BROKEN
from motcua.dossiers.once import settle
from motcua.dossiers.schemas import ErrorOut

from . import addresses, feed, subscriptions
from .feed_schemas import (
    ChangesOut,
    ChangesQuery,
    DeliveriesOut,
    WebhookIn,
    WebhookMadeOut,
    WebhookOut,
    WebhooksOut,
)

DELIVERIES_SHOWN = 100
WEBHOOK_ID = {
    "in": "path",
    "name": "webhook_id",
    "required": True,
    "schema": {"type": "integer", "minimum": 1, "maximum": subscriptions.LARGEST_ID},
    "description": "`id` của đăng ký.",
}
NOT_FOUND = {"schema": ErrorOut, "description": "Không có đăng ký này (hoặc không thuộc tỉnh của khóa)."}

bp = Blueprint(
    "feed", __name__, url_prefix="/api/v1", description="Thay đổi đã xảy ra, cho hệ thống khác đọc lại"
)


@bp.route("/changes", methods=["GET"])
@requires("dossier.view")
@bp.arguments(ChangesQuery, location="query")
@bp.response(200, ChangesOut)
@bp.alt_response(422, **BROKEN)
def get_changes(query: dict) -> dict:
    """Các thay đổi sau cursor, đúng thứ tự, không sót, kể cả khi có nhiều nơi cùng ghi."""
    position = feed.read_cursor(query.get("cursor"))
    entries = feed.after(position, query["limit"])
    return {
        "changes": entries,
        "cursor": feed.cursor(entries[-1].position if entries else position),
        "has_more": len(entries) == query["limit"],
    }


@bp.route("/webhooks", methods=["GET"])
@requires("webhook.manage")
@bp.response(200, WebhooksOut)
def list_webhooks() -> dict:
    """Các nơi đã đăng ký nhận thông báo."""
    return {"webhooks": subscriptions.all_of_tenant()}


@bp.route("/webhooks", methods=["POST"])
@requires("webhook.manage")
@bp.arguments(WebhookIn, examples=examples.SUBSCRIPTIONS)
@bp.response(201, WebhookMadeOut)
@bp.alt_response(409, schema=ErrorOut, description="Tỉnh đã có đủ số đăng ký.")
@bp.alt_response(422, **BROKEN)
def make_webhook(data: dict) -> dict:
    """Đăng ký nhận thông báo về mỗi thay đổi từ bây giờ; mỗi thông báo được ký, gửi lại khi chưa nhận được."""
    url = addresses.check(data["url"], production=current_app.config["SETTINGS"].production)
    made, secret = subscriptions.subscribe(url, data["events"])
    answer = {name: getattr(made, name) for name in ("id", "url", "kinds", "created_at")}
    settle()
    return answer | {"secret": secret}


@bp.route("/webhooks/<string:webhook_id>", methods=["GET"], parameters=[WEBHOOK_ID])
@requires("webhook.manage")
@bp.response(200, WebhookOut)
@bp.alt_response(404, **NOT_FOUND)
def get_webhook(webhook_id: str):
    """Một đăng ký."""
    return subscriptions.find(webhook_id)


@bp.route("/webhooks/<string:webhook_id>", methods=["DELETE"], parameters=[WEBHOOK_ID])
@requires("webhook.manage")
@bp.response(204)
@bp.alt_response(404, **NOT_FOUND)
def remove_webhook(webhook_id: str) -> None:
    """Bỏ đăng ký; thông báo còn chờ gửi không gửi nữa."""
    subscriptions.remove(webhook_id)
    settle()


@bp.route("/webhooks/<string:webhook_id>/deliveries", methods=["GET"], parameters=[WEBHOOK_ID])
@requires("webhook.manage")
@bp.response(200, DeliveriesOut)
@bp.alt_response(404, **NOT_FOUND)
def get_deliveries(webhook_id: str) -> dict:
    """100 thông báo gần nhất và kết quả gửi."""
    return {"deliveries": subscriptions.deliveries_of(subscriptions.find(webhook_id), DELIVERIES_SHOWN)}
