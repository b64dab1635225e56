"""What an event may bring with it, as it is sent, and the records that come of it, as they are told."""

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from motcua.core.schema import InputSchema, one_of, text

from .record_models import FEE_METHODS, FEE_STAGES, HANDOVER_WAYS, STAGES
from .schema_fields import HttpsUrl, amount, how_many, many, moment
from .statuses import FINISHED

MEMBER_OF = {"supplement": 5, "fee": 6, "result": 9, "handover": 10}


class SupplementItemIn(InputSchema):
    name = text(500, required=True, metadata={"example": "Giấy xác nhận tình trạng hôn nhân"})
    originals = how_many()
    copies = how_many()
    note = text(500)


class SupplementIn(InputSchema):
    """Giấy tờ cần bổ sung, kèm trạng thái 5."""

    items = many(SupplementItemIn, 100, 1, required=True)
    reason = text(1500, required=True, metadata={"example": "Giấy xác nhận đã quá 6 tháng."})
    respond_by = moment()
    stage = one_of(STAGES)
    contact_phone = fields.String(
        validate=validate.Regexp(
            r"^[0-9+][0-9 .]{2,19}$", error="Số điện thoại quầy chỉ gồm chữ số và dấu cách. Xin ghi lại."
        ),
        metadata={"example": "0252 3822 333"},
    )


class FeeItemIn(InputSchema):
    name = text(300, required=True, metadata={"example": "Lệ phí đăng ký"})
    amount_vnd = amount(metadata={"example": 20000})


class FeeIn(InputSchema):
    """Khoản phải nộp, kèm trạng thái 6. 0 đồng là được miễn."""

    amount_vnd = amount(metadata={"example": 20000})
    items = many(FeeItemIn, 50)
    pay_by = moment()
    pay_url = HttpsUrl(metadata={"example": "https://dichvucong.gov.vn/thanh-toan"})
    stage = one_of(FEE_STAGES, load_default="intake")


class FeePaidIn(InputSchema):
    paid_at = moment(required=True)
    amount_vnd = amount(metadata={"example": 20000})
    method = one_of(FEE_METHODS, required=True)
    receipt_number = text(100)


class SignerIn(InputSchema):
    name = text(100, required=True, metadata={"example": "Đỗ Thị Thanh"})
    title = text(100, metadata={"example": "Phó Chủ tịch"})


class ApologyIn(InputSchema):
    """Xin lỗi và hẹn lại (mẫu 04); ngày hẹn của hồ sơ thành `new_due_at`."""

    reason = text(1500, required=True)
    new_due_at = moment(required=True)
    signer = fields.Nested(SignerIn)
    agency_name = text(300)


class ResultItemIn(InputSchema):
    number = text(100, metadata={"example": "12/2026"})
    name = text(500, required=True, metadata={"example": "Giấy chứng nhận kết hôn"})
    issued_on = fields.Date()
    file_url = HttpsUrl()


class ResultIn(InputSchema):
    """Kết quả giải quyết, kèm trạng thái 9."""

    items = many(ResultItemIn, 50, 1, required=True)
    ways = many(one_of(HANDOVER_WAYS), 3, 1, load_default=lambda: ["desk"])


class HandoverIn(InputSchema):
    """Cách đã trả kết quả, kèm trạng thái 10. Tên người nhận được mã hóa."""

    way = one_of(HANDOVER_WAYS, required=True)
    receiver_name = text(200)
    post_code = text(50, metadata={"example": "RR123456789VN"})


class MembersIn(InputSchema):
    """What an event brings with it."""

    local_code = text(
        80,
        metadata={
            "description": "Mã trạng thái riêng của hệ thống nguồn, đổi theo bảng của tỉnh; có status thì theo status.",
        },
    )
    reason = text(1500, metadata={"description": "Lý do từ chối, rút, dừng, thu hồi hoặc đính chính."})
    supplement = fields.Nested(SupplementIn)
    fee = fields.Nested(FeeIn)
    fee_paid = fields.Nested(FeePaidIn)
    apology = fields.Nested(ApologyIn)
    result = fields.Nested(ResultIn)
    handover = fields.Nested(HandoverIn)

    @validates_schema
    def members_fit_the_status(self, data, **kwargs):
        given = data.get("status")
        if given is None:
            return
        wrong = {
            name: [f"Mục này chỉ đi với trạng thái {fits}. Xin sửa status hoặc bỏ mục này."]
            for name, fits in MEMBER_OF.items()
            if name in data and given != fits
        }
        if "apology" in data and given in FINISHED:
            wrong["apology"] = ["Hồ sơ đã kết thúc thì không hẹn lại. Xin bỏ mục này hoặc sửa status."]
        if wrong:
            raise ValidationError(wrong)


class SupplementOut(Schema):
    number = fields.Integer(required=True)
    requested_at = moment(required=True)
    items = fields.List(fields.Dict(), required=True)
    reason = fields.String(allow_none=True)
    respond_by = moment(allow_none=True)
    stage = fields.String(allow_none=True)
    contact_phone = fields.String(allow_none=True)
    closed_at = moment(allow_none=True)


class FeeOut(Schema):
    number = fields.Integer(required=True)
    asked_at = moment(required=True)
    amount_vnd = fields.Integer(required=True)
    items = fields.List(fields.Dict(), required=True)
    pay_by = moment(allow_none=True)
    pay_url = fields.String(allow_none=True)
    stage = fields.String(allow_none=True)
    paid_at = moment(allow_none=True)
    paid_vnd = fields.Integer(allow_none=True)
    method = fields.String(allow_none=True)
    receipt_number = fields.String(allow_none=True)


class ApologyOut(Schema):
    number = fields.Integer(required=True)
    apologised_at = moment(required=True)
    reason = fields.String(required=True)
    old_due_at = moment(allow_none=True)
    new_due_at = moment(required=True)
    agency_name = fields.String(required=True)
    signer = fields.String(allow_none=True)
    signer_title = fields.String(allow_none=True)
    is_late = fields.Boolean(required=True)


class ResultOut(Schema):
    """Without the receiver's name."""

    number = fields.Integer(required=True)
    ready_at = moment(allow_none=True)
    items = fields.List(fields.Dict(), required=True)
    ways = fields.List(fields.String(), required=True)
    handed_over_at = moment(allow_none=True)
    handover_way = fields.String(allow_none=True)
    post_code = fields.String(allow_none=True)


class LegOut(Schema):
    number = fields.Integer(required=True)
    agency_code = fields.String(allow_none=True)
    agency_name = fields.String(required=True)
    received_at = moment(allow_none=True)
    due_at = moment(allow_none=True)
    finished_at = moment(allow_none=True)
