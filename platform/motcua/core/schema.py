"""Marshmallow in Vietnamese: whole sentences that say what to do, and unknown fields refused."""

import re
from typing import ClassVar

from marshmallow import RAISE, Schema, fields, validate

_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff]")

SENTENCES = {
    fields.Field: {
        "required": "Thiếu mục này. Xin bổ sung rồi gửi lại.",
        "null": "Mục này không được để trống. Xin ghi giá trị hoặc bỏ hẳn mục.",
        "validator_failed": "Giá trị chưa đúng. Xin kiểm tra lại.",
    },
    fields.String: {
        "invalid": "Mục này phải là chữ. Xin ghi trong ngoặc kép.",
        "invalid_utf8": "Chữ không đúng bảng mã. Xin gửi bằng UTF-8.",
    },
    fields.Integer: {"invalid": "Mục này phải là số nguyên. Xin ghi số, không kèm chữ."},
    fields.Boolean: {"invalid": "Mục này phải là true hoặc false. Xin sửa lại."},
    fields.List: {"invalid": "Mục này phải là danh sách. Xin đặt các phần tử trong ngoặc vuông."},
    fields.Nested: {"type": "Mục này phải là một nhóm có tên. Xin đặt trong ngoặc nhọn."},
    fields.Date: {"invalid": "Ngày chưa đúng dạng. Xin ghi theo ISO 8601, ví dụ 2026-11-25."},
    fields.Url: {"invalid": "Đường dẫn chưa đúng. Xin ghi đầy đủ, ví dụ https://dichvucong.gov.vn."},
    fields.AwareDateTime: {
        "invalid": "Thời điểm chưa đúng dạng. Xin ghi theo ISO 8601, ví dụ 2026-11-25T10:00:00+07:00.",
        "invalid_awareness": "Thời điểm thiếu múi giờ. Xin ghi thêm +07:00, ví dụ 2026-11-25T10:00:00+07:00.",
        "format": "Thời điểm chưa đúng dạng. Xin ghi theo ISO 8601, ví dụ 2026-11-25T10:00:00+07:00.",
    },
}
for kind, sentences in SENTENCES.items():
    kind.default_error_messages = {**kind.default_error_messages, **sentences}


class InputSchema(Schema):
    """What comes from outside: nothing unknown passes."""

    class Meta:
        unknown = RAISE

    error_messages: ClassVar[dict[str, str]] = {
        "unknown": "Không có mục nào tên như vậy. Xin bỏ đi hoặc xem lại tên trong tài liệu API.",
        "type": "Dữ liệu phải là một nhóm có tên. Xin đặt trong ngoặc nhọn.",
    }


def text(longest: int, *, required: bool = False, shortest: int = 1, **options) -> fields.String:
    """A trimmed-length-checked line of text."""
    rule = validate.Length(
        min=shortest,
        max=longest,
        error=f"Mục này phải có từ {shortest} đến {longest} ký tự. Xin viết lại cho vừa.",
    )
    return fields.String(required=required, validate=[rule, _no_control_characters], **options)


def one_of(choices, **options) -> fields.String:
    sentence = f"Giá trị phải là một trong: {', '.join(choices)}. Xin chọn lại."
    return fields.String(validate=validate.OneOf(choices, error=sentence), **options)


def _no_control_characters(value: str) -> None:
    # PostgreSQL cannot hold NUL or half of a surrogate pair, and the rest would garble a receipt.
    if _UNWANTED.search(value):
        raise validate.ValidationError("Mục này có ký tự điều khiển. Xin xóa ký tự lạ rồi gửi lại.")
