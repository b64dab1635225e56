"""Reading .csv as spreadsheets and old programs write it: any usual encoding and separator."""

import codecs
import csv
import io
import unicodedata
from collections import Counter

from motcua.core.text import legacy

from .table import MOST_COLUMNS, Table, UnreadableFile, refuse_too_many

SEPARATORS = (",", ";", "\t", "|")
SAMPLE_LINES = 50
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_text(data: bytes) -> Table:
    """The rows of a CSV file; numbers count records, as a spreadsheet does. Raises UnreadableFile."""
    text = decode(data)
    csv.field_size_limit(200_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=find_separator(text))
    rows: list[tuple[int, list]] = []
    try:
        for number, cells in enumerate(reader, 1):
            if number == 1 and len(cells) == 1 and cells[0].lower().startswith("sep="):
                continue
            while cells and not cells[-1].strip():
                cells.pop()
            if cells:
                rows.append((number, list(cells[:MOST_COLUMNS])))
                refuse_too_many(len(rows))
    except csv.Error as error:
        raise UnreadableFile(
            f"Tệp CSV sai dạng ở gần dòng {reader.line_num}. Xin xem lại dấu ngoặc kép ở dòng đó rồi nhập lại."
        ) from error
    return Table(rows)


def decode(data: bytes) -> str:
    """The text of the file. What was written for TCVN3 or VNI fonts comes as Western letters: see `legacy`."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strictly(data, encoding)
    if not data.strip():
        raise UnreadableFile("Tệp trống. Xin chọn tệp có dòng tiêu đề và các dòng thủ tục.")
    if (encoding := _wide(data)) is not None:
        return _strictly(data, encoding)
    if b"\0" in data:
        raise UnreadableFile(
            "Tệp này không phải bảng chữ. Xin lưu lại thành “CSV UTF-8” hoặc .xlsx rồi nhập lại."
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _western_or_1258(data)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            "Bảng mã của tệp bị hỏng. Xin lưu lại thành “CSV UTF-8” từ Excel rồi nhập lại."
        ) from error


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of mostly Latin text is zero."""
    sample = data[:2000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) < len(sample) * 0.2:
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _western_or_1258(data: bytes) -> str:
    western = data.decode("cp1252", errors="replace") if _fits(data) else data.decode("latin-1")
    vietnamese = unicodedata.normalize("NFC", data.decode("cp1258", errors="replace"))
    if vietnamese.count("\ufffd") > western.count("\ufffd"):
        return western
    sample = vietnamese[:100_000], western[:100_000]
    as_1258 = legacy.score([sample[0]])
    as_western = max(
        legacy.score([sample[1]]),
        *(legacy.score([legacy.convert(sample[1], one)]) for one in legacy.ENCODINGS),
    )
    return vietnamese if as_1258 > as_western else western


def _fits(data: bytes) -> bool:
    return not set(data) & {0x81, 0x8D, 0x8F, 0x90, 0x9D}


def find_separator(text: str) -> str:
    """The separator that cuts the first lines into most columns, alike from line to line."""
    lines = [line for line in text.splitlines()[:SAMPLE_LINES] if line.strip()]
    if lines and lines[0].lower().startswith("sep=") and len(lines[0]) == 5:
        return lines[0][4]
    best, chosen = 0.0, ","
    for separator in SEPARATORS:
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator))
        except csv.Error:
            continue
        width, times = max(
            ((width, times) for width, times in widths.items() if width > 1),
            default=(0, 0),
            key=lambda x: x[1],
        )
        value = times * (1 + min(width, 30) / 100)
        if value > best:
            best, chosen = value, separator
    return chosen
