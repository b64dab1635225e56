"""Changes and webhooks as the API takes and tells them."""

from marshmallow import Schema, fields, validate

from motcua.core.schema import InputSchema
from motcua.dossiers.schemas import EventOut, moment

from . import addresses, feed


class ChangeOut(Schema):
    """One change. `position` grows; the same change always has the same one."""

    position = fields.Integer(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(feed.KINDS))
    code = fields.String(required=True)
    event = fields.Nested(EventOut, attribute="row", required=True)


class ChangesOut(Schema):
    changes = fields.List(fields.Nested(ChangeOut), required=True)
    cursor = fields.String(required=True, metadata={"description": "Gửi lại ở lần đọc sau."})
    has_more = fields.Boolean(required=True)


class ChangesQuery(InputSchema):
    cursor = fields.String(metadata={"pattern": feed.CURSOR.pattern, "example": feed.cursor(41)})
    limit = fields.Integer(
        load_default=100,
        validate=validate.Range(1, feed.MOST, error=f"Xin ghi từ 1 đến {feed.MOST}."),
    )


class WebhookIn(InputSchema):
    url = fields.String(
        required=True,
        validate=validate.Length(1, addresses.LONGEST, error="Địa chỉ quá dài. Xin rút ngắn."),
        metadata={
            "example": "https://mot-cua.example.vn/nhan-thong-bao",
            "format": "uri",
            "pattern": "^https?://",
        },
    )
    events = fields.List(
        fields.String(validate=validate.OneOf(feed.KINDS)),
        load_default=lambda: list(feed.KINDS),
        validate=validate.Length(1, len(feed.KINDS), error="Xin chọn ít nhất một loại thông báo."),
    )


class WebhookOut(Schema):
    id = fields.Integer(required=True)
    url = fields.String(required=True)
    events = fields.List(fields.String(), attribute="kinds", required=True)
    created_at = moment(required=True)
    failing_since = moment(allow_none=True)
    disabled_at = moment(allow_none=True)
    disabled_because = fields.String(allow_none=True)


class WebhookMadeOut(WebhookOut):
    secret = fields.String(
        required=True, metadata={"description": "Dùng để kiểm chữ ký Motcua-Signature; chỉ hiện một lần này."}
    )


class WebhooksOut(Schema):
    webhooks = fields.List(fields.Nested(WebhookOut), required=True)


class DeliveryOut(Schema):
    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True)
    attempts = fields.Integer(required=True)
    created_at = moment(required=True)
    next_attempt_at = moment(allow_none=True)
    delivered_at = moment(allow_none=True)
    answer = fields.String(allow_none=True, metadata={"description": "Mã HTTP nhận được, hoặc loại lỗi."})


class DeliveriesOut(Schema):
    deliveries = fields.List(fields.Nested(DeliveryOut), required=True)
