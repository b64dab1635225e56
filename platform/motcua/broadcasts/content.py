"""What an announcement says: the writer's form checked, and the very words that citizens will read."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from motcua.core.days import read_day
from motcua.core.errors import Invalid
from motcua.messaging.channels.purposes import PURPOSES
from motcua.messaging.wording import texts
from motcua.tenancy import current
from motcua.zalo.article_content import DESCRIPTION_MAX, TITLE_MAX

from .models import CHANNELS, KINDS, Broadcast

KIND_NAMES = {"policy": "Thông báo chính sách", "news": "Tin tức", "emergency": "Cảnh báo khẩn cấp"}
CHANNEL_NAMES = {"chat": "Tin nhắn Zalo", "article": "Bài viết gửi người quan tâm"}
LONGEST = {"title": TITLE_MAX, "body": 1500, "title_en": TITLE_MAX, "body_en": 1500, "link": 300,
           "document_number": 60, "document_issuer": 120}  # fmt: skip
LABELS = {
    "kind": "Loại",
    "channel": "Cách gửi",
    "title": "Tiêu đề",
    "body": "Nội dung",
    "title_en": "Tiêu đề tiếng Anh",
    "body_en": "Nội dung tiếng Anh",
    "link": "Liên kết",
    "document_number": "Số văn bản",
    "document_date": "Ngày ban hành",
    "document_issuer": "Cơ quan ban hành",
}
TEMPLATE = "announcement"  # the purpose of the OA's ZBS template
PARAMETER_MAX = 200  # characters of one of its parameters
_ADDRESS = re.compile(r"https?://|www\.", re.IGNORECASE)


class ContentInvalid(Invalid):
    """`details` maps a field of the form to its sentences."""

    code = "content_invalid"
    message = "Thông báo chưa lưu được. Xin sửa các mục được đánh dấu."


def read(form: Mapping[str, str]) -> dict[str, Any]:
    """The columns of a broadcast from the editor's form. Raises ContentInvalid with every fault at once."""
    values: dict[str, Any] = {name: _text(form.get(name, "")) for name in LONGEST}
    values["kind"], values["channel"] = form.get("kind", ""), form.get("channel", "chat")
    values["pays"] = form.get("pays") == "1" and values["channel"] == "chat"
    values["at_night"] = form.get("at_night") == "1"
    faults: dict[str, list[str]] = {}
    _check_choices(values, faults)
    _check_lengths(values, faults)
    _check_words(values, faults)
    values["document_date"] = _day(form.get("document_date", ""), faults)
    _check_document(values, faults)
    if faults:
        raise ContentInvalid(details=faults)
    return {name: value if value != "" else None for name, value in values.items()}


def _text(given: str) -> str:
    given = unicodedata.normalize("NFC", given).replace("\r\n", "\n").strip()
    return "".join(char for char in given if char == "\n" or unicodedata.category(char) not in ("Cc", "Cs"))


def _check_choices(values: dict, faults: dict) -> None:
    for name, known in (("kind", KINDS), ("channel", CHANNELS)):
        if values[name] not in known:
            faults[name] = [f"Xin chọn {LABELS[name].lower()} trong danh sách."]
    if values["kind"] == "emergency" and values["channel"] == "article":
        faults["channel"] = [
            "Cảnh báo khẩn cấp gửi bằng tin nhắn: bài viết phải chờ Zalo duyệt. Xin chọn tin nhắn."
        ]


def _check_lengths(values: dict, faults: dict) -> None:
    for name, longest in LONGEST.items():
        if len(values[name]) > longest:
            faults[name] = [
                f"{LABELS[name]} dài {len(values[name])} ký tự, nhiều nhất {longest}. Xin rút gọn."
            ]
    for name in ("title", "body"):
        if not values[name]:
            faults[name] = [f"{LABELS[name]} đang trống. Xin viết."]
    if bool(values["title_en"]) != bool(values["body_en"]):
        missing = "body_en" if values["title_en"] else "title_en"
        faults[missing] = [
            f"Xin viết cả {LABELS[missing].lower()}, hoặc bỏ trống cả hai: người dùng tiếng Anh nhận bản tiếng Việt."
        ]
    if "\n" in values["title"]:
        faults["title"] = ["Tiêu đề chỉ có một dòng. Xin chuyển phần sau xuống nội dung."]


