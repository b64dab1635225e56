"""CSV as provinces send it: the whole file is read, every fault noted with its physical line."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from .problems import FolderInvalid, Problem, file_name, shown

# A cell that a spreadsheet would take for a formula when somebody opens an export (OWASP, CSV injection).
_FORMULA = re.compile(r"^[=+\-@\t\r]")
# Letters of TCVN3 (ABC) and VNI-Windows that never occur in Vietnamese Unicode text.
_LEGACY = re.compile(r"[®©§¨¬¶·¸¹¾¼½Æ×ÞÜÖß«»µ]|[A-Za-z][ùøûïäåöîôâêÂÊ][ùøûïäåö]")
_HAS_VIETNAMESE = re.compile(r"[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
_MAX_CELL = 5000


@dataclass
class Report:
    """The faults of one file, collected until the end."""

    file: Path
    problems: list[Problem] = field(default_factory=list)

    def add(self, line: int | None, column: str, value: object, message: str, remedy: str) -> None:
        text = shown(value)
        sentence = f"“{text}”: {message[0].lower()}{message[1:]}" if text else message
        self.problems.append(Problem(file_name(self.file), line, column, text, sentence, remedy))

    def raise_if_any(self) -> None:
        if self.problems:
            raise FolderInvalid(sorted(self.problems, key=lambda problem: problem.line or 0))


@dataclass(frozen=True)
class Row:
    line: int  # where the row begins, from 1
    cells: dict[
        str, str
    ]  # by column: NFC, without blanks around; "" where empty or where the column is missing


def read_rows(report: Report, columns: Iterable[str], required: Iterable[str]) -> list[Row]:
    """The rows of `report.file`. UTF-8 with or without a byte order mark, any line ends, `,` between cells.

    Raises FolderInvalid at once where the file cannot be read at all; faults of rows go to `report`.
    """
    columns, text = tuple(columns), _decode(report)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    header: list[str] | None = None
    line = 1
    try:
        for cells in reader:
            start, line = line, reader.line_num + 1
            if header is None:
                header = _check_header(report, cells, columns, tuple(required))
            elif any(cell.strip() for cell in cells):
                row = _row(report, start, header, cells, columns)
                if row:
                    rows.append(row)
    except csv.Error as error:
        report.add(
            line, "", "", f"Dòng sai dạng CSV ({error}).", "Xin xem lại dấu ngoặc kép và dấu phẩy ở dòng này."
        )
        report.raise_if_any()
    if header is None:
        report.add(None, "", "", "Tệp trống.", "Xin ghi dòng tiêu đề rồi các dòng dữ liệu.")
        report.raise_if_any()
    return rows


def _decode(report: Report) -> str:
    try:
        data = report.file.read_bytes()
    except FileNotFoundError:
        report.add(None, "", "", "Thiếu tệp này.", "Xin chép tệp cùng tên của tỉnh khác rồi sửa.")
        report.raise_if_any()
    if data[:2] in (b"PK", b"\xd0\xcf"):
        report.add(
            None, "", "", "Đây là tệp Excel, không phải CSV.", "Xin lưu lại thành “CSV UTF-8” từ Excel."
        )
        report.raise_if_any()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        report.add(
            data.count(b"\n", 0, error.start) + 1,
            "",
            "",
            "Tệp không phải UTF-8 (có thể là TCVN3, VNI-Windows hoặc UTF-16).",
            "Xin chuyển sang Unicode rồi lưu thành “CSV UTF-8”.",
        )
        report.raise_if_any()
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        report.add(line, "", "", "Tệp có ký tự NUL.", "Xin xuất lại tệp từ bảng tính.")
        report.raise_if_any()
    return unicodedata.normalize("NFC", text)


def _check_header(report: Report, cells: list[str], columns: tuple, required: tuple) -> list[str]:
    header = [cell.strip().lower() for cell in cells]
    if len(header) == 1 and ";" in header[0]:
        report.add(
            1, "", "", "Các cột cách nhau bằng dấu chấm phẩy.", "Xin lưu lại với dấu phẩy giữa các cột."
        )
        report.raise_if_any()
    for at, name in enumerate(header):
        if name in header[:at]:
            report.add(1, name, name, "Cột bị lặp.", "Xin giữ một cột.")
        elif name not in columns:
            report.add(1, name, name, "Không có cột tên này.", f"Xin dùng các cột: {', '.join(columns)}.")
    for name in required:
        if name not in header:
            report.add(1, name, "", f"Thiếu cột {name}.", "Xin thêm cột này vào dòng tiêu đề.")
    report.raise_if_any()
    return header


def _row(report: Report, line: int, header: list[str], cells: list[str], columns: tuple) -> Row | None:
    if len(cells) != len(header):
        report.add(
            line,
            "",
            "",
            f"Dòng có {len(cells)} ô, tiêu đề có {len(header)} cột.",
            "Xin thêm hoặc bớt dấu phẩy, và đặt chữ có dấu phẩy trong ngoặc kép.",
        )
        return None
    values = dict.fromkeys(columns, "") | {
        name: cell.strip(" ") for name, cell in zip(header, cells, strict=True)
    }
    for name, value in values.items():
        _check_cell(report, line, name, value)
    return Row(line, {name: " ".join(value.split()) for name, value in values.items()})


def _check_cell(report: Report, line: int, column: str, value: str) -> None:
    if _FORMULA.match(value):
        report.add(
            line,
            column,
            value,
            "Ô bắt đầu bằng =, +, -, @ hoặc tab, bảng tính sẽ coi là công thức.",
            "Xin bỏ ký tự đầu.",
        )
    elif any(unicodedata.category(letter) in ("Cc", "Co", "Cf") and letter not in "\n\t" for letter in value):
        report.add(line, column, value, "Ô có ký tự không nhìn thấy.", "Xin gõ lại nội dung ô.")
    elif len(_LEGACY.findall(value)) >= 2 and not _HAS_VIETNAMESE.search(value):
        report.add(
            line,
            column,
            value,
            "Chữ theo bảng mã cũ (TCVN3 hoặc VNI-Windows).",
            "Xin chuyển sang Unicode rồi nạp lại.",
        )
    elif len(value) > _MAX_CELL:
        report.add(line, column, value, f"Ô dài hơn {_MAX_CELL} ký tự.", "Xin viết ngắn lại.")
