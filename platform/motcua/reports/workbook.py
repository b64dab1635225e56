"""The leader's figures as an Excel file: counts and shares as numbers, definitions on a sheet of their own."""

import io
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from .definitions import DEFINITIONS, FACTORS, INDICES_SOURCE, SIPAS
from .figures import Figures, Share
from .periods import Period
from .scores import Score

BOLD = Font(bold=True)
COLUMNS = (
    ("Hồ sơ trong kỳ", lambda one: one.counts["total"]),
    ("Có hẹn trả", lambda one: one.measurable),
    ("Đúng hạn", lambda one: one.counts["on_time"]),
    ("Đúng hạn (%)", lambda one: one.on_time),
    ("Trước hạn", lambda one: one.counts["early"]),
    ("Trước hạn (%)", lambda one: one.early),
    ("Trễ hạn", lambda one: one.counts["late"]),
    ("Trễ hạn (%)", lambda one: one.late),
    ("Trễ có xin lỗi", lambda one: one.counts["late_with_apology"]),
    ("Trễ không xin lỗi", lambda one: one.counts["late_without_apology"]),
    ("Đã hỏi ý kiến", lambda one: one.counts["asked"]),
    ("Có trả lời", lambda one: one.counts["answered"]),
    ("Hài lòng (%)", lambda one: one.satisfied),
    ("Bình thường (%)", lambda one: one.neutral),
    ("Không hài lòng (%)", lambda one: one.dissatisfied),
    ("Có phản ánh", lambda one: one.counts["complained"]),
    ("Hài lòng 5.4 (%)", lambda one: one.index_5_4),
)


def workbook(period: Period, title: str, rows: list[Figures], total: Figures, scores: list[Score]) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "Số liệu"
    _line(sheet, [f"Kỳ báo cáo: {period.words}"], bold=True)
    _line(sheet, [title, *(name for name, _ in COLUMNS)], bold=True)
    for one in [*rows, total]:
        _line(sheet, [one.counts.name, *(read(one) for _, read in COLUMNS)], bold=one is total)
    sheet.freeze_panes = "B3"
    sheet.column_dimensions["A"].width = 48
    for number in range(2, len(COLUMNS) + 2):
        sheet.column_dimensions[get_column_letter(number)].width = 14
    _scores(book.create_sheet("Chín chỉ số"), scores)
    _definitions(book.create_sheet("Định nghĩa"))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _scores(sheet, scores: list[Score]) -> None:
    _line(
        sheet,
        ["Số", "Chỉ số", "Tính từ dữ liệu", "Cơ sở (số lượng)", "Tự chấm", "Thẩm định", "Cách tính"],
        bold=True,
    )
    for one in scores:
        _line(
            sheet,
            [one.number, one.name, one.computed, one.counted, one.self_score, one.appraised, one.formula],
        )
    _line(sheet, [INDICES_SOURCE])
    sheet.column_dimensions["B"].width = 48
    sheet.column_dimensions["G"].width = 80


def _definitions(sheet) -> None:
    _line(sheet, ["Số liệu", "Cách tính", "Nguồn"], bold=True)
    for one in DEFINITIONS:
        _line(sheet, [one.name, one.formula, one.source])
    for name, _, formula in FACTORS:
        _line(sheet, [f"{name} (SIPAS)", formula, SIPAS])
    sheet.column_dimensions["A"].width = 36
    sheet.column_dimensions["B"].width = 100
    for row in sheet.iter_rows():
        row[1].alignment = Alignment(wrap_text=True, vertical="top")


def _line(sheet, values: list, *, bold: bool = False) -> None:
    sheet.append([_value(value) for value in values])
    for cell in sheet[sheet.max_row]:
        if isinstance(cell.value, str):
            cell.data_type = "s"  # an agency called “=SUM(…)” is a name, not a formula
        if bold:
            cell.font = BOLD


def _value(value):
    if isinstance(value, Share):
        value = value.percent
    return float(value) if isinstance(value, Decimal) else value
