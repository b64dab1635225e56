"""The rules of `tenant.toml`, in marshmallow. Each section loads into its dataclass of `province`."""

from datetime import time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from marshmallow import ValidationError, fields, validate, validates_schema

from motcua.core.schema import one_of, text

from . import province
from .colours import HEX, SMALLEST_CONTRAST, contrast_with_white
from .folder_fields import (
    HOST,
    SLUG,
    Clock,
    Day,
    PeriodSection,
    Section,
    by_faults,
    matching,
    no_repeated,
    no_repeats,
    non_empty_list,
)
from .periods import faults_in_codes, faults_in_sequence

FORM_SETS = ("tt01-2018", "tt03-2025")
SERVICE = r"[a-z][a-z0-9_]{1,39}"
TEMPLATE_PURPOSES = (
    "dossier_receipt",
    "dossier_status",
    "dossier_ready",
    "dossier_result",
    "survey",
    "visit",
    "licence",
    "announcement",
)


class NameSection(PeriodSection):
    made_into = province.ProvinceName
    name = text(100, required=True)
    short_name = text(40, required=True)
    kind = one_of(("tỉnh", "thành phố"), required=True)
    note = text(500)


class GsoCodeSection(PeriodSection):
    made_into = province.GsoCode
    code = matching(r"[0-9]{2}", "Mã tỉnh gồm hai chữ số. Xin ghi như “60”.", required=True)


class AgencyCodeSection(PeriodSection):
    made_into = province.AgencyCode
    code = matching(
        r"H[0-9]{2}", "Mã định danh tỉnh gồm chữ H và hai chữ số. Xin ghi như “H11”.", required=True
    )
    evidence = one_of(("unverified", "corroborated"), required=True)


class MergedIntoSection(Section):
    made_into = province.MergedInto
    province = text(100, required=True)
    gso_code = matching(r"[0-9]{2}", "Mã tỉnh gồm hai chữ số. Xin ghi như “68”.", required=True)
    on = Day(required=True)
    resolution = text(200, required=True)


class FormSetSection(PeriodSection):
    made_into = province.FormSetPeriod
    circular = one_of(FORM_SETS, required=True)


class OfficeHoursSection(Section):
    made_into = province.OfficeHours
    weekdays = non_empty_list(
        fields.Integer(
            strict=True,
            validate=validate.Range(1, 7, error="Thứ trong tuần là số từ 1 (thứ Hai) đến 7. Xin ghi lại."),
        ),
        no_repeats,
    )
    spans = non_empty_list(
        fields.List(
            Clock(),
            validate=validate.Length(equal=2, error="Mỗi ca gồm hai giờ. Xin ghi giờ mở và giờ đóng."),
        )
    )
    same_day_cutoff = Clock(required=True)

    @validates_schema(skip_on_field_errors=True)
    def spans_follow_each_other(self, data, **kwargs):
        latest = time.min
        for index, (start, end) in enumerate(data["spans"]):
            if start >= end or (index and start <= latest):
                raise ValidationError(
                    {
                        "spans": {
                            index: ["Ca làm việc ngược hoặc chồng lên ca trước. Xin ghi các ca theo thứ tự."]
                        }
                    }
                )
            latest = end
        if not data["spans"][0][0] <= data["same_day_cutoff"] <= latest:
            raise ValidationError(
                "Giờ chốt nằm ngoài giờ làm việc. Xin ghi một giờ trong ca.", "same_day_cutoff"
            )


class SpecialDaySection(Section):
    made_into = province.SpecialDay
    date = Day(required=True)
    reason = text(200, required=True)


class OpenDaySection(SpecialDaySection):
    made_into = province.OpenDay
    counts = fields.Boolean(load_default=False)


def _readable_under_white(colour: str) -> None:
    if HEX.fullmatch(colour) and (contrast := contrast_with_white(colour)) < SMALLEST_CONTRAST:
        reached = f"{contrast:.1f}".replace(".", ",")
        raise ValidationError(
            f"Chữ trắng trên màu này khó đọc: độ tương phản {reached}. Xin chọn màu đậm hơn, đạt ít nhất 4,5."
        )


def _two_letters(value: str) -> None:
    if len(value) != 2 or not value.isalpha() or value != value.upper():
        raise ValidationError("Chữ lồng gồm đúng hai chữ cái in hoa. Xin ghi như “BT”.")


class BrandingSection(Section):
    made_into = province.Branding
    primary_color = fields.String(
        required=True,
        validate=[
            validate.Regexp(f"^{HEX.pattern}$", error="Màu chưa đúng dạng. Xin ghi như “#0b5394”."),
            _readable_under_white,
        ],
    )
    accent_color = matching(HEX, "Màu chưa đúng dạng. Xin ghi như “#c0392b”.", required=True)
    monogram = fields.String(required=True, validate=_two_letters)


