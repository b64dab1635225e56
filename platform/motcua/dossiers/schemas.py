"""What the one-stop system may send and gets back. Rules that need the database are in `intake`."""

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from motcua.core.schema import InputSchema, one_of, text

from .member_schemas import (
    ApologyOut,
    FeeOut,
    LegOut,
    MembersIn,
    ResultOut,
    SupplementOut,
)
from .schema_fields import Phone, how_many, many, moment, status

CHANNELS = ("counter", "online", "post")


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


class GrantBody(Schema):
    """With 403: what it would take, and who can give it."""

    permission = fields.String(allow_none=True)
    meaning = fields.String()
    roles = fields.List(fields.String())
    ask = fields.List(fields.String())


class ErrorBody(Schema):
    code = fields.String(required=True)
    message = fields.String(required=True)
    grant = fields.Nested(GrantBody)
    fields_ = fields.Dict(data_key="fields", attribute="fields", keys=fields.String(), values=fields.Raw())


class ErrorOut(Schema):
    error = fields.Nested(ErrorBody, required=True)
