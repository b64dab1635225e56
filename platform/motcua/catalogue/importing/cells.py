"""What stands in a cell, understood or refused: durations, sums, levels, yes and no. One fault, one sentence."""

import re
import unicodedata
from datetime import date, datetime, time

from motcua.catalogue.durations import UNITS
from motcua.catalogue.fees import SMALLEST_AMOUNT_VND
from motcua.catalogue.names import plain_name

from .table import Uncalculated, Value, display

MOST_LETTERS = 5000
MOST_VND = 10_000_000_000
MOST = {"hour": 999, "working_day": 999, "day": 999, "month": 60}
NOTHING_WRITTEN = {"", "-", "–", "—", "--", "...", "…", "/", "(trống)"}

_ERRORS = {
    "#N/A",
    "#REF!",
    "#VALUE!",
    "#NAME?",
    "#DIV/0!",
    "#NUM!",
    "#NULL!",
    "#SPILL!",
    "#CALC!",
    "#GETTING_DATA",
}
_LOST = re.compile(r"\w\?\w")
_TWICE_ENCODED = re.compile(r"(?:Ã[\x80-\xbf¡-¿\u0160-\u2122]|á»|áº|Ä[\u2018\u0090‘]|Æ°|Æ¡)")
_TIME_UNITS = {
    "gio lam viec": "hour", "gio": "hour", "ngay lam viec": "working_day", "ngay": "day", "thang": "month",
}  # fmt: skip
_AMOUNT_OF_TIME = re.compile(
    r"(?P<value>\d+(?:[.,]\d+)?)(?:\s*-\s*(?P<most>\d+(?:[.,]\d+)?))?\s*"
    r"(?P<unit>gio lam viec|gio|ngay lam viec|ngay|thang)\b"
)
_LOOSE_TIME = re.compile(r"\d\s*(?:/\s*\d\s*)?(?:gio|ngay|thang|tuan|nam|phut|buoi)\b")
_BEFORE = re.compile(
    r"(?:thoi han(?: giai quyet)?\s*:?\s*)?(?:khong qua|toi da|cham nhat|trong(?: vong| thoi han| thoi gian)?)?\s*"
)
_AFTER = re.compile(r"(?:,|;)?\s*(?:ke tu|tu ngay|tu khi|sau khi|tinh tu)\b[^;\d]*\.?|\.?")
_NO_TIME = re.compile(
    r"(?:khong (?:quy dinh|co|xac dinh).*|theo (?:quy dinh|luat|thoa thuan).*"
    r"|(?:giai quyet |tra ket qua |thuc hien )?ngay(?: trong| sau| khi| lap tuc).*"
    r"|giai quyet ngay|tra ngay|trong (?:ngay|buoi|gio)(?: lam viec| hanh chinh| nop.*)?"
    r"|lap tuc)"
)
_SUM = re.compile(
    r"(?P<digits>\d{1,3}(?:[.,\s]\d{3})+|\d+)\s*(?:viet nam dong|vnd|dong|d)?\.?(?P<per>\s*/.{1,80})?"
)
_SPOKEN_SUM = re.compile(
    r"(?P<number>\d+(?:[.,]\d+)?)\s*(?P<unit>nghin|ngan|k|trieu|tr|ty)(?:\s*(?:dong|d|vnd))?"
)
_SCALE = {"nghin": 1000, "ngan": 1000, "k": 1000, "trieu": 1_000_000, "tr": 1_000_000, "ty": 1_000_000_000}
_SUM_WITHIN = re.compile(r"\d{1,3}(?:[.,]\d{3})+|\d+\s*(?:dong|vnd|d\b|%|nghin|ngan|trieu|ty)")
_FREE = re.compile(r"(?:phi|le phi)?\s*:?\s*(?:mien(?: le)? phi|khong(?: co| thu| mat| phai nop)?(?: phi| le phi)*|0)"
                   r"(?:\s*(?:dong|d|vnd))?\.?")  # fmt: skip
_WORDS_OF_FEES = re.compile(
    r"\b(?:theo|quy dinh|nghi quyet|thong tu|nghi dinh|luat|muc thu|muc phi|tuy|thoa thuan|hoi dong|hdnd|mien|giam)\b"
)
_LEVELS = {"bo": "ministry", "trung uong": "ministry", "tinh": "province", "thanh pho": "province", "so": "province",
           "xa": "commune", "phuong": "commune", "dac khu": "commune", "khac": "other"}  # fmt: skip
_ON = {"1", "co", "bat", "x", "yes", "true", "dang ap dung", "ap dung", "con hieu luc", "hieu luc", "cong khai", "mo",
       "da cong khai", "dang thuc hien", "dang hieu luc", "on", "con ap dung"}  # fmt: skip
_OFF = {"0", "khong", "tat", "no", "false", "het hieu luc", "bai bo", "bi bai bo", "ngung", "ngung ap dung", "dung",
        "tam dung", "khong ap dung", "off", "da bai bo", "huy", "huy cong khai"}  # fmt: skip