class ContactSection(Section):
    made_into = province.Contact
    hotline = matching(
        r"[0-9+][0-9 .()-]{2,19}", "Số điện thoại chỉ gồm chữ số, dấu cách và dấu chấm. Xin ghi lại."
    )
    portal_url = matching(
        r"https://[^\s/@:]+\.[^\s/@:]+(?:/\S*)?",
        "Địa chỉ cổng chưa đúng. Xin ghi đầy đủ, bắt đầu bằng https://.",
        required=True,
    )
    address = text(300)


class OfficialAccountSection(PeriodSection):
    made_into = province.OfficialAccountGiven
    key = matching(SLUG, "Tên gọi chỉ gồm chữ thường, số và gạch nối. Xin ghi như “main”.", required=True)
    oa_id = matching(
        r"[0-9]{15,20}", "Mã OA chỉ gồm 15–20 chữ số. Xin chép từ trang quản lý OA.", required=True
    )
    app_id = matching(
        r"[0-9]{15,20}", "Mã ứng dụng chỉ gồm 15–20 chữ số. Xin chép từ trang ứng dụng.", required=True
    )
    name = text(100, required=True)
    scope = fields.List(text(100), load_default=list, validate=no_repeats)
    templates = fields.Dict(
        keys=one_of(TEMPLATE_PURPOSES),
        values=matching(
            r"[0-9]{1,20}", "Mã mẫu ZBS là chuỗi chữ số trong ngoặc kép. Xin chép từ trang quản lý OA."
        ),
        load_default=dict,
    )


def _days(at_least: int) -> fields.Integer:
    sentence = f"Thời gian lưu phải từ {at_least} đến 36500 ngày. Xin ghi lại."
    return fields.Integer(
        required=True, strict=True, validate=validate.Range(at_least, 36500, error=sentence)
    )


class RetentionSection(Section):
    made_into = province.Retention
    raw_chat_days = _days(1)
    delivery_log_days = _days(1)
    access_audit_days = _days(365)
    survey_text_days = _days(1)
    consent_evidence_days = _days(365)


def _between(least: int, most: int) -> fields.Integer:
    sentence = f"Số ngày phải từ {least} đến {most}. Xin ghi lại."
    return fields.Integer(strict=True, validate=validate.Range(least, most, error=sentence))


def _falling_bands(bands: list[int]) -> None:
    if (
        len(bands) != 4
        or bands != sorted(set(bands), reverse=True)
        or not all(0 < one <= 18 for one in bands)
    ):
        raise ValidationError("Cần bốn mốc điểm giảm dần, từ 18 trở xuống. Xin ghi như [15, 12, 9, 6].")


class SurveySection(Section):
    made_into = province.SurveyChoice
    is_on = fields.Boolean()
    reminder_after_days = _between(1, 14)
    open_for_days = _between(15, 30)
    ask_within_days = _between(1, 30)
    bands = fields.List(fields.Integer(strict=True), validate=_falling_bands)

    @validates_schema(skip_on_field_errors=True)
    def reminds_before_it_closes(self, data, **kwargs):
        if data.get("reminder_after_days", 3) >= data.get("open_for_days", 21):
            raise ValidationError("Ngày nhắc phải trước ngày đóng. Xin ghi lại.", "reminder_after_days")


class ProcedureChoiceSection(Section):
    made_into = province.ProcedureChoice
    include_levels = non_empty_list(one_of(("ministry", "province", "commune", "other")), no_repeats)
    exclude_fields = fields.List(text(200), load_default=list, validate=no_repeats)


def _count(default: int, most: int) -> fields.Integer:
    sentence = f"Giá trị phải là số nguyên từ 1 đến {most}. Xin ghi lại."
    return fields.Integer(strict=True, load_default=default, validate=validate.Range(1, most, error=sentence))


class VisitsSection(Section):
    made_into = province.Visits
    daily_limit = _count(2, 20)
    open_limit = _count(3, 50)
    grace_minutes = _count(30, 240)


def _working_days(default: int, least: int = 1) -> fields.Integer:
    sentence = f"Số ngày làm việc phải từ {least} đến 365. Xin ghi lại."
    rule = validate.Range(least, 365, error=sentence)
    return fields.Integer(load_default=default, strict=True, validate=rule)


def _hosts(default: tuple[str, ...]) -> fields.List:
    sentence = "Tên miền chưa đúng. Xin ghi chữ thường, không kèm https:// hay cổng, như “dichvucong.gov.vn”."
    return fields.List(matching(HOST, sentence), load_default=lambda: list(default), validate=no_repeats)