def _check_words(values: dict, faults: dict) -> None:
    """One address stands in a message, at its own place: that is how a false one shows."""
    for name in ("title", "body", "title_en", "body_en"):
        if _ADDRESS.search(values[name]):
            faults.setdefault(name, []).append(
                "Không đặt đường dẫn trong chữ. Xin chuyển đường dẫn vào ô Liên kết."
            )
    if values["link"] and not is_official(values["link"]):
        faults["link"] = [
            "Liên kết phải là địa chỉ https:// thuộc tên miền .gov.vn hoặc trang của tỉnh, "
            "để người dân phân biệt với tin giả. Xin sửa hoặc bỏ trống."
        ]


def is_official(link: str) -> bool:
    """An https address of a government domain or of the province's own hosts."""
    try:
        parts = urlsplit(link)
        host, user = (parts.hostname or "").lower(), parts.username
    except ValueError:
        return False
    known = host.endswith(".gov.vn") or host in current.tenant().settings["hosts"]
    return parts.scheme == "https" and known and user is None and not re.search(r"\s", link)


def _day(given: str, faults: dict) -> date | None:
    if not given.strip():
        return None
    try:
        day = read_day(given)
    except ValueError:
        faults["document_date"] = ["Ngày ban hành chưa đúng. Xin ghi như 25/11/2026."]
        return None
    if day > current.today():
        faults["document_date"] = ["Ngày ban hành ở sau hôm nay. Xin xem lại văn bản."]
    return day


def _check_document(values: dict, faults: dict) -> None:
    if values["kind"] == "policy":
        for name in ("document_number", "document_issuer"):
            if not values[name]:
                faults.setdefault(name, []).append(
                    f"Thông báo chính sách phải ghi {LABELS[name].lower()}. Xin chép từ văn bản."
                )
        if values["document_date"] is None and "document_date" not in faults:
            faults["document_date"] = ["Thông báo chính sách phải ghi ngày ban hành. Xin chép từ văn bản."]


def page_url(broadcast: Broadcast) -> str:
    return current.public_url(f"/thong-bao/{broadcast.code}")


def message(broadcast: Broadcast, language: str) -> str:
    """The chat message as it reads with today's text; at most Zalo's 2,000 characters."""
    return messages(broadcast)[language]


def messages(broadcast: Broadcast) -> dict[str, str]:
    """Language -> `message`, all of one version of the text."""
    event = event_of(broadcast)
    return {
        language: texts.fill(event, body, words(broadcast, language))
        for language, body in texts.bodies_of(event).items()
    }


def event_of(broadcast: Broadcast) -> str:
    return f"broadcast_{broadcast.kind}"


def words(broadcast: Broadcast, language: str) -> dict[str, str | None]:
    english = language == "en"
    return {
        "province": current.province_name(),
        "title": (english and broadcast.title_en) or broadcast.title,
        "body": (english and broadcast.body_en) or broadcast.body,
        "link": broadcast.link,
        "document": broadcast.document_number,
        "date": broadcast.document_date and f"{broadcast.document_date:%d/%m/%Y}",
        "issuer": broadcast.document_issuer,
        "number": broadcast.code,
        "page_url": page_url(broadcast),
    }


def template(broadcast: Broadcast) -> dict[str, str]:
    """The parameters of its ZBS template. Before there is a number, one like it: whether it fits is asked sooner."""
    title = broadcast.title
    return {
        "tieu_de": title if len(title) <= PARAMETER_MAX else title[: PARAMETER_MAX - 1] + "…",
        "so_thong_bao": broadcast.code or PURPOSES[TEMPLATE].fills["so_thong_bao"].example,
        "van_ban": broadcast.document_number or "–",
        "co_quan": broadcast.document_issuer or current.province_name(),
    }


def check_fits(broadcast: Broadcast, given: Mapping[str, str] | None = None) -> None:
    """Raises ContentInvalid when the link that a message ends with would be cut off; `given`: other than today's."""
    found = messages(broadcast) if given is None else given
    for language, field in (("vi", "body"), ("en", "body_en")):
        if not found[language].endswith(page_url(broadcast)):
            sentence = f"Cả tin dài hơn {texts.MAX_CHARACTERS} ký tự mà Zalo cho phép. Xin rút gọn nội dung."
            raise ContentInvalid(sentence, details={field if broadcast.body_en else "body": [sentence]})


def description(broadcast: Broadcast) -> str:
    """The line under an article's title in the chat."""
    first = broadcast.body.split("\n", 1)[0]
    return first if len(first) <= DESCRIPTION_MAX else first[: DESCRIPTION_MAX - 1] + "…"
