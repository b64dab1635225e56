"""A sheet with fifty planted faults shows all fifty, each in its own cell, and changes nothing."""

import io
from datetime import date

import pytest
from openpyxl import load_workbook

from motcua.catalogue import changing, lookup
from motcua.catalogue.importing import applying
from motcua.catalogue.importing.marked_copy import marked_copy
from motcua.catalogue.importing.table import column_letter
from motcua.catalogue.models import Agency
from motcua.core.database import db
from motcua.core.errors import Conflict
from tests.catalogue import sheets

TITLES = ("Mã TTHC", "Tên thủ tục", "Lĩnh vực", "Cơ quan thực hiện", "Cấp thực hiện", "Mức độ DVC",
          "Thời hạn giải quyết", "Phí, lệ phí", "Trạng thái", "Đường dẫn", "Ghi chú")  # fmt: skip
CODE, NAME, FIELD, AGENCY, LEVEL, ONLINE, TIME, FEE, STATE, URL, NOTE = range(11)

# (column, what stands there): one fault a row, fifty rows.
PLANTED = [
    (CODE, None), (CODE, "abc"), (CODE, "1.00089"), (CODE, "1,000894"), (CODE, "1.OOO894"), (CODE, "1.000894.H"),
    (CODE, 1), (CODE, date(2026, 1, 5)), (CODE, "#N/A"), (CODE, "9.000001"),  # the first good row has it
    (NAME, None), (NAME, "12345"), (NAME, "#REF!"), (NAME, "Th\ufffd t\ufffdc"), (NAME, "Th? t?c c?p ph?p"),
    (NAME, "x" * 2001), (NAME, "=HYPERLINK"), (NAME, "Ä\u2018Äƒng kÃ½"),
    (FIELD, None), (FIELD, "#NAME?"), (FIELD, "@cmd"),
    (AGENCY, "Sở Không Có Thật"), (AGENCY, "UBND phường Hai Lần"), (AGENCY, "#VALUE!"), (AGENCY, "Sở đã giải thể"),
    (LEVEL, "Cấp huyện"), (LEVEL, "Cấp trời"), (LEVEL, "#DIV/0!"),
    (ONLINE, "mức cao"), (ONLINE, "Mức độ 9"),
    (TIME, 5), (TIME, "0 ngày"), (TIME, "-3 ngày làm việc"), (TIME, "5000 ngày"), (TIME, "15-10 ngày"),
    (TIME, "hôm nào cũng được"), (TIME, date(2026, 10, 5)), (TIME, "#NUM!"), (TIME, "bảy ngay mai"),
    (FEE, -50000), (FEE, "50.00"), (FEE, 50), (FEE, "5O.000"), (FEE, 99_000_000_000), (FEE, date(2026, 5, 1)),
    (FEE, "#NULL!"),
    (STATE, "có lẽ"), (STATE, "2"), (URL, "dichvucong"), (NOTE, "=1+"),
]  # fmt: skip


def good(number: int) -> list:
    return [f"9.{number:06d}", f"Thủ tục riêng số {number}", "Thủy sản", "UBND phường Một, Bình Thuận", "Cấp xã",
            "Toàn trình", "5 ngày làm việc", "50.000 đồng", "Bật", "https://dichvucong.gov.vn", "Ghi chú"]  # fmt: skip


@pytest.fixture
def agencies(province):
    for code, name, ended in (
        ("hai-1", "UBND phường Hai Lần", None),
        ("hai-2", "UBND phường Hai Lần", None),
        ("cu", "Sở đã giải thể", date(2025, 6, 30)),
    ):
        db.session.add(
            Agency(code=code, name=name, kind="commune", level="commune", old_units=[], valid_to=ended)
        )
    db.session.commit()


@pytest.fixture
def planted() -> bytes:
    """A title, the header in row 3, one good row, then the fifty, then a good row again."""
    rows = [["DANH MỤC THỦ TỤC"], [], list(TITLES), good(1)]
    for number, (column, value) in enumerate(PLANTED, 100):
        row = good(number)
        row[column] = value
        rows.append(row)
    return sheets.xlsx([*rows, good(999)])


def expected() -> list[tuple[int, int]]:
    return [(number, column) for number, (column, _) in enumerate(PLANTED, 5)]


def test_all_fifty_are_shown_each_in_its_own_cell(agencies, planted):
    one = sheets.checked(planted)

    found = sheets.faults(one)
    assert len(PLANTED) == 50
    assert [(row, column) for row, column, _ in found] == expected()
    assert (one.state, one.fault_count, one.rows_checked, one.rows_total) == ("faulty", 50, 52, 52)


def test_they_are_of_many_kinds_and_each_names_its_remedy(agencies, planted):
    one = sheets.checked(planted)

    kept = [fault for row in sheets.rows_of(one) for fault in row.faults]
    assert len({fault["message"] for fault in kept}) >= 30
    assert all(fault["message"].endswith((".", "”.")) and "Xin " in fault["remedy"] for fault in kept)


def test_nothing_changes_and_nothing_can_be_applied(agencies, planted):
    before, version = changing.states(), lookup.catalogue_version("binh-thuan")

    one = sheets.checked(planted)
    with pytest.raises(Conflict, match="còn lỗi"):
        applying.apply(one.id, "Phạm Thu Hà")

    assert changing.states() == before
    assert lookup.catalogue_version("binh-thuan") == version


def test_the_marked_copy_has_every_fault_coloured_and_explained_where_it_stands(agencies, planted):
    one = sheets.checked(planted)

    page = load_workbook(io.BytesIO(marked_copy(one))).active

    marked = [(cell.row, cell.column - 1) for row in page.iter_rows() for cell in row if cell.comment]
    assert marked == expected()
    assert all(page.cell(row, column + 1).fill.start_color.rgb == "00FFC7CE" for row, column in marked)
    assert page["A4"].value == "9.000001" and page["A4"].data_type == "s"
    assert (
        page[f"{column_letter(NOTE)}54"].value == "=1+" and page[f"{column_letter(NOTE)}54"].data_type == "s"
    )


def test_several_faults_of_one_row_are_all_shown(agencies):
    row = good(1)
    row[TIME], row[FEE], row[STATE], row[LEVEL] = "5", "abc", "có lẽ", "Cấp huyện"

    one = sheets.checked(sheets.xlsx([TITLES, row]))

    assert [column for _, column, _ in sheets.faults(one)] == [LEVEL, TIME, FEE, STATE]


def test_the_put_right_copy_passes(agencies, planted):
    one = sheets.checked(planted)
    book = load_workbook(io.BytesIO(marked_copy(one)))
    for row, column in expected():
        book.active.cell(row, column + 1).value = good(1000 + row)[column]
    out = io.BytesIO()
    book.save(out)

    again = sheets.checked(out.getvalue())

    assert (again.state, again.counts["new"]) == ("ready", 52)
