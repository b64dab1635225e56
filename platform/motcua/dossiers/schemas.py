"""What the one-stop system may send and gets back. Rules that need the database are in `intake`."""

from datetime import UTC

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from motcua.core.errors import Invalid
from motcua.core.schema import InputSchema, one_of, text
from motcua.zalo.phone import normalise_phone

from .record_models import FEE_METHODS, FEE_STAGES, HANDOVER_WAYS, STAGES
from .statuses import FINISHED

CHANNELS = ("counter", "online", "post")


class Moment(fields.AwareDateTime):
    """ISO 8601 with a zone; kept and told in UTC."""

    def _deserialize(self, value, attr, data, **kwargs):
        return super()._deserialize(value, attr, data, **kwargs).astimezone(UTC)

    def _serialize(self, value, attr, obj, **kwargs):
        return super()._serialize(value and value.astimezone(UTC), attr, obj, **kwargs)


def moment(**options) -> Moment:
    return Moment(format="iso", **options)


def status(**options) -> fields.Integer:
    rule = validate.Range(
        1, 10, error="Trạng thái phải từ 1 đến 10 theo Cổng Dịch vụ công quốc gia. Xin đổi mã nội bộ."
    )
    return fields.Integer(strict=True, validate=rule, **options)


def many(of: fields.Field | type[Schema], most: int, least: int = 0, **options) -> fields.List:
    rule = validate.Length(
        least, most, error=f"Danh sách này phải có từ {least} đến {most} mục. Xin thêm hoặc bớt."
    )
    return fields.List(of if isinstance(of, fields.Field) else fields.Nested(of), validate=rule, **options)


def how_many() -> fields.Integer:
    """How many of one paper."""
    rule = validate.Range(0, 99, error="Số bản phải từ 0 đến 99. Xin ghi lại.")
    return fields.Integer(strict=True, load_default=0, validate=rule)


class Phone(fields.String):
    """A Vietnamese mobile number in any usual form; loaded as 84xxxxxxxxx."""

    def _deserialize(self, value, attr, data, **kwargs):
        try:
            return normalise_phone(super()._deserialize(value, attr, data, **kwargs))
        except Invalid as error:
            raise ValidationError(error.message) from error


class PersonIn(InputSchema):
    name = text(200, required=True, metadata={"example": "Nguyễn Thị Lan"})
    phone = Phone(metadata={"example": "0912345678"})
    id_number = fields.String(
        validate=validate.Regexp(
            r"^[A-Z0-9]{6,15}$", error="Số giấy tờ chỉ gồm 6–15 chữ số hoặc chữ in hoa. Xin bỏ dấu cách."
        ),
        metadata={"example": "060190012345"},
    )
    address = text(300)


class PaperIn(InputSchema):
    name = text(1000, required=True)
    originals = how_many()
    copies = how_many()


class OfficerIn(InputSchema):
    name = text(100, required=True, metadata={"example": "Trần Văn Minh"})
    title = text(100, metadata={"example": "Công chức Tư pháp – Hộ tịch"})


class StepIn(InputSchema):
    name = text(200, required=True, metadata={"example": "Thẩm tra hồ sơ"})
    due_at = moment(allow_none=True, load_default=None)


class PickupIn(InputSchema):
    place = text(300, metadata={"example": "Quầy 3, Trung tâm Phục vụ hành chính công phường Phan Thiết"})
    hours = text(200, metadata={"example": "07:00–11:30 và 13:30–17:00, thứ Hai đến thứ Sáu"})


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


def amount(**options) -> fields.Integer:
    rule = validate.Range(0, 10**13, error="Số tiền phải là số đồng nguyên, không âm. Xin ghi lại.")
    return fields.Integer(strict=True, required=True, validate=rule, **options)


