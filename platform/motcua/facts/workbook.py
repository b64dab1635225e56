"""The dashboards as an Excel file: numbers as numbers with their format, definitions on a sheet of their own."""

import io
from datetime import datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from motcua.core.clock import VIETNAM

from .boards import Board, Column, Value
from .definitions import DEFINITIONS
from .outside import fit
from .spans import Span

BOLD = Font(bold=True)
# Excel shows separators as the reader's own language has them.
FORMATS = {"count": "#,##0", "percent": '0.0" %"', "vnd": '#,##0" ₫"', "duration": '#,##0" giây"'}


def workbook(boards: list[Board], span: Span, whose: str, as_of: datetime | None) -> bytes:
    """One sheet a board: its cards, then its tables one below the other."""
    book = Workbook()
    book.remove(book.active)
    for board in boards:
        sheet = book.create_sheet(board.title[:31])
        sheet.column_dimensions["A"].width = 44
        for number in range(2, 13):
            sheet.column_dimensions[get_column_letter(number)].width = 16
        _line(sheet, [f"{board.title} – {whose}"], bold=True)
        _line(
            sheet, [f"Kỳ: {span.period.words}; so với: {span.before.words}; số liệu đến {as_of_words(as_of)}"]
        )
        _line(sheet, [])
        _line(sheet, ["Số liệu", "Kỳ này", "Kỳ trước"], bold=True)
        for card in board.cards:
            kinds = [Column("", "text"), Column("", card.kind), Column("", card.kind)]
            _line(sheet, [card.definition.name, card.value, card.before], kinds)
        for table in map(fit, board.tables):
            _line(sheet, [])
            _line(sheet, [table.title], bold=True)
            _line(sheet, [column.title for column in table.columns], bold=True)
            for row in table.rows:
                _line(sheet, list(row.cells), list(table.columns))
            if table.note:
                _line(sheet, [table.note])
    _definitions(book.create_sheet("Định nghĩa"))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_of_words(at: datetime | None) -> str:
    return f"{at.astimezone(VIETNAM):%H:%M %d/%m/%Y}" if at else "chưa tính lần nào"


def _definitions(sheet: Worksheet) -> None:
    _line(sheet, ["Số liệu", "Cách tính", "Nguồn", "Bảng số liệu"], bold=True)
    for one in DEFINITIONS.values():
        _line(sheet, [one.name, one.formula, one.source, one.table])
    for column, width in zip("ABCD", (32, 100, 28, 22), strict=True):
        sheet.column_dimensions[column].width = width
    for row in sheet.iter_rows():
        row[1].alignment = Alignment(wrap_text=True, vertical="top")


def _line(sheet: Worksheet, cells: list[Value], columns: list[Column] = (), *, bold: bool = False) -> None:
    sheet.append(["–" if cell is None else cell for cell in cells])
    for at, cell in enumerate(sheet[sheet.max_row][: len(cells)]):
        if isinstance(cell.value, str):
            cell.data_type = "s"  # an agency called “=SUM(…)” is a name, not a formula
        elif columns:
            cell.number_format = FORMATS.get(columns[at].kind, "General")
        if bold:
            cell.font = BOLD
