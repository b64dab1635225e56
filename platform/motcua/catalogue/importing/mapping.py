"""Which column of a sheet means what: found by the words of its header, kept as people set it."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from motcua.catalogue.codes import normalise_code
from motcua.catalogue.names import plain_name

from .table import Table, Value, display, is_blank

LABELS = {
    "code": "Mã thủ tục",
    "name": "Tên thủ tục",
    "field": "Lĩnh vực",
    "agency": "Cơ quan thực hiện",
    "enabled": "Trạng thái (bật, tắt)",
    "levels": "Cấp thực hiện",
    "online": "Mức độ dịch vụ công",
    "time": "Thời hạn giải quyết",
    "time.counter": "Thời hạn khi nộp trực tiếp",
    "time.online": "Thời hạn khi nộp trực tuyến",
    "time.post": "Thời hạn khi nộp qua bưu chính",
    "fee": "Phí, lệ phí",
    "fee.counter": "Phí khi nộp trực tiếp",
    "fee.online": "Phí khi nộp trực tuyến",
    "fee.post": "Phí khi nộp qua bưu chính",
    "fee_note": "Ghi chú về phí",
    "desk": "Nơi tiếp nhận",
    "note": "Ghi chú",
    "subjects": "Đối tượng thực hiện",
    "papers": "Thành phần hồ sơ",
    "results": "Kết quả",
    "legal_basis": "Căn cứ pháp lý",
    "decision_no": "Quyết định công bố",
    "url": "Đường dẫn",
}
"""Every meaning a column may have, in the order in which the page offers them."""

HEADER_WITHIN = 40  # rows
_WORDS = (
    ("fee_note", r"ghi chu.*(?:phi|le phi)"),
    ("code", r"ma (?:so )?(?:tthc|thu tuc|tt)\b.*|ma so|ma|so hieu tthc|code|ma ho so tthc"),
    ("legal_basis", r"(?:can cu|co so) phap ly|van ban quy dinh"),
    ("decision_no", r"(?:so )?(?:quyet dinh|qd).*"),
    ("papers", r"thanh phan ho so.*|giay to.*|ho so gom.*"),
    ("results", r"ket qua.*|san pham"),
    ("subjects", r"doi tuong.*"),
    ("field", r"(?:ten )?linh vuc.*"),
    ("agency", r"(?:ten )?(?:co quan|don vi)(?! hanh chinh).*|so ban nganh|so nganh|tham quyen.*"),
    ("levels", r"cap(?: thuc hien| giai quyet| hanh chinh| tthc)?"),
    ("time", r"thoi (?:han|gian).*|so ngay.*"),
    ("fee", r"(?:muc )?(?:thu )?(?:phi|le phi).*|phi le phi.*"),
    ("online", r"(?:muc do|muc|loai|hinh thuc)(?: cung cap)?(?: dvc\w*| dich vu cong)?(?: truc tuyen)?|dvc\w*.*|"
               r"dich vu cong.*|truc tuyen"),
    ("enabled", r"trang thai.*|tinh trang.*|(?:con )?hieu luc|(?:dang )?ap dung|bat tat|kich hoat"),
    ("desk", r"(?:dia diem|noi|dia chi|bo phan).*(?:tiep nhan|nop|mot cua).*|dia diem.*|noi tra.*"),
    ("note", r"ghi chu.*|luu y.*"),
    ("url", r"duong dan.*|link.*|url.*|lien ket.*"),
    ("name", r"(?:ten )?(?:tthc|thu tuc(?: hanh chinh)?)(?: noi bo)?|ten(?: day du)?(?: tthc| thu tuc.*| dich vu cong)?"
             r"|noi dung(?: thu tuc)?"),
)  # fmt: skip
_RULES = [(name, re.compile(words)) for name, words in _WORDS]
_CHANNELS = (("online", "truc tuyen"), ("counter", "truc tiep"), ("post", "buu chinh"), ("post", "bcci"))
_NUMBERING = re.compile(r"\(?\[?[0-9]{1,2}[)\].]?|\(?[a-z][).]?")
_HEADER_UNITS = (
    ("ngay lam viec", "working_day"),
    ("gio", "hour"),
    ("thang", "month"),
    ("so ngay", "day"),
    ("ngay", "day"),
)


@dataclass
class ColumnMapping:
    """`columns`: column index -> a key of LABELS. Data begin below `last_header_row` (numbers as in Excel)."""

    header_row: int
    last_header_row: int
    titles: list[str]
    columns: dict[int, str] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """The same for every file with these titles in this order."""
        words = "\n".join(plain_name(title) for title in self.titles)
        return hashlib.sha256(words.encode()).hexdigest()

    def unit_of(self, column: int) -> str | None:
        """The unit that a title gives its bare numbers: “Thời hạn (ngày làm việc)”."""
        title = plain_name(self.titles[column]) if column < len(self.titles) else ""
        return next((unit for words, unit in _HEADER_UNITS if words in title), None)

    def to_json(self) -> dict[str, Any]:
        return {
            "header_row": self.header_row,
            "last_header_row": self.last_header_row,
            "titles": self.titles,
            "columns": {str(at): name for at, name in self.columns.items()},
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "ColumnMapping":
        columns = {int(at): name for at, name in body["columns"].items()}
        return cls(body["header_row"], body["last_header_row"], body["titles"], columns)


def guess(title: str) -> str | None:
    """What a column with this title means, a key of LABELS; None when nothing fits."""
    words = plain_name(title)
    found = next((name for name, rule in _RULES if rule.fullmatch(words)), None)
    if found in ("time", "fee"):
        channel = next((channel for channel, said in _CHANNELS if said in words), None)
        return f"{found}.{channel}" if channel else found
    return found


def find_header(table: Table) -> ColumnMapping | None:
    """The header row that explains most columns, wherever it stands; None when no row looks like one."""
    rows = [one for one in table.rows if one[0] <= HEADER_WITHIN]
    best, chosen = 1, None
    for at, (number, cells) in enumerate(rows):
        if number in table.headings or any(_is_code(cell) for cell in cells):
            continue
        found = len({guess(display(cell)) for cell in cells if not is_blank(cell)} - {None})
        if found > best:
            best, chosen = found, at
    return header_at(table, rows[chosen][0]) if chosen is not None else None


def header_at(table: Table, number: int) -> ColumnMapping | None:
    """The mapping when the header stands in row `number`; it may go on in the next row (“Phí: trực tiếp, …”)."""
    at = next((at for at, (row, _) in enumerate(table.rows) if row == number), None)
    if at is None:
        return None
    titles, last = [" ".join(display(cell).split()) for cell in table.rows[at][1]], number
    if at + 1 < len(table.rows) and (second := _second_line(titles, table.rows[at + 1][1])):
        titles, last = second, table.rows[at + 1][0]
    titles += [""] * (table.width() - len(titles))
    columns: dict[int, str] = {}
    for column, title in enumerate(titles):
        name = guess(title)
        if name and name not in columns.values():
            columns[column] = name
    return ColumnMapping(number, last, titles, columns)


def _second_line(titles: list[str], cells: list[Value]) -> list[str] | None:
    if is_numbering(cells) or any(_is_code(cell) for cell in cells):
        return None
    below = [" ".join(display(cell).split()) for cell in cells]
    said = [text for text in below if text]
    width = max(len(titles), len(below))
    top, above = [], ""
    for at in range(width):
        above = (titles[at] if at < len(titles) else "") or above
        top.append(above)
    below += [""] * (width - len(below))
    joined = [
        f"{top[at]} {below[at]}" if below[at] and plain_name(below[at]) != plain_name(top[at]) else
        (titles[at] if at < len(titles) else "")
        for at in range(width)
    ]  # fmt: skip
    is_header = said and all(any(word in plain_name(text) for _, word in _CHANNELS) for text in said)
    return joined if is_header else None


def is_numbering(cells: list[Value]) -> bool:
    """A row “(1) (2) (3)” below the header."""
    said = [display(cell).strip().lower() for cell in cells if not is_blank(cell)]
    return len(said) > 2 and all(_NUMBERING.fullmatch(text) for text in said) and len(set(said)) == len(said)


def _is_code(cell: Value) -> bool:
    try:
        normalise_code(f"{cell:.6f}" if isinstance(cell, float) else str(cell))
    except ValueError:
        return False
    return True