class NewsSection(Section):
    made_into = province.NewsRules
    moves = one_of(("every", "agency", "none"), load_default="every")
    silence_days = _working_days(5)
    silence_days_by_status = fields.Dict(
        keys=one_of(tuple(str(status) for status in range(1, 11))),
        values=_working_days(0, least=0),
        load_default=dict,
    )
    silence_told_after_days = _working_days(3)
    pay_hosts = _hosts(("dichvucong.gov.vn",))
    file_hosts = _hosts(())
    file_delivery = one_of(("fetch", "redirect"), load_default="fetch")
    link_hours = fields.Integer(
        load_default=72,
        strict=True,
        validate=validate.Range(1, 720, error="Số giờ phải từ 1 đến 720. Xin ghi lại."),
    )


class PlanSection(Section):
    made_into = province.Plan
    weight = _count(1, 10)
    messages_per_month = fields.Integer(
        strict=True,
        load_default=None,
        validate=validate.Range(0, error="Số tin mỗi tháng phải từ 0. Xin ghi lại hoặc bỏ trống."),
    )


def _zone_exists(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValidationError("Không có múi giờ này. Xin ghi “Asia/Ho_Chi_Minh”.") from None


def _vietnamese_first(languages: list[str]) -> None:
    if languages[:1] != ["vi"]:
        raise ValidationError('Tiếng Việt phải đứng đầu. Xin ghi ["vi"] hoặc ["vi", "en"].')


def _service_code() -> fields.String:
    # Which of them there are is known further up: packages may bring their own.
    return matching(SERVICE, "Mã dịch vụ gồm chữ thường, số và dấu gạch dưới. Xin ghi như “land_price”.")


class _Plain(fields.Field):
    def _deserialize(self, value, attr, data, **kwargs):
        if isinstance(value, str | bool | int | float):
            return value
        raise ValidationError("Thiết lập là chữ, số, true hoặc false. Xin ghi lại.")


class TenantSection(Section):
    """The whole file."""

    made_into = province.TenantFolder
    slug = matching(SLUG, "Tên thư mục chỉ gồm chữ thường, số và gạch nối. Xin đổi tên.", required=True)
    status = one_of(("live", "trial"), required=True)
    timezone = fields.String(required=True, validate=_zone_exists)
    hosts = non_empty_list(
        matching(
            HOST,
            "Tên miền chưa đúng. Xin ghi chữ thường, không kèm https:// hay cổng, như “zalo.binhthuan.gov.vn”.",
        ),
        no_repeats,
    )
    languages = non_empty_list(one_of(("vi", "en")), no_repeats, _vietnamese_first)
    services = fields.List(_service_code(), required=True, validate=no_repeats)
    service_settings = fields.Dict(
        keys=_service_code(), values=fields.Dict(keys=text(40), values=_Plain()), load_default=dict
    )
    names = non_empty_list(fields.Nested(NameSection), by_faults(faults_in_sequence))
    gso_codes = non_empty_list(fields.Nested(GsoCodeSection), by_faults(faults_in_codes))
    agency_codes = non_empty_list(fields.Nested(AgencyCodeSection), by_faults(faults_in_codes))
    merged_into = fields.Nested(MergedIntoSection)
    form_sets = fields.List(
        fields.Nested(FormSetSection), load_default=list, validate=by_faults(faults_in_sequence)
    )
    office_hours = fields.Nested(OfficeHoursSection, required=True)
    closed_days = fields.List(
        fields.Nested(SpecialDaySection), load_default=list, validate=no_repeated("date")
    )
    extra_open_days = fields.List(
        fields.Nested(OpenDaySection), load_default=list, validate=no_repeated("date")
    )
    branding = fields.Nested(BrandingSection, required=True)
    contact = fields.Nested(ContactSection, required=True)
    official_accounts = fields.List(
        fields.Nested(OfficialAccountSection),
        load_default=list,
        validate=[no_repeated("key"), no_repeated("oa_id")],
    )
    retention = fields.Nested(RetentionSection, required=True)
    procedures = fields.Nested(ProcedureChoiceSection, required=True)
    visits = fields.Nested(VisitsSection)
    survey = fields.Nested(SurveySection)
    plan = fields.Nested(PlanSection, load_default=province.Plan)
    news = fields.Nested(NewsSection, load_default=province.NewsRules)

    @validates_schema(skip_on_field_errors=True)
    def no_day_is_both(self, data, **kwargs):
        closed = {one.date for one in data["closed_days"]}
        for index, one in enumerate(data["extra_open_days"]):
            if one.date in closed:
                raise ValidationError(
                    {
                        "extra_open_days": {
                            index: {"date": ["Ngày này cũng có trong closed_days. Xin bỏ một nơi."]}
                        }
                    }
                )
