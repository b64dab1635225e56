"""The same for extra services, reports from the street, reminders, announcements and news of one's commune."""

from dataclasses import replace

from .variable import Variable
from .variable_kinds import FLAG, PHONE, URL, count, rows, text, texts

_SERVICE = text(60, "Bảng giá đất", "Land prices")
_COMMUNES = texts(8, 60, "Phường Mũi Né", "Xã Tân Hải")
_SAID = text(1500, "Đã vá ổ gà trước chợ.", "The hole has been mended.")

NAMED: dict[str, Variable] = {
    "service": _SERVICE,
    "services": rows(
        4,
        {"name": "Bảng giá đất", "summary": "Giá đất theo đường, đoạn.", "example": "giá đất Nguyễn Huệ"},
        name=_SERVICE,
        summary=replace(text(200, "Giá đất theo đường, đoạn."), may_lack=True),
        example=replace(text(80, "giá đất Nguyễn Huệ"), may_lack=True),
    ),
    "label": text(80, "Tên đường", "Street"),
    "help": text(300, "Ghi tên đường và đoạn.", "The street and the segment."),
    "options": texts(20, 60, "Xe máy", "Ô tô", total=900),
    "personal": FLAG,
    "cards": rows(
        8,
        {
            "title": "Nguyễn Huệ, từ Lê Lợi đến Tôn Đức Thắng",
            "facts": [{"label": "Đất ở, vị trí 1", "value": "687.200.000 đồng/m²"}],
            "note": "",
            "source": "",
        },
        title=text(200, "Nguyễn Huệ, từ Lê Lợi đến Tôn Đức Thắng"),
        facts=rows(
            20,
            {"label": "Đất ở, vị trí 1", "value": "687.200.000 đồng/m²"},
            label=text(80, "Đất ở, vị trí 1"),
            value=text(900, "687.200.000 đồng/m²"),
        ),
        note=replace(text(600, "Không thay thế văn bản xác nhận."), may_lack=True),
        source=replace(text(300, "Quyết định 79/2024/QĐ-UBND"), may_lack=True),
    ),
    "choices": texts(12, 120, "Quận 1", "Quận 7"),
    "sources": texts(4, 300, "Quyết định 79/2024/QĐ-UBND"),
    "disclaimer": text(400, "Không thay thế văn bản xác nhận.", "Not a certificate."),
    "seconds": count(999, 30),
    "more": count(999, 3),
    "expires": text(10, "28/11/2026"),
    "classes": text(60, "B, A1"),
    "lines": texts(12, 300, "Cắt điện: Phường Mũi Né, 08:00–16:00, thứ Ba 24/11/2026", total=1300),
    "communes": _COMMUNES,
    "kinds": texts(20, 60, "Đường sá, vỉa hè", "Rác thải", total=700),
    "commune": text(80, "Phường Mũi Né"),
    "reports": rows(
        3,
        {"number": 12, "kind": "Đường sá", "state": "Đang xử lý", "text": "Đang vá."},
        number=count(99_999_999, 12),
        kind=text(60, "Đường sá"),
        state=text(40, "Đang xử lý"),
        text=replace(text(120, "Đang vá."), may_lack=True),
    ),
    "urgent": rows(6, {"number": "114", "name": "Cứu hỏa"}, number=PHONE, name=text(40, "Cứu hỏa")),
    "call": PHONE,
    "call_name": text(60, "Cứu hỏa, cứu nạn", "Fire and rescue"),
    "most": count(99, 5),
    "enough": FLAG,
    "photos": count(99, 2),
    "has_location": FLAG,
    "hidden": FLAG,
    "main": count(99_999_999, 11),
    "low": FLAG,
    "title": text(100, "Miễn lệ phí đăng ký khai sinh", "No fee for birth registration"),
    "body": text(1500, "Từ ngày 01/12/2026 …", "From 1 December 2026 …"),
    "link": Variable("url", 300, "https://binhthuan.gov.vn/tin"),
    "document": text(60, "15/2026/NQ-HĐND"),
    "date": text(10, "20/11/2026"),
    "issuer": text(120, "Hội đồng nhân dân tỉnh", "The People's Council"),
    "page_url": URL,
}

