"""Files as provinces have them: every usual encoding and shape, and none that would bring the server down."""

import io
import zipfile

import pytest
from openpyxl import Workbook

from motcua.catalogue.importing.mapping import find_header, guess
from motcua.catalogue.importing.reading import read, sheets_of
from motcua.catalogue.importing.table import MOST_BYTES, Uncalculated, UnreadableFile
from motcua.core.text.legacy import TCVN3, VNI, to_legacy
from tests.catalogue.sheets import TITLES, csv_bytes, xlsx

ROW = [
    "1.000894",
    "thủ tục đăng ký kết hôn",
    "hộ tịch",
    "ủy ban nhân dân cấp xã",
    "5 ngày làm việc",
    "miễn phí",
    "lượt 1",
]


def cells(data: bytes, sheet: str = "CSV") -> list[list]:
    return [row for _, row in read(data, sheet).rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "bar"])
def test_unicode_csv_of_any_kind_is_read(encoding, delimiter):
    assert cells(csv_bytes([TITLES, ROW], encoding, delimiter)) == [list(TITLES), ROW]


@pytest.mark.parametrize("encoding", [TCVN3, VNI])
def test_csv_of_old_programs_is_turned_into_unicode(encoding):
    lower = [[text.lower() for text in TITLES], ROW]
    written = [[to_legacy(text, encoding) for text in row] for row in lower]

    assert cells(csv_bytes(written, "latin-1", ";")) == lower


def test_windows_1258_is_read():
    import unicodedata

    def marked(text: str) -> str:  # 1258 has the hats in one letter and the tones behind
        out = ""
        for letter in text:
            base, *tones = unicodedata.normalize("NFD", letter)
            hats = [mark for mark in tones if mark in "\u0302\u0306\u031b"]
            tones = [mark for mark in tones if mark not in hats]
            out += unicodedata.normalize("NFC", base + "".join(hats)) + "".join(tones)
        return out

    rows = [[marked(text) for text in row] for row in (TITLES, ROW)]

    assert cells(csv_bytes(rows, "cp1258")) == [list(TITLES), ROW]


@pytest.mark.parametrize("encoding", [TCVN3, VNI])
def test_old_text_inside_an_xlsx_is_converted_column_by_column(encoding):
    written = [list(TITLES), *([ROW[0], to_legacy(ROW[1], encoding), *ROW[2:]] for _ in range(3))]

    assert cells(xlsx(written), "Danh mục") == [list(TITLES), ROW, ROW, ROW]


def test_quoted_lines_and_separators_stay_in_their_cell_and_rows_count_as_in_excel():
    rows = [TITLES, ["1.000894", "Tên\nhai dòng, có phẩy", *ROW[2:]], ROW]

    table = read(csv_bytes(rows), "CSV")

    assert [number for number, _ in table.rows] == [1, 2, 3]
    assert table.rows[1][1][1] == "Tên\nhai dòng, có phẩy"


def test_hidden_sheets_are_named_as_such():
    found = sheets_of(xlsx([TITLES], hidden=["Nháp"]))

    assert [(one.name, one.is_hidden) for one in found] == [("Nháp", True), ("Danh mục", False)]


def test_a_code_that_excel_took_for_a_number_is_read_as_a_number():
    assert cells(xlsx([[2.00081, 2.0, True]]), "Danh mục") == [[2.00081, 2, True]]


def test_a_formula_without_a_stored_result_is_told_apart():
    ((value,),) = cells(xlsx([["=A2"]]), "Danh mục")

    assert isinstance(value, Uncalculated) and value == "=A2"


def test_a_cell_merged_over_rows_holds_for_each_and_one_over_the_row_is_a_heading():
    rows = [["DANH MỤC", None, None], ["a", "Hộ tịch", 1], ["b", None, 2], ["c", None, 3]]

    table = read(xlsx(rows, merged=["A1:C1", "B2:B4"]), "Danh mục")

    assert table.headings == {1}
    assert [row[1] for _, row in table.rows[1:]] == ["Hộ tịch"] * 3


