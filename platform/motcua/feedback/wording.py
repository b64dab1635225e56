"""How reports are spoken of: names of states and steps, and the words that messages take."""

import re

from motcua.catalogue import communes
from motcua.dossiers.wording import moment
from motcua.tenancy import current

from . import kinds
from .models import Feedback

STATE_NAMES = {
    "draft": ("Đang soạn", "Being written"),
    "received": ("Mới nhận", "Received"),
    "asked": ("Chờ người dân bổ sung", "Waiting for your reply"),
    "forwarded": ("Đã chuyển đơn vị xử lý", "Passed on to the unit in charge"),
    "working": ("Đang xử lý", "Being dealt with"),
    "answered": ("Đã trả lời", "Answered"),
    "published": ("Đã trả lời và công khai", "Answered and published"),
    "refused": ("Không tiếp nhận", "Not taken in"),
    "merged": ("Đã gộp với phản ánh khác", "Joined with another report"),
}
ACTION_NAMES = {
    "ask": "Hỏi thêm người dân",
    "forward": "Chuyển đơn vị khác xử lý",
    "work": "Tiếp nhận, đang xử lý",
    "refuse": "Không tiếp nhận, nêu lý do",
    "answer": "Trả lời kết quả xử lý",
    "reopen": "Mở lại, xử lý tiếp",
    "publish": "Công khai",
    "received": "Người dân gửi",
    "more": "Người dân bổ sung",
    "rated": "Người dân đánh giá",
    "merged": "Gộp vào phản ánh khác",
    "withdrawn": "Thôi công khai",
}
RATINGS = {5: ("Hài lòng", "Satisfied"), 3: ("Bình thường", "Neutral"), 1: ("Chưa hài lòng", "Not satisfied")}

_PRIVATE = (
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "[thư điện tử]"),
    # Number plates before numbers: 86B1-234.56, 51F 123.45
    (re.compile(r"\b\d{2}[ -]?[A-ZĐ]{1,2}\d?[ .-]{0,2}\d{3}[.]?\d{1,2}\b", re.IGNORECASE), "[biển số]"),
    (re.compile(r"(?<!\d)(?:\+?84|0)(?:[ .-]?\d){8,10}(?!\d)"), "[số điện thoại]"),
    (re.compile(r"(?<!\d)\d{9}(?:\d{3})?(?!\d)"), "[số giấy tờ]"),
)


def without_private(text: str) -> str:
    """A first draft of what may be published: numbers of phones, papers and plates, and e-mail addresses taken out.

    Names cannot be told from other words; whoever publishes reads it first.
    """
    for pattern, instead in _PRIVATE:
        text = pattern.sub(instead, text)
    return text


def words_of(one: Feedback, language: str) -> dict:
    """What every text about a report may use."""
    english = language == "en"
    return {
        "province": current.province_name(),
        "number": one.id,
        "kind": kinds.name_of(one.kind, language),
        "state": STATE_NAMES[one.state][english],
        "commune": communes.name_of(one.commune_code),
        "agency": communes.name_of(one.agency_code),
        "triage_due": moment(one.triage_due_at, language),
        "due": moment(one.due_at, language),
        "reply_due": moment(one.reply_due_at, language),
        "text": one.answer or one.question,
        "url": current.public_url(f"/phan-anh/theo-doi/{one.token}"),
    }
