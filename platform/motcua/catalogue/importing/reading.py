"""From an uploaded file to a table: the kind by its first bytes, old encodings turned into Unicode."""

import unicodedata
from collections import Counter

from motcua.core.text import legacy

from . import text_table, workbook
from .table import MOST_BYTES, SheetInfo, Table, Uncalculated, UnreadableFile

CSV_SHEET = "CSV"
PREVIEW_ROWS = 60


_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")


def sheets_of(data: bytes) -> list[SheetInfo]:
    """The sheets to choose from; a CSV has one. Raises UnreadableFile, saying what to do instead."""
    if not data:
        raise UnreadableFile("Chưa chọn tệp hoặc tệp trống. Xin chọn tệp .xlsx hoặc .csv của tỉnh.")
    if len(data) > MOST_BYTES:
        raise UnreadableFile("Tệp lớn hơn 20 MB. Xin bỏ hình ảnh và các trang không cần rồi nhập lại.")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile(
            "Tệp này là Excel kiểu cũ (.xls) hoặc có mật khẩu. "
            "Xin mở bằng Excel, bỏ mật khẩu, lưu thành .xlsx rồi nhập lại."
        )
    if data.startswith(_PICTURES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        raise UnreadableFile("Tệp này là ảnh, không phải bảng. Xin tải lên tệp Excel (.xlsx) hoặc CSV.")
    if data.startswith(b"%PDF"):
        raise UnreadableFile("Tệp này là PDF. Xin nhập bảng gốc dạng .xlsx hoặc .csv.")
    if not data.startswith(b"PK"):
        text_table.decode(data)
        return [SheetInfo(CSV_SHEET)]
    workbook.refuse_bombs(data)
    found = workbook.sheets(data)
    if not found:
        raise UnreadableFile("Tệp Excel không có trang tính nào. Xin kiểm tra lại tệp.")
    return found


def read(data: bytes, sheet: str, most_rows: int | None = None) -> Table:
    """All rows of one sheet, or its first `most_rows`, in NFC Unicode. Raises UnreadableFile."""
    if data.startswith(b"PK"):
        table = workbook.read_sheet(data, sheet, most_rows)
    else:
        table = text_table.read_text(data)
        if most_rows:
            table.rows = table.rows[:most_rows]
    return _in_unicode(table)


def _in_unicode(table: Table) -> Table:
    """Column by column; then the columns too short to decide, where nothing in the file is sure to be Unicode."""
    before = {at for at in range(table.width()) if _surely_unicode(table, at)}
    usual = _convert_columns(table, None)
    if usual is not None and not before:
        _convert_columns(table, usual)
    return table


def _surely_unicode(table: Table, at: int) -> bool:
    return any(
        isinstance(cells[at], str) and legacy.is_surely_unicode(cells[at])
        for _, cells in table.rows
        if at < len(cells)
    )


def _convert_columns(table: Table, usual: str | None) -> str | None:
    """Returns the encoding that most columns had, if any."""
    for at in set(range(table.width())) - table.encodings.keys():  # what is converted must not be read again
        places = [
            (cells, value)
            for _, cells in table.rows
            if at < len(cells) and isinstance(value := cells[at], str) and not value.isascii()
        ]
        texts, encoding = legacy.convert_column([value for _, value in places], usual)
        if encoding:
            table.encodings[at] = encoding
        for (cells, old), text in zip(places, texts, strict=True):
            if not isinstance(old, Uncalculated):
                cells[at] = unicodedata.normalize("NFC", text)
    counts = Counter(table.encodings.values())
    return counts.most_common(1)[0][0] if counts else None
