"""Reading .xlsx: guarded against bombs, merged cells filled, formulas by the results stored with them."""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook

from .table import (
    MOST_COLUMNS,
    SheetInfo,
    Table,
    Uncalculated,
    UnreadableFile,
    is_blank,
    refuse_too_many,
)

MOST_UNPACKED_BYTES = 150_000_000
MOST_RATIO = 200  # what a sheet of 20,000 alike rows does not reach
HARMLESS_BYTES = 10_000_000
MOST_PARTS = 2_000
CHUNK = 1 << 20
OVERLAP = 64

_MERGED = re.compile(rb'<mergeCell\s+ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')
_FORMULA = re.compile(rb"<f[ />]")
_DAMAGED = (
    zipfile.BadZipFile, ParseError, InvalidFileException, KeyError, ValueError, TypeError, IndexError, EOFError,
    AttributeError, OSError, NotImplementedError, RuntimeError,
)  # fmt: skip


def refuse_bombs(data: bytes) -> None:
    """Raises UnreadableFile for an archive that unpacks to far more than a sheet needs, or hides entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            packed = max(1, sum(part.compress_size for part in parts))
            if (
                len(parts) > MOST_PARTS
                or unpacked > MOST_UNPACKED_BYTES
                or (unpacked > HARMLESS_BYTES and unpacked / packed > MOST_RATIO)
            ):
                raise UnreadableFile(
                    "Tệp nén giải ra lớn bất thường nên không được mở. "
                    "Xin chép riêng bảng thủ tục sang một tệp .xlsx mới rồi nhập lại."
                )
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as handle:
                        if b"<!DOCTYPE" in handle.read(2000).upper():
                            raise UnreadableFile(
                                "Tệp Excel chứa khai báo lạ nên không được mở. Xin lưu lại bằng Excel rồi nhập."
                            )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise _damaged() from error


def sheets(data: bytes) -> list[SheetInfo]:
    with _opened(data, data_only=True) as book:
        return [SheetInfo(sheet.title, sheet.sheet_state != "visible") for sheet in book.worksheets]


def read_sheet(data: bytes, name: str, most_rows: int | None = None) -> Table:
    """The sheet called `name`; with `most_rows` only its beginning, which is quick.

    Raises UnreadableFile when the file is damaged or the sheet too large.
    """
    try:
        with _opened(data, data_only=True) as book:
            sheet = book[name]
            path = sheet._worksheet_path
            rows = _rows(sheet, most_rows)
        has_formulas, merged = _scan(data, path)
        if has_formulas:
            _mark_uncalculated(data, name, rows, most_rows)
    except _DAMAGED as error:
        raise _damaged() from error
    return _fill_merged(rows, merged)


@contextmanager
def _opened(data: bytes, *, data_only: bool) -> Iterator[Workbook]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # styles and extensions that openpyxl does not know are of no matter
        try:
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=data_only, keep_links=False)
        except _DAMAGED as error:
            raise _damaged() from error
        try:
            yield book
        finally:
            book.close()


def _rows(sheet, most_rows: int | None) -> dict[int, list]:
    rows: dict[int, list] = {}
    sheet.reset_dimensions()  # often wrong, and only a hint
    for number, cells in enumerate(
        sheet.iter_rows(max_row=most_rows, max_col=MOST_COLUMNS, values_only=True), 1
    ):
        last = len(cells)
        while last and is_blank(cells[last - 1]):
            last -= 1
        if last:
            rows[number] = list(cells[:last])
            refuse_too_many(len(rows))
    return rows


def _scan(data: bytes, path: str) -> tuple[bool, list[str]]:
    """Whether the sheet's XML holds formulas, and its merged ranges, without building anything."""
    has_formulas, merged = False, {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(path.lstrip("/")) as handle:
        tail = b""
        while chunk := handle.read(CHUNK):
            text = tail + chunk
            has_formulas = has_formulas or _FORMULA.search(text) is not None
            merged |= dict.fromkeys(ref.decode() for ref in _MERGED.findall(text))
            tail = text[-OVERLAP:]
    return has_formulas, list(merged)


def _mark_uncalculated(data: bytes, name: str, rows: dict[int, list], most_rows: int | None) -> None:
    with _opened(data, data_only=False) as book:
        formulas = _rows(book[name], most_rows)
    for number, cells in formulas.items():
        for at, value in enumerate(cells):
            if isinstance(value, str) and value.startswith("="):
                known = rows.setdefault(number, [])
                known += [None] * (at + 1 - len(known))
                if is_blank(known[at]):
                    known[at] = Uncalculated(value)


def _fill_merged(rows: dict[int, list], merged: list[str]) -> Table:
    """A cell merged over several rows holds for each of them; one over most of a row is a heading."""
    headings: set[int] = set()
    width = max((len(cells) for cells in rows.values()), default=0)
    for ref in merged:
        left, top, right, bottom = range_boundaries(ref)
        if top == bottom:
            if right - left + 1 >= max(3, min(width, MOST_COLUMNS) * 0.6):
                headings.add(top)
            continue
        value = rows.get(top, [])[left - 1 : left]
        if not value or is_blank(value[0]):
            continue
        for number in range(top + 1, bottom + 1):
            cells = rows.get(number)
            if cells is not None:  # a row that is otherwise empty stays so
                cells += [None] * (left - len(cells))
                if is_blank(cells[left - 1]):
                    cells[left - 1] = value[0]
    return Table(sorted(rows.items()), headings)


def _damaged() -> UnreadableFile:
    return UnreadableFile(
        "Tệp Excel bị hỏng hoặc không đúng định dạng. Xin mở bằng Excel, lưu lại thành .xlsx rồi nhập lại."
    )
