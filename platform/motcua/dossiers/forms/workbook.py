"""The register as an Excel file: real dates, a frozen head, and no cell that could run as a formula."""

import io
from collections.abc import Iterable, Iterator
from datetime import datetime

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from motcua.core.clock import VIETNAM

from .register import Choice, Entry, notes
from .sets import Form

COLUMNS = (
    ("STT", 6),
    ("Mã hồ sơ", 28),
    ("Tên thủ tục hành chính", 46),
    ("Số bộ hồ sơ", 8),
    ("Tên cá nhân, tổ chức", 26),
    ("Địa chỉ", 32),
    ("Số điện thoại", 15),
    ("Cơ quan chủ trì giải quyết", 32),
    ("Nhận hồ sơ", 17),
    ("Hẹn trả kết quả", 17),
    ("Trả kết quả", 17),
    ("Phương thức nhận kết quả", 16),
    ("Ký nhận", 12),
    ("Ghi chú", 26),
)
HEAD_ROW = 4
A4 = 9  # Excel's number for the size of paper
MOMENT = "dd/mm/yyyy hh:mm"
LINE = Side(style="thin", color="999999")
BOX = Border(LINE, LINE, LINE, LINE)


def to_xlsx(form: Form, choice: Choice, entries: Iterable[Entry]) -> bytes:
    """`entries` are written as they come; the whole sheet is never held as cells."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(form.title[:31])
    book.properties.title, book.properties.language = f"{form.title} {choice.period}", "vi"
    book.properties.creator = choice.agency_name
    for at, (_, width) in enumerate(COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    sheet.freeze_panes = f"C{HEAD_ROW + 1}"
    sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.append([_text(sheet, form.title.upper(), font=Font(bold=True, size=14))])
    sheet.append([_text(sheet, f"{choice.agency_name}, {choice.period}")])
    sheet.append([])
    sheet.append([_head(sheet, title) for title, _ in COLUMNS])
    last = HEAD_ROW
    for number, entry in enumerate(entries, 1):
        sheet.append(list(_cells(sheet, number, entry)))
        last += 1
    sheet.auto_filter.ref = f"A{HEAD_ROW}:{get_column_letter(len(COLUMNS))}{last}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cells(sheet, number: int, entry: Entry) -> Iterator[WriteOnlyCell]:
    yield _cell(sheet, number)
    for text in (entry.code, entry.procedure):
        yield _text(sheet, text, border=BOX)
    yield _text(sheet, None, border=BOX)  # how many copies of the dossier were handed in is not known here
    for text in (entry.owner, entry.address, entry.phone, entry.agency):
        yield _text(sheet, text, border=BOX)
    for at in (entry.received_at, entry.due_at, entry.returned_at):
        yield _moment(sheet, at)
    for text in (entry.way, None, notes(entry)):
        yield _text(sheet, text, border=BOX)


def _cell(sheet, value) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value)
    cell.border, cell.alignment = BOX, Alignment(vertical="top", wrap_text=True)
    return cell


def _text(sheet, value: str | None, *, font: Font | None = None, border: Border | None = None):
    """Text stays text, also where it begins with “=”, “+”, “-” or “@”."""
    cell = WriteOnlyCell(sheet, None)
    if value:
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
        cell.quotePrefix = value[0] in "=+-@\t\r"
    if border:
        cell.border, cell.alignment = border, Alignment(vertical="top", wrap_text=True)
    if font:
        cell.font = font
    return cell


def _moment(sheet, at: datetime | None) -> WriteOnlyCell:
    """By Vietnamese clocks: Excel knows no zones."""
    cell = _cell(sheet, at and at.astimezone(VIETNAM).replace(tzinfo=None, second=0, microsecond=0))
    if at:
        cell.number_format = MOMENT
    return cell


def _head(sheet, title: str) -> WriteOnlyCell:
    cell = _text(sheet, title, font=Font(bold=True), border=BOX)
    cell.fill = PatternFill("solid", fgColor="DDE6F0")
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    return cell
