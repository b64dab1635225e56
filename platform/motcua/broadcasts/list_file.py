"""Reading a list of people (CSV or Excel): one line a person, every fault with its place and its remedy."""

import re
from dataclasses import dataclass

from motcua.catalogue.importing import reading
from motcua.catalogue.importing.table import UnreadableFile, display
from motcua.catalogue.names import plain_name
from motcua.core.errors import Invalid
from motcua.zalo.phone import normalise_phone

MOST_LINES = 50_000
LONGEST_VALUE = 60
_UID = re.compile(r"[0-9]{15,20}")
PHONE, UID, EITHER, LANGUAGE = (
    "Số điện thoại",
    "Mã người dùng Zalo",
    "Số điện thoại hoặc mã người dùng Zalo",
    "Ngôn ngữ",
)
HEADINGS = {
    "so dien thoai": PHONE, "dien thoai": PHONE, "sdt": PHONE, "di dong": PHONE, "phone": PHONE, "mobile": PHONE,
    "ma nguoi dung zalo": UID, "ma zalo": UID, "zalo": UID, "zalo user id": UID, "user id": UID, "uid": UID,
    "ngon ngu": LANGUAGE, "language": LANGUAGE, "lang": LANGUAGE,
}  # fmt: skip
LANGUAGES = {"": None, "vi": "vi", "tieng viet": "vi", "viet": "vi", "vietnamese": "vi",
             "en": "en", "tieng anh": "en", "anh": "en", "english": "en"}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A person, or a fault: then `fault` says what to do, and `column` where it stands."""

    number: int  # in the file, from 1
    value: str
    phone: str | None = None
    uid: str | None = None
    language: str | None = None
    column: str | None = None
    fault: str | None = None


def read(data: bytes) -> list[Line]:
    """Raises UnreadableFile when the file cannot be taken in at all."""
    sheet = reading.sheets_of(data)[0].name
    rows = [
        (number, [display(cell).strip() for cell in cells])
        for number, cells in reading.read(data, sheet).rows
    ]
    columns, begins = _columns(rows)
    lines = [_line(number, cells, columns) for number, cells in rows[begins:] if any(cells)]
    if not lines:
        raise UnreadableFile("Tệp không có dòng nào. Xin ghi mỗi người một dòng rồi tải lên lại.")
    return lines


def _columns(rows: list[tuple[int, list[str]]]) -> tuple[dict[str, int], int]:
    """Where each column is, and how many rows of headings there are."""
    first = rows[0][1] if rows else []
    named = {HEADINGS[key]: at for at, cell in enumerate(first) if (key := plain_name(cell)) in HEADINGS}
    if PHONE in named or UID in named:
        return named, 1
    if first and not any(char.isdigit() for char in first[0]):
        raise UnreadableFile(
            "Không thấy cột số điện thoại. Xin đặt tiêu đề “Số điện thoại” hoặc “Mã người dùng Zalo” ở dòng đầu."
        )
    return {EITHER: 0, LANGUAGE: 1}, 0


def _line(number: int, cells: list[str], columns: dict[str, int]) -> Line:
    def cell(name: str) -> str:
        at = columns.get(name)
        return cells[at] if at is not None and at < len(cells) else ""

    language = cell(LANGUAGE)
    for name in (PHONE, UID, EITHER):
        if value := cell(name):
            return check(number, value, language, name)
    column = next(name for name in (PHONE, UID, EITHER) if name in columns)
    return Line(number, "", column=column, fault=f"Ô “{column}” trống. Xin điền hoặc bỏ dòng này.")


def check(number: int, value: str, language: str = "", column: str = EITHER) -> Line:
    """One person as typed."""
    value = value.strip().lstrip("'")[:LONGEST_VALUE]  # a spreadsheet's mark of text
    known = LANGUAGES.get(plain_name(language), "?")
    if known == "?":
        return Line(
            number, value, column=LANGUAGE, fault="Ngôn ngữ chỉ có vi hoặc en. Xin sửa hoặc để trống."
        )
    if column != PHONE and _UID.fullmatch(value):
        return Line(number, value, uid=value, language=known)
    try:
        return Line(number, value, phone=_phone(value, column), language=known)
    except Invalid:
        return Line(number, value, column=column, fault=_remedy(value, column))


def person(value: str) -> tuple[str | None, str | None]:
    """(phone, user id) of a line that had no fault."""
    if _UID.fullmatch(value):
        return None, value
    return _phone(value, PHONE), None


def _phone(value: str, column: str) -> str:
    """In a column of phones a spreadsheet may have dropped the first zero; elsewhere nine digits may be an old ID."""
    try:
        return normalise_phone(value)
    except Invalid:
        if column == PHONE and re.fullmatch(r"[35789][0-9]{8}", value):
            return normalise_phone("0" + value)
        raise


def _remedy(value: str, column: str) -> str:
    if re.search(r"[0-9][.,]?[0-9]*E\+?[0-9]+", value, re.IGNORECASE):
        return "Bảng tính đã làm tròn số này. Xin định dạng cột thành Văn bản rồi điền lại số gốc."
    if column == UID:
        return "Mã người dùng Zalo có 15–20 chữ số. Xin chép lại từ trang quản lý OA."
    digits = sum(char.isdigit() for char in value)
    if digits >= 6:
        return f"Có {digits} chữ số mà không phải số di động Việt Nam. Xin sửa thành 10 chữ số, ví dụ 0912345678."
    return "Không phải số điện thoại hoặc mã Zalo. Xin sửa, ví dụ 0912345678."