class HttpsUrl(fields.Url):
    def __init__(self, **options):
        sentence = "Đường dẫn phải đầy đủ và bắt đầu bằng https://. Xin ghi lại."
        super().__init__(
            schemes={"https"},
            validate=validate.Length(max=1000, error=sentence),
            error_messages={"invalid": sentence},
            **options,
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


class LegIn(InputSchema):
    """Phần việc của một cơ quan trong hồ sơ liên thông."""

    agency_code = text(80)
    agency_name = text(300)
    received_at = moment(allow_none=True)
    due_at = moment(allow_none=True)
    finished_at = moment(allow_none=True)

    @validates_schema
    def agency_is_named(self, data, **kwargs):
        if not data.get("agency_code") and not data.get("agency_name"):
            raise ValidationError("Thiếu cơ quan. Xin gửi agency_code hoặc agency_name.", "agency_code")


MEMBER_OF = {"supplement": 5, "fee": 6, "result": 9, "handover": 10}


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


class WhereIn(InputSchema):
    """Who holds the dossier now."""

    agency_code = text(80)
    agency_name = text(300)
    department = text(200, metadata={"example": "Bộ phận Tư pháp – Hộ tịch"})
    officer = fields.Nested(OfficerIn)
    step = fields.Nested(StepIn)
    due_at = moment(allow_none=True)
    pickup = fields.Nested(PickupIn)
    note = text(1500)


class DossierIn(WhereIn, MembersIn):
    """A dossier as the source system holds it. Sending the same again changes nothing."""

    procedure_code = text(40, required=True, metadata={"example": "1.000894"})
    channel = one_of(CHANNELS, load_default="counter")
    status = status(
        metadata={
            "description": "Thiếu cả status và local_code thì là 2. Với hồ sơ đã có, status và các mục đi theo "
            "diễn biến chỉ tính khi kèm status_at; diễn biến nên gửi qua /events.",
        },
    )
    status_at = moment(
        metadata={"description": "Thời điểm của status; thiếu thì lấy received_at khi hồ sơ còn mới."}
    )
    received_at = moment(allow_none=True)
    summary = text(500)
    owner = fields.Nested(PersonIn, required=True)
    submitter = fields.Nested(PersonIn)
    authorised = fields.Nested(PersonIn)
    papers = many(PaperIn, 100)
    aliases = many(
        text(80),
        10,
        metadata={"description": "Mã khác của cùng hồ sơ (MaHoSoKhac): của Cổng quốc gia, của bộ."},
    )
    legs = many(
        LegIn,
        50,
        metadata={
            "description": "Hồ sơ liên thông: phần của từng cơ quan, thay cho điều suy ra từ diễn biến."
        },
    )

    @validates_schema
    def due_follows_receipt(self, data, **kwargs):
        received, due = data.get("received_at"), data.get("due_at")
        if received and due and due < received:
            raise ValidationError("Hạn trả sớm hơn lúc tiếp nhận. Xin kiểm tra lại hai thời điểm.", "due_at")

    @validates_schema
    def agency_is_named(self, data, **kwargs):
        if not data.get("agency_code") and not data.get("agency_name"):
            raise ValidationError(
                "Thiếu cơ quan giải quyết. Xin gửi agency_code hoặc agency_name.", "agency_code"
            )


class EventIn(WhereIn, MembersIn):
    """One thing that happened to a dossier. May come late, twice or out of order."""

    status = status(metadata={"description": "Gửi status, local_code, hoặc cả hai."})
    occurred_at = moment(required=True)

    @validates_schema
    def status_is_named(self, data, **kwargs):
        if data.get("status") is None and not data.get("local_code"):
            raise ValidationError("Thiếu trạng thái. Xin gửi status (1–10) hoặc local_code.", "status")


class OfficerOut(Schema):
    name = fields.String(attribute="officer", allow_none=True)
    title = fields.String(attribute="officer_title", allow_none=True)


class EventOut(Schema):
    status = fields.Integer()
    status_name = fields.String()
    occurred_at = moment()
    recorded_at = moment()
    agency_name = fields.String(allow_none=True)
    department = fields.String(allow_none=True)
    officer = fields.String(allow_none=True)
    officer_title = fields.String(allow_none=True)
    step = fields.String(allow_none=True)
    step_due_at = moment(allow_none=True)
    note = fields.String(allow_none=True)
    local_code = fields.String(allow_none=True)
    status_map_version = fields.Integer(allow_none=True)
    reason = fields.String(allow_none=True)
    is_late = fields.Boolean()
    is_unexpected = fields.Boolean()
    unexpected_why = fields.String(allow_none=True)


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


class DossierOut(Schema):
    code = fields.String(required=True)
    procedure_code = fields.String(required=True)
    procedure_name = fields.String(required=True)
    channel = fields.String(required=True)
    status = fields.Integer(required=True)
    status_name = fields.String(required=True)
    status_at = moment(required=True)
    agency_code = fields.String(allow_none=True)
    agency_name = fields.String(required=True)
    department = fields.String(allow_none=True)
    officer = fields.String(allow_none=True)
    officer_title = fields.String(allow_none=True)
    step = fields.String(allow_none=True)
    step_due_at = moment(allow_none=True)
    received_at = moment(allow_none=True)
    promised_at = moment(allow_none=True)
    due_at = moment(allow_none=True)
    ready_at = moment(allow_none=True)
    returned_at = moment(allow_none=True)
    reason = fields.String(allow_none=True)
    payment_state = fields.String(required=True)
    handover_state = fields.String(required=True)
    sync_state = fields.String(required=True)
    synced_at = moment(allow_none=True)
    source_time = moment(required=True)
    aliases = fields.List(fields.String(), required=True)
    tracking_url = fields.String(required=True)
    receipt_url = fields.String(required=True)
    supplements = fields.List(fields.Nested(SupplementOut), required=True)
    fees = fields.List(fields.Nested(FeeOut), required=True)
    apologies = fields.List(fields.Nested(ApologyOut), required=True)
    results = fields.List(fields.Nested(ResultOut), required=True)
    legs = fields.List(fields.Nested(LegOut), required=True)
    events = fields.List(fields.Nested(EventOut), required=True)


class EventAnswer(Schema):
    """`known`: we had this very event already, and nothing changed."""

    known = fields.Boolean(required=True)
    is_late = fields.Boolean(required=True)
    is_unexpected = fields.Boolean(required=True)
    dossier = fields.Nested(DossierOut, required=True)


class ErrorBody(Schema):
    code = fields.String(required=True)
    message = fields.String(required=True)
    fields_ = fields.Dict(data_key="fields", keys=fields.String(), values=fields.Raw())


class ErrorOut(Schema):
    error = fields.Nested(ErrorBody, required=True)