_ONLINE = re.compile(
    r"(?:dvc\w*|dich vu cong)?\s*(?:truc tuyen)?\s*(?:muc do |muc )?"
    r"(?P<how>toan trinh|mot phan|[1-4]|co|x|yes|khong|no|cung cap thong tin.*|truc tiep|chua.*)?"
)


class Fault(Exception):
    """A cell cannot be taken so: a sentence, and what to do."""

    def __init__(self, message: str, remedy: str):
        super().__init__(f"{message} {remedy}")
        self.message, self.remedy = message, remedy


def text_of(value: Value, most: int = MOST_LETTERS) -> str:
    """The cell as one line of clean text. Raises Fault for what a sheet shows as an error or nobody can read."""
    if isinstance(value, Uncalculated):
        raise Fault(
            "Công thức trong ô chưa có kết quả.", "Xin mở tệp bằng Excel, lưu lại, hoặc dán giá trị vào ô."
        )
    if isinstance(value, str) and value.strip().upper() in _ERRORS:
        raise Fault("Công thức trong ô bị lỗi.", "Xin sửa công thức hoặc gõ thẳng giá trị.")
    if isinstance(value, bool) or not isinstance(value, str):
        return display(value)
    text = " ".join(value.replace("\u200b", "").replace("\ufeff", "").split())
    if any(ord(letter) < 32 or 0x7F <= ord(letter) < 0xA0 for letter in text):
        raise Fault("Ô có ký tự điều khiển không nhìn thấy.", "Xin gõ lại nội dung ô.")
    if "\ufffd" in text or len(_LOST.findall(text)) > 1:
        raise Fault("Chữ trong ô đã mất dấu khi chuyển bảng mã.", "Xin chép lại nội dung từ tệp gốc.")
    if _TWICE_ENCODED.search(text):
        raise Fault("Chữ trong ô bị chuyển bảng mã hai lần.", "Xin chép lại nội dung từ tệp gốc.")
    if text.startswith(("=", "@")):
        raise Fault("Ô bắt đầu bằng dấu của công thức.", "Xin bỏ dấu = hoặc @ ở đầu ô.")
    if len(text) > most:
        raise Fault(f"Ô dài {len(text)} ký tự, hơn mức {most}.", "Xin viết ngắn lại.")
    return "" if text in NOTHING_WRITTEN else text


def read_time(value: Value, unit: str | None = None) -> str:
    """A duration in words that `parse_duration` understands where it is a plain one: “5 ngày làm việc”.

    `unit` (a key of UNITS) is what the column's title gives a bare number. Raises Fault.
    """
    if isinstance(value, datetime | date | time):
        raise Fault(
            "Excel đã đổi thời hạn thành ngày tháng hoặc giờ.",
            "Xin đặt ô kiểu Text rồi gõ lại, ví dụ 5 ngày làm việc.",
        )
    text = text_of(value)
    words = _folded(text)
    if re.fullmatch(r"-?\d+(?:[.,]\d+)?", words):
        if unit is None:
            raise Fault("Thời hạn thiếu đơn vị.", "Xin ghi rõ, ví dụ 5 ngày làm việc, 8 giờ hoặc 1 tháng.")
        return _time(words, unit)
    if re.match(r"-\s*\d", words) and not text.startswith("- "):
        raise Fault("Thời hạn là số âm.", "Xin ghi số ngày hoặc giờ lớn hơn 0.")
    start = _BEFORE.match(words).end()
    whole = _AMOUNT_OF_TIME.match(words, start)
    if whole and _AFTER.fullmatch(words, whole.end()):
        return _time(whole["value"], _TIME_UNITS[whole["unit"]], whole["most"])
    if not text or _NO_TIME.fullmatch(words.rstrip(".")) or _LOOSE_TIME.search(words):
        return text
    raise Fault(
        "Không hiểu thời hạn này.", "Xin ghi số và đơn vị, ví dụ 5 ngày làm việc, 8 giờ hoặc Trong ngày."
    )


def _time(number: str, unit: str, most: str | None = None) -> str:
    values = [float(one.replace(",", ".")) for one in (number, most) if one]
    if min(values) <= 0:
        raise Fault("Thời hạn phải lớn hơn 0.", "Xin ghi số ngày hoặc giờ, hoặc “Trong ngày”.")
    if max(values) > MOST[unit]:
        raise Fault(
            f"Thời hạn {max(values):g} {UNITS[unit]} lớn bất thường.", "Xin kiểm tra lại số và đơn vị."
        )
    if len(values) == 2 and values[1] <= values[0]:
        raise Fault("Khoảng thời hạn bị ngược.", "Xin ghi số nhỏ trước, ví dụ 10-15 ngày.")
    spoken = "-".join(f"{one:g}".replace(".", ",") for one in values)
    return f"{spoken} {UNITS[unit]}"


