"""The table of variables: which there are, what they mean where, and which are always known."""

from dataclasses import replace

from . import variable_table_services as services
from .variable import Variable
from .variable_kinds import CODE, FLAG, MOMENT, MONEY, PHONE, URL, choice, count, rows, text, texts

PROCEDURE = text(150, "Thủ tục đăng ký kết hôn", "Marriage registration")
AGENCY = text(150, "UBND phường Phan Thiết")
STATUS = text(200, "Đang xử lý", "In progress")

NAMED: dict[str, Variable] = {
    "province": text(40, "Bình Thuận"),
    "code": CODE,
    "procedure": PROCEDURE,
    "status": STATUS,
    "agency": AGENCY,
    "department": text(150, "Phòng Tư pháp – Hộ tịch", "Civil Status Office"),
    "officer": text(60, "Nguyễn Văn Bình"),
    "officer_title": text(60, "Công chức tư pháp – hộ tịch", "Civil status officer"),
    "step": text(150, "Thẩm tra hồ sơ", "Examination"),
    "ack_due": MOMENT,
    "due": MOMENT,
    "old_due": MOMENT,
    "note": text(400, "Tờ khai chưa có chữ ký của bên nữ.", "The form lacks the bride's signature."),
    "reason": text(200, "Điều chỉnh lịch nghỉ lễ", "The holiday calendar was changed"),
    "place": text(150, "Quầy 3, UBND phường Phan Thiết, 12 Trần Phú", "Counter 3, 12 Trần Phú"),
    "hours": text(200, "7 giờ 00–11 giờ 30, 13 giờ 30–17 giờ 00", "07:00–11:30, 13:30–17:00"),
    "occurred": MOMENT,
    "knows_details": FLAG,
    "tracking_url": URL,
    "follow_code": Variable("code", 16, "K7Q2-M9XD-4F3A"),
    "days_left": text(40, "còn 2 ngày làm việc", "2 working days left"),
    "as_of": MOMENT,
    "hotline": PHONE,
    "portal": URL,
    "number": count(99_999_999, 2),
    "items": texts(5, 185, "Tờ khai đăng ký kết hôn (1 bản chính)", "Giấy xác nhận tình trạng hôn nhân", total=600),
    "more_items": count(999, 3),
    "respond_by": MOMENT,
    "contact_phone": PHONE,
    "amount": MONEY,
    "fee_items": texts(5, 105, "Lệ phí đăng ký: 1.200.000 đồng"),
    "is_waived": FLAG,
    "pay_by": MOMENT,
    "pay_online": FLAG,
    "paid": MONEY,
    "paid_at": MOMENT,
    "method": text(60, "chuyển khoản", "by bank transfer"),
    "receipt_number": Variable("code", 100, "BL-0001234"),
    "apology_agency": AGENCY,
    "results": texts(5, 140, "Giấy chứng nhận kết hôn (số 125/2024)"),
    "by_post": FLAG,
    "electronic": FLAG,
    "has_file": FLAG,
    "handover_way": text(40, "nhận tại quầy", "collected at the desk"),
    "post_code": Variable("code", 60, "EB123456789VN"),
    "silent_since": MOMENT,
    "request": text(100, "Nhận kết quả qua bưu điện", "Have it sent by post"),
    "answer": text(1000, "Kết quả đã gửi qua bưu điện ngày 28/11.", "The result was posted on 28 Nov."),
    "dossiers": rows(
        5,
        {
            "code": "000.00.01.H11-241126-0007",
            "status": "Đang xử lý",
            "due": "10 giờ 00, thứ Năm 28/11/2024",
            "procedure": "Thủ tục đăng ký kết hôn",
            "place": "Quầy 3, UBND phường Phan Thiết",
            "hours": "7 giờ 00–11 giờ 30",
        },
        code=CODE,
        status=replace(STATUS, longest=80),
        due=replace(MOMENT, may_lack=True),
        procedure=replace(PROCEDURE, longest=80),
        place=text(70, "Quầy 3, UBND phường Phan Thiết"),
        hours=replace(text(40, "7 giờ 00–11 giờ 30"), may_lack=True),
    ),
    "visits": texts(4, 100, "8 giờ 30, thứ Sáu 29/11/2024, Quầy một cửa phường Phan Thiết, số 12"),
    "tries_left": count(5, 3),
    "minutes": count(999, 15),
    "problem": FLAG,
    "kind": choice("postal_return", "delegate", "withdraw", "phone"),
    "name": text(220, "Thủ tục đăng ký kết hôn", "Marriage registration"),
    "field": text(100, "Hộ tịch", "Civil status"),
    "time": text(200, "Trong ngày làm việc", "Within the working day"),
    "fee": text(200, "Miễn lệ phí", "Free of charge"),
    "papers": count(99, 4),
    "where": text(200, "UBND cấp xã", "The commune's People's Committee"),
    "online": FLAG,
    "result": text(200, "Giấy chứng nhận kết hôn", "Marriage certificate"),
    "rows": texts(40, 1700, "Tờ khai đăng ký kết hôn", "Giấy xác nhận tình trạng hôn nhân", total=1700),
    "page": count(99, 1),
    "pages": count(99, 1),
    "pointer": text(600, "Việc này do công an cấp xã giải quyết.", "The commune's police handle this."),
    "example": text(100, "làm lại căn cước", "renew my ID card"),
    "opens_at": MOMENT,
    "text": text(1500, "Ông/bà mang theo bản chính để đối chiếu.", "Please bring the original."),
    "on": texts(8, 80, "Thiên tai, bão lũ"),
    "off": texts(8, 80, "Chính sách mới"),
    "topic": text(80, "Thiên tai, bão lũ", "Storms and floods"),
    "desk": text(150, "Quầy một cửa phường Phan Thiết", "One-stop desk, Phan Thiết"),
    "starts": MOMENT,
    "purpose": text(60, "Nộp hồ sơ", "To file a dossier"),
    "collects": FLAG,
    "url": URL,
    "missed": FLAG,
    "limit": count(99, 2),
    "until": MOMENT,
    "closes": MOMENT,
    "page_url": URL,
    "level": text(40, "Rất hài lòng", "Very satisfied"),
    "state": text(60, "Đã thụ lý", "Accepted"),
    "triage_due": MOMENT,
    "reply_due": MOMENT,
    "complaints": rows(
        3,
        {"number": 12, "state": "Đã thụ lý", "text": "Cơ quan đang xem xét."},
        number=count(99_999_999, 12),
        state=text(60, "Đã thụ lý"),
        text=replace(text(400, "Cơ quan đang xem xét."), may_lack=True),
    ),
    "shortest": count(9999, 10),
    "longest": count(9999, 1500),
} | services.NAMED  # fmt: skip

