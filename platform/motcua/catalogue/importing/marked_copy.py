"""The checked sheet as an .xlsx to put right: the same cells in the same places, faulty ones coloured and explained."""

import io
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from motcua.core.database import db

from .models import CatalogueImport, CatalogueImportRow

FAULTY, DOUBTFUL = PatternFill("solid", start_color="FFC7CE"), PatternFill("solid", start_color="FFEB9C")
BOLD = Font(bold=True)
AUTHOR = "Một Cửa"
WIDTH = 28
BATCH = 2000
# What XML cannot hold.
_UNWRITABLE = {letter: None for letter in range(32) if chr(letter) not in "\t\n\r"}


class MarkedRow(NamedTuple):
    """A row of the sheet, its cells as text; `faults` as in `CatalogueImportRow`."""

    row_number: int
    cells: list[str]
    faults: list[dict[str, Any]]
    kind: str = ""  # "header": bold


def marked_copy(one: CatalogueImport) -> bytes:
    """The whole sheet of an import, as text, so that codes keep their zeros."""
    return write_marked(one.sheet or "Trang 1", len((one.mapping or {}).get("titles", [])), _rows(one))


def write_marked(name: str, width: int, rows: Iterable[MarkedRow]) -> bytes:
    """An .xlsx of one sheet, `width` columns wide, with the faults of each row in place."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_title(name))
    for column in range(1, 1 + width):
        sheet.column_dimensions[get_column_letter(column)].width = WIDTH
    written = 0
    for row in rows:
        for _ in range(row.row_number - written - 1):
            sheet.append([])
        sheet.append(_cells(sheet, row))
        written = row.row_number
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _rows(one: CatalogueImport):
    statement = (
        db.select(*(getattr(CatalogueImportRow, name) for name in MarkedRow._fields))
        .where(CatalogueImportRow.import_id == one.id, CatalogueImportRow.row_number > 0)
        .order_by(CatalogueImportRow.row_number)
        .execution_options(yield_per=BATCH)
    )
    return db.session.execute(statement)


def _cells(sheet, row) -> list[WriteOnlyCell]:
    by_column = defaultdict(list)
    for fault in row.faults:
        by_column[fault["column"]].append(fault)
    width = max([len(row.cells), *(column + 1 for column in by_column)])
    texts = row.cells + [""] * (width - len(row.cells))
    cells = []
    for at, text in enumerate(texts):
        faults = by_column.get(at)
        if not text and not faults:
            cells.append(None)
            continue
        cell = WriteOnlyCell(sheet, text.translate(_UNWRITABLE))
        cell.data_type = "s"  # a text that begins with “=” stays a text
        if row.kind == "header":
            cell.font = BOLD
        if faults:
            only_doubts = all(fault["is_warning"] for fault in faults)
            cell.fill = DOUBTFUL if only_doubts else FAULTY
            words = "\n".join(f"{fault['message']} {fault['remedy']}" for fault in faults)
            cell.comment = Comment(words.translate(_UNWRITABLE), AUTHOR, height=120, width=320)
        cells.append(cell)
    return cells


def _title(name: str) -> str:
    return "".join(letter for letter in name if letter not in r"[]:*?/\'")[:31] or "Trang 1"