def read_fee(value: Value) -> str:
    """A fee for people: “50.000 đồng”, “Miễn phí”, or the text where it says more. Raises Fault."""
    if isinstance(value, datetime | date | time):
        raise Fault("Excel đã đổi mức phí thành ngày tháng.", "Xin đặt ô kiểu Number hoặc Text rồi gõ lại.")
    if isinstance(value, bool):
        raise Fault("Mức phí không phải số tiền.", "Xin ghi như 50.000 đồng hoặc Miễn phí.")
    if isinstance(value, int | float):
        return _dong(value)
    text = text_of(value)
    words = _folded(text)
    if not text:
        return ""
    if _FREE.fullmatch(words):
        return "Miễn phí"
    if re.match(r"-\s*\d", words) and not text.startswith("- "):
        raise Fault("Mức phí là số âm.", "Xin ghi số tiền lớn hơn 0, hoặc Miễn phí.")
    if whole := _SUM.fullmatch(words):
        amount = _dong(int(re.sub(r"\D", "", whole["digits"])))
        return amount + "/" + text.rpartition("/")[2].strip() if whole["per"] else amount
    if spoken := _SPOKEN_SUM.fullmatch(words):
        return _dong(float(spoken["number"].replace(",", ".")) * _SCALE[spoken["unit"]])
    if re.match(r"\d[\d.,\s]*(?:dong|vnd|d)?$", words):
        raise Fault("Số tiền viết sai dấu chấm, dấu phẩy.", "Xin ghi như 50.000 đồng hoặc 1.250.000 đồng.")
    if _SUM_WITHIN.search(words) or _WORDS_OF_FEES.search(words):
        return text
    raise Fault("Không hiểu mức phí này.", "Xin ghi như 50.000 đồng, Miễn phí, hoặc Theo Nghị quyết số ….")


def _dong(amount: float) -> str:
    if amount < 0:
        raise Fault("Mức phí là số âm.", "Xin ghi số tiền lớn hơn 0, hoặc Miễn phí.")
    if amount == 0:
        return "Miễn phí"
    if amount != int(amount) or amount < SMALLEST_AMOUNT_VND:
        raise Fault(
            f"Mức phí {amount:g} đồng nhỏ bất thường, có thể thiếu ba số 0.", "Xin ghi đủ, ví dụ 50.000 đồng."
        )
    if amount > MOST_VND:
        raise Fault("Mức phí lớn bất thường.", "Xin kiểm tra lại số tiền.")
    return f"{int(amount):,} đồng".replace(",", ".")


def read_levels(value: Value) -> list[str]:
    """Keys of facts.LEVELS: “Cấp tỉnh; cấp xã”. Raises Fault."""
    found = []
    for part in re.split(r"[,;/+&\n]| và ", text_of(value)):
        words = plain_name(part).removeprefix("cap ").removeprefix("ubnd ").removeprefix("cap ")
        if not words:
            continue
        if words in ("huyen", "quan", "thi xa"):
            raise Fault("Cấp huyện đã bỏ từ 01/7/2025.", "Xin ghi Cấp tỉnh hoặc Cấp xã.")
        if words not in _LEVELS:
            raise Fault(
                f"Không có cấp “{part.strip()[:40]}”.", "Xin ghi Cấp tỉnh, Cấp xã, Cấp bộ hoặc Cơ quan khác."
            )
        found.append(_LEVELS[words])
    return list(dict.fromkeys(found))


def read_enabled(value: Value) -> bool | None:
    """None for an empty cell. Raises Fault."""
    words = plain_name(text_of(value))
    if isinstance(value, bool):
        return value
    if not words:
        return None
    if words in _ON | _OFF:
        return words in _ON
    raise Fault("Không hiểu trạng thái này.", "Xin ghi Bật hoặc Tắt (cũng nhận Đang áp dụng, Hết hiệu lực).")


def read_online(value: Value) -> bool | None:
    words = plain_name(text_of(value))
    if isinstance(value, bool):
        return value
    if not words:
        return None
    found = _ONLINE.fullmatch(words)
    if found is None:
        raise Fault("Không hiểu mức độ dịch vụ công.", "Xin ghi Toàn trình, Một phần hoặc Không.")
    how = found["how"] or "co"
    return how in ("toan trinh", "mot phan", "3", "4", "co", "x", "yes")


def read_url(value: Value) -> str:
    text = text_of(value, 500)
    if text and not re.fullmatch(r"https?://[^\s/]+\.[^\s]+", text):
        raise Fault("Đường dẫn chưa đúng dạng.", "Xin ghi đầy đủ, bắt đầu bằng https://.")
    return text


def read_list(value: Value) -> list[str]:
    """Several things in one cell, by line or semicolon."""
    if isinstance(value, str):
        parts = [text_of(part) for part in re.split(r"[\n;]", value)]
        return [text.lstrip("-+• ").strip() for text in parts if text]
    text = text_of(value)
    return [text] if text else []


def _folded(text: str) -> str:
    """Without marks but with its signs: numbers need them."""
    return re.sub(r"\s+", " ", _unmarked(text)).strip()


def _unmarked(text: str) -> str:
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d").replace("–", "-"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))