def test_a_cell_far_to_the_right_or_below_costs_nothing():
    book = Workbook()
    book.active["A1"], book.active["XFD2"], book.active["A1048576"] = "a", "b", "c"
    out = io.BytesIO()
    book.save(out)

    table = read(out.getvalue(), "Sheet")

    assert [number for number, _ in table.rows] == [1, 1048576]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    return out.getvalue()


def with_entities() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx([TITLES]))) as source, zipfile.ZipFile(out, "w") as archive:
        for part in source.infolist():
            body = source.read(part)
            if part.filename == "xl/workbook.xml":
                body = b'<!DOCTYPE a [<!ENTITY b "c">]>' + body
            archive.writestr(part.filename, body)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "Chưa chọn tệp"),
        (b"  \n ", "Tệp trống"),
        (b"x" * (MOST_BYTES + 1), "20 MB"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "kiểu cũ"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04 damaged", "bị hỏng"),
        (b"a,b\0c\n", "không phải bảng chữ"),
        (bomb(), "bất thường"),
        (with_entities(), "khai báo lạ"),
    ],
    ids=["nothing", "blank", "huge", "xls", "pdf", "damaged", "nul", "bomb", "entities"],
)
def test_a_file_that_cannot_be_taken_is_refused_with_a_remedy(data, sentence):
    with pytest.raises(UnreadableFile, match=sentence) as refused:
        sheets_of(data)

    assert "Xin " in refused.value.message


def test_too_many_rows_are_refused():
    with pytest.raises(UnreadableFile, match=r"50\.000 dòng"):
        read(b"a,b\n" * 50_001, "CSV")


@pytest.mark.parametrize(
    ("title", "meaning"),
    [
        ("Mã TTHC", "code"), ("Mã số TTHC", "code"), ("MÃ THỦ TỤC", "code"), ("Mã số", "code"),
        ("Tên TTHC", "name"), ("Tên thủ tục hành chính", "name"), ("Thủ tục hành chính", "name"),
        ("Lĩnh vực", "field"), ("Cơ quan thực hiện", "agency"), ("Cơ quan giải quyết", "agency"),
        ("Thời hạn giải quyết (ngày làm việc)", "time"), ("Thời gian giải quyết", "time"),
        ("Phí/Lệ phí", "fee"), ("Lệ phí (nếu có)", "fee"), ("Phí trực tuyến", "fee.online"),
        ("Thời hạn trực tiếp", "time.counter"), ("Ghi chú", "note"), ("Ghi chú về phí", "fee_note"),
        ("Trạng thái", "enabled"), ("Mức độ DVC", "online"), ("Địa điểm tiếp nhận", "desk"),
        ("Căn cứ pháp lý", "legal_basis"), ("Quyết định công bố", "decision_no"), ("STT", None), ("Mã DVC", None),
        ("Cấp thực hiện", "levels"), ("Đối tượng thực hiện", "subjects"), ("Kết quả giải quyết", "results"),
    ],
)  # fmt: skip
def test_titles_are_understood(title, meaning):
    assert guess(title) == meaning


def test_the_header_is_found_below_title_rows():
    table = read(
        xlsx([["UBND TỈNH"], [], ["DANH MỤC THỦ TỤC HÀNH CHÍNH"], ["STT", *TITLES], [1, *ROW]]), "Danh mục"
    )

    found = find_header(table)

    assert (found.header_row, found.last_header_row) == (4, 4)
    assert found.columns[1] == "code" and found.columns[5] == "time"


def test_a_header_of_two_lines_is_read_as_one():
    top = ["Mã TTHC", "Tên thủ tục", "Thời hạn giải quyết", None, "Phí, lệ phí", None]
    below = [None, None, "Trực tiếp", "Trực tuyến", "Trực tiếp", "Trực tuyến"]
    table = read(xlsx([top, below, ["1.000894", "x", "5 ngày", "3 ngày", "1", "2"]]), "Danh mục")

    found = find_header(table)

    assert found.last_header_row == 2
    assert found.columns == {
        0: "code",
        1: "name",
        2: "time.counter",
        3: "time.online",
        4: "fee.counter",
        5: "fee.online",
    }


def test_a_sheet_without_a_header_has_none():
    assert find_header(read(xlsx([["a", "b"], ["c", "d"]]), "Danh mục")) is None
