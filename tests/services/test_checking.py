"""A province's table: headings in any order, Vietnamese numbers and dates, every fault in its place."""

import io
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from motcua.catalogue.importing.cells import Fault
from motcua.catalogue.importing.table import UnreadableFile
from motcua.services.cells import read_cell, scale_of
from motcua.services.checking import check_file, summary
from motcua.services.contract import Card, Column, Dataset, Option, Reply, Service
from motcua.services.contract import Fault as RowFault


class Prices(Service):
    code, name = "prices", "Giá"
    dataset = Dataset(
        (
            Column("street", "Tên đường", aliases=("Đường", "Tuyến đường")),
            Column("position", "Vị trí", kind="integer"),
            Column("price", "Giá", kind="money"),
            Column("since", "Từ ngày", kind="date", is_required=False),
            Column(
                "kind", "Loại đất", kind="choice", options=(Option("odt", "Đất ở"), Option("tmd", "TMDV"))
            ),
        ),
        key=("street", "position"),
    )

    def ask(self, question):
        return Reply("match", (Card("x"),))

    def check_row(self, row):
        if row["price"] < 1000:
            yield RowFault("price", "Giá dưới 1.000 đồng. Xin kiểm tra lại đơn vị.")


SERVICE = Prices()


def checked(text: str):
    return check_file(SERVICE, text.encode())


def xlsx(rows, title: str = "Bảng giá", first: list | None = None) -> bytes:
    book = Workbook()
    if first is not None:
        book.active.title = "Bìa"
        book.active.append(first)
        sheet = book.create_sheet(title)
    else:
        sheet = book.active
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_columns_are_found_by_any_of_their_names_in_any_order():
    found = checked("Loại đất,GIÁ (1.000 đồng/m2),Ghi chú,Vị trí,Tuyến đường\nĐất ở,1.250,x,1,Lê Lợi\n")

    assert found.faults == []
    assert found.rows == [
        (2, {"street": "Lê Lợi", "position": 1, "price": 1_250_000, "since": None, "kind": "odt"})
    ]
    assert ["Ghi chú" in note for note in found.notes] == [True, False]


def test_a_workbook_is_read_from_the_sheet_that_has_the_headings():
    rows = [
        ["BẢNG GIÁ ĐẤT"],
        [],
        ["STT", "Tên đường", "Vị trí", "Giá", "Từ ngày", "Loại đất"],
        [1, 2, 3, 4, 5, 6],
        [1, "Lê Lợi", 1, 5_000_000, date(2026, 1, 1), "tmd"],
        [2, "Lê Lợi", 2.0, "4.000.000", "1/1/2026", "Đất ở"],
    ]

    found = check_file(SERVICE, xlsx(rows, first=["Mục lục"]))

    assert (found.sheet, found.faults) == ("Bảng giá", [])
    assert [(number, row["price"], row["since"]) for number, row in found.rows] == [
        (5, 5_000_000, "2026-01-01"),
        (6, 4_000_000, "2026-01-01"),
    ]


def test_every_fault_is_told_with_its_row_column_value_and_remedy():
    found = checked(
        "Tên đường,Vị trí,Giá,Từ ngày,Loại đất\n"
        "Lê Lợi,1,5.000.000,32/01/2026,Đất ở\n"
        ",hai,900,,Đất trồng\n"
        "Lê Lai,3,900,,Đất ở\n"
    )

    assert found.rows == []
    places = [(one.row, one.column, one.title, one.value) for one in found.faults]
    assert places == [
        (2, "D", "Từ ngày", "32/01/2026"),
        (3, "A", "Tên đường", ""),
        (3, "B", "Vị trí", "hai"),
        (3, "E", "Loại đất", "Đất trồng"),
        (4, "C", "Giá", "900"),
    ]
    assert all("Xin" in str(one) for one in found.faults)
    assert "Có 5 lỗi" in summary(found)


def test_a_row_that_stands_twice_is_told_with_the_first():
    found = checked(
        "Tên đường,Vị trí,Giá,Loại đất\nLê Lợi,1,5000,Đất ở\nLê Lai,1,5000,Đất ở\nLê Lợi,1,6000,TMDV\n"
    )

    assert [(one.row, "dòng 2" in one.sentence) for one in found.faults] == [(4, True)]


def test_a_missing_column_is_told_once_not_in_every_row():
    found = checked("Tên đường,Giá,Loại đất\nLê Lợi,5000,Đất ở\nLê Lai,5000,Đất ở\n")

    assert ["Thiếu cột “Vị trí”" in one.sentence for one in found.faults] == [True]


def test_a_column_that_stands_twice_is_no_guess():
    found = checked("Tên đường,Vị trí,Giá,Đường,Loại đất\nLê Lợi,1,5000,Lê Lai,Đất ở\n")

    assert [(one.column, "2 lần" in one.sentence) for one in found.faults] == [("D", True)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "trống"),
        (b"%PDF-1.7", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", ".xls"),
        (b"PK\x03\x04 no archive", "hỏng"),
        ("Họ tên,Ngày sinh\nLan,1990\n".encode(), "tiêu đề"),
        (b"\x00\x01\x02\x03" * 50, "Xin"),
    ],
    ids=["empty", "pdf", "old excel", "damaged", "another table", "binary"],
)
def test_a_file_that_is_no_such_table_is_refused_with_the_remedy(content, said):
    with pytest.raises(UnreadableFile) as refused:
        check_file(SERVICE, content)

    assert said in refused.value.message
    assert "Xin" in refused.value.message