_FEEDBACK = {"kind": text(60, "Đường sá, vỉa hè", "Roads, pavements"), "text": _SAID}
FEEDBACK_EVENTS = (
    "feedback_kinds", "feedback_words", "feedback_so_far", "feedback_commune", "feedback_which_commune",
    "feedback_kept",
    "feedback_publish_yes", "feedback_publish_no", "feedback_too_long", "feedback_too_many", "feedback_off",
    "feedback_stopped", "feedback_place_abroad", "feedback_photo_refused", "feedback_more", "feedback_added",
    "feedback_rated", "feedback_closed", "feedback_asked", "feedback_forwarded", "feedback_working", "feedback_refused",
    "feedback_answered", "feedback_reopened", "feedback_merged",
)  # fmt: skip
_REASON = {"reason": text(600, "Nguồn dữ liệu chưa trả lời.", "The source does not answer.")}
_LICENCE = {"number": text(20, "79**********01"), "days_left": count(9999, 30)}
_ANNOUNCED = {"number": text(20, "TB-2026-K7Q2M9")}
IN_EVENT: dict[str, dict[str, Variable]] = {
    **dict.fromkeys(FEEDBACK_EVENTS, _FEEDBACK),
    "feedback_so_far": _FEEDBACK | {"text": text(300, "Ổ gà sâu trước chợ.", "A deep hole by the market.")},
    "feedback_which_commune": _FEEDBACK | {"text": text(80, "Xứ Thần Tiên")},
    "feedback_photo_refused": _FEEDBACK
    | {"problem": text(250, "Không đọc được ảnh này.", "The photo cannot be read.")},
    "area_unknown": {"text": text(80, "Xứ Thần Tiên")},
    "service_answer": {"text": text(1900, "Không thấy đường này.", "There is no such street.")},
    "service_level": {"level": count(3, 1)},
    **dict.fromkeys(("service_refused", "service_unavailable"), _REASON),
    **dict.fromkeys(("licence_remind_on", "licence_reminder"), _LICENCE),
    **dict.fromkeys(("broadcast_policy", "broadcast_news", "broadcast_emergency"), _ANNOUNCED),
}
_OF_A_REPORT = ("province", "number", "kind", "state", "due", "triage_due", "url")
ALWAYS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            "feedback_kept", "feedback_publish_yes", "feedback_publish_no", "feedback_added", "feedback_forwarded",
            "feedback_working",
        ),
        _OF_A_REPORT,
    ),
    **dict.fromkeys(
        ("feedback_more", "feedback_refused", "feedback_answered", "feedback_reopened"), (*_OF_A_REPORT, "text")
    ),
    "feedback_asked": (*_OF_A_REPORT, "text", "reply_due"),
    "feedback_merged": (*_OF_A_REPORT, "main"),
    "feedback_kinds": ("province", "kinds"),
    "feedback_words": ("province", "kind", "most"),
    "feedback_so_far": (*_OF_A_REPORT, "most", "photos"),
    "feedback_which_commune": ("province", "text"),
    "feedback_too_long": ("province", "longest"),
    "feedback_photo_refused": ("province", "problem"),
    **dict.fromkeys(("feedback_rated", "feedback_closed"), ("province", "number")),
    "area_unknown": ("province", "text"),
    "service_news": ("province", "topic", "lines"),
    "service_ask": ("province", "service", "label"),
    "service_answer": ("province", "service"),
    "service_refused": ("province", "service", "reason"),
    "service_unavailable": ("province", "service", "reason"),
    "service_wait": ("province", "service", "seconds"),
    "service_too_many": ("province", "service", "seconds"),
    "service_level": ("province", "service", "level"),
    "service_cancelled": ("province", "service"),
    "licence_remind_on": ("province", "number", "expires"),
    "licence_reminder": ("province", "number", "expires", "classes", "days_left"),
    **dict.fromkeys(
        ("broadcast_policy", "broadcast_news", "broadcast_emergency"),
        ("province", "title", "body", "number", "page_url"),
    ),
}  # fmt: skip
# The sender checks or trims the whole, so that the sum of the longest parts does not matter.
FITTED = frozenset({"service_answer", "broadcast_policy", "broadcast_news", "broadcast_emergency"})