# Where one name means another thing.
IN_EVENT: dict[str, dict[str, Variable]] = services.IN_EVENT | {
    "result_link": {"hours": count(999, 48)},
    "person_coming": {"hours": text(100, "7 giờ 00–11 giờ 30, 13 giờ 30–17 giờ 00", "07:00–17:00")},
    **{
        event: {"rows": texts(5, 200, "thứ Sáu 29/11: còn 6 chỗ", "thứ Hai 02/12: còn 8 chỗ")}
        for event in ("visit_days", "visit_desks", "visit_dossiers", "visit_mine", "visit_slots")
    },
    "procedure_choices": {"rows": texts(4, 300, "Thủ tục đăng ký kết hôn", "Thủ tục đăng ký lại kết hôn")},
    **{
        event: {"kind": text(80, "hành vi của cán bộ", "an officer's conduct")}
        for event in (
            "complaint_kept", "complaint_words", "complaint_more", "complaint_asked", "complaint_accepted",
            "complaint_forwarded", "complaint_refused", "complaint_answered",
        )
    },
    **{
        event: {"kind": text(40, "Xem dữ liệu của tôi", "See my data"), "hours": count(999, 72)}
        for event in (
            "data_kept", "data_acknowledged", "data_extended", "data_answered", "data_refused", "data_copy",
            "data_erasing",
        )
    },
    "visit_refused": {
        "reason": choice(
            "full", "past", "closed", "daily", "open", "churn", "absent", "dossier", "proof", "no_desk", "no_slots",
            "over",
            brings={"daily": ("limit",), "open": ("limit",), "absent": ("limit", "until"), "dossier": ("code",)},
        )
    },
}  # fmt: skip
_DATA = ("province", "number", "kind", "ack_due", "due")
_DOSSIER = ("province", "code", "procedure", "status", "agency", "place", "tracking_url", "follow_code")
_REQUEST = ("province", "code", "agency", "request")
_VISIT = ("province", "number", "desk", "place", "starts", "purpose", "url")
_SURVEY = ("province", "code", "procedure", "agency", "closes", "page_url")
_PROCEDURE = ("province", "name", "code", "field")
_PAGE = (*_PROCEDURE, "page", "pages")
_COMPLAINT = ("province", "number", "kind", "state", "triage_due", "due")
_ANSWERED = (*_COMPLAINT, "text")
# What is known whenever the event happens; everything else a text must be able to do without.
ALWAYS: dict[str, tuple[str, ...]] = services.ALWAYS | {
    **dict.fromkeys(
        (
            "dossier_filed", "dossier_refused", "dossier_moved", "dossier_supplement", "dossier_fee",
            "dossier_withdrawal", "dossier_stopped", "dossier_status", "dossier_supplement_lapsed",
            "dossier_supplemented", "dossier_fee_paid", "dossier_late", "dossier_withdrawn",
            "dossier_withdrawal_refused", "dossier_corrected", "dossier_recalled",
        ),
        _DOSSIER,
    ),
    **dict.fromkeys(
        ("dossier_accepted", "dossier_ready", "dossier_ready_early", "dossier_returned"), (*_DOSSIER, "occurred")
    ),
    "dossier_due_changed": (*_DOSSIER, "due"),
    "dossier_supplement_reminder": (*_DOSSIER, "respond_by"),
    "dossier_fee_reminder": (*_DOSSIER, "pay_by"),
    "dossier_silent": (*_DOSSIER, "silent_since"),
    **dict.fromkeys(("request_answered", "request_refused"), (*_DOSSIER, "request")),
    **dict.fromkeys(("request_asked", "request_kept", "request_menu", "request_dropped", "request_too_late"), _REQUEST),
    **dict.fromkeys(("request_needs_proof", "following", "unfollowed", "proof_asked"), ("province", "code")),
    "result_link": ("province", "code", "hours"),
    "no_result_file": ("province", "code", "agency"),
    "cooled_down": ("province", "minutes"),
    "procedure_card": _PROCEDURE,
    **dict.fromkeys(("procedure_papers", "procedure_fee", "procedure_where"), _PAGE),
    "not_understood": ("province", "example"),
    **dict.fromkeys(("person_coming", "person_away"), ("province", "hours")),
    "person_says": ("province", "text"),
    **dict.fromkeys(("topic_on", "topic_off"), ("province", "topic")),
    **dict.fromkeys(
        (
            "visit_booked", "visit_moved", "visit_cancel_sure", "visit_cancelled", "visit_confirmed",
            "visit_reminder_day", "visit_reminder_hour", "visit_closed",
        ),
        _VISIT,
    ),
    **dict.fromkeys(("visit_days", "visit_slots"), ("province", "place")),
    "visit_refused": ("province", "reason"),
    **dict.fromkeys(("survey_ask", "survey_reminder", "survey_skipped"), _SURVEY),
    **dict.fromkeys(("survey_why", "survey_attitude", "survey_thanks"), (*_SURVEY, "level")),
    **dict.fromkeys(("complaint_kept", "complaint_accepted"), _COMPLAINT),
    **dict.fromkeys(
        ("complaint_answered", "complaint_forwarded", "complaint_refused", "complaint_more"), _ANSWERED
    ),
    "complaint_asked": (*_ANSWERED, "reply_due"),
    "complaint_unfit": ("province", "shortest", "longest"),
    "complaint_words": ("province", "kind"),
    **dict.fromkeys(("data_kept", "data_acknowledged", "data_erasing"), _DATA),
    **dict.fromkeys(("data_extended", "data_answered", "data_refused"), (*_DATA, "text")),
    "data_copy": (*_DATA, "url", "hours"),
}  # fmt: skip
# Their sender leaves rows out until the whole message fits.
FITTED = services.FITTED