def test_a_service_whose_own_rule_crashes_gives_a_fault_not_a_crash(monkeypatch):
    monkeypatch.setattr(Prices, "check_row", lambda self, row: [][1])

    found = checked("Tên đường,Vị trí,Giá,Loại đất\nLê Lợi,1,5000,Đất ở\n")

    assert [(one.row, "không kiểm tra được" in one.sentence) for one in found.faults] == [(2, True)]


def test_twenty_thousand_rows_are_checked_in_one_go():
    head = ["Tên đường", "Vị trí", "Giá", "Từ ngày", "Loại đất"]
    rows = [[f"Đường {at}", 1, 1_000_000 + at, "01/01/2026", "Đất ở"] for at in range(20_000)]
    content = xlsx([head, *rows])

    found = check_file(SERVICE, content)

    assert (len(found.rows), found.faults) == (20_000, [])


def cell(kind: str, value, **given):
    return read_cell(Column("x", "X", kind=kind, **given), value)


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("integer", "1.234.567", 1_234_567),
        ("integer", "1,234,567", 1_234_567),
        ("integer", "1 234", 1_234),
        ("integer", 12.0, 12),
        ("integer", "-7", -7),
        ("money", "5.500.000 đồng", 5_500_000),
        ("money", "5,5 triệu", 5_500_000),
        ("money", "1.200 nghìn đồng/m2", 1_200_000),
        ("money", "2 tỷ", 2_000_000_000),
        ("money", 5500000, 5_500_000),
        ("decimal", "0,8", "0.8"),
        ("decimal", "0.8", "0.8"),
        ("decimal", 1.1, "1.1"),
        ("decimal", "1.234,50", "1234.5"),
        ("decimal", 2, "2"),
        ("date", "01/07/2025", "2025-07-01"),
        ("date", "1-7-2025", "2025-07-01"),
        ("date", "2025-07-01", "2025-07-01"),
        ("date", datetime(2025, 7, 1, 8), "2025-07-01"),  # noqa: DTZ001 - as Excel has it
        ("time", "7h", "07:00"),
        ("time", "07h30", "07:30"),
        ("time", "7 giờ 30 phút", "07:30"),
        ("time", time(7, 30), "07:30"),
        ("flag", "Có", True),
        ("flag", "không", False),
        ("flag", "x", True),
        ("text", "  Lê   Lợi ", "Lê Lợi"),
        ("text", 12, "12"),
        ("text", "-", None),
        ("integer", None, None),
    ],
)
def test_a_cell_is_understood_as_people_write_it(kind, value, kept):
    assert cell(kind, value) == kept


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("integer", "1.5"),
        ("integer", "12.34.567"),
        ("integer", "năm"),
        ("integer", True),
        ("integer", "9" * 30),
        ("money", "-5000"),
        ("money", "5,5"),
        ("money", "theo quy định"),
        ("decimal", "1.250"),
        ("date", "2025"),
        ("date", "30/02/2026"),
        ("time", "25:00"),
        ("time", "7h75"),
        ("flag", "có thể"),
        ("text", "a" * 600),
        ("text", "=SUM(A1)"),
        ("integer", float("nan")),
        ("integer", float("inf")),
    ],
)
def test_a_cell_that_is_not_sure_is_refused_with_the_remedy(kind, value):
    with pytest.raises(Fault) as refused:
        cell(kind, value)

    assert refused.value.remedy.startswith("Xin")


@given(st.integers(0, 10**14), st.sampled_from([".", ",", " "]))
def test_a_whole_number_survives_its_thousands_marks(number, mark):
    assert cell("integer", f"{number:,}".replace(",", mark)) == number


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_a_day_survives_being_written_the_vietnamese_way(day):
    assert cell("date", day.strftime("%d/%m/%Y")) == day.isoformat()


@given(st.sampled_from(["integer", "money", "decimal", "date", "time", "flag", "text"]), st.text(max_size=30))
def test_no_text_in_a_cell_raises_anything_but_a_fault(kind, text):
    try:
        cell(kind, text)
    except Fault as fault:
        assert "Xin" in fault.remedy


@pytest.mark.parametrize(
    ("heading", "scale"),
    [("Giá", 1), ("Giá (đồng)", 1), ("Giá (1.000đ/m2)", 1000), ("Giá (nghìn đồng/m²)", 1000),
     ("Giá đất (triệu đồng)", 10**6), ("Giá (ngàn đồng)", 1000), ("Giá 1000 đồng", 1000)],
)  # fmt: skip
def test_a_heading_says_the_unit_of_its_sums(heading, scale):
    assert scale_of(heading) == scale
