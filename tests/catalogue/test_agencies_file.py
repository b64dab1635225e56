"""agencies.csv: read in the forms that spreadsheets write, refused whole with every fault in its place."""

from datetime import date

import pytest

from motcua.catalogue.agencies_file import read_agencies
from motcua.tenancy.problems import FolderInvalid

HEADER = "code,name,kind,level,parent_code,gso_code,desk_name,old_units,valid_from,valid_to\n"
ROOT = "ubnd-tinh,UBND tỉnh Lâm Đồng,province_committee,province,,68,,,2025-07-01,\n"


def faults_of(file) -> list[tuple[int, str]]:
    with pytest.raises(FolderInvalid) as refused:
        read_agencies(file)
    for problem in refused.value.problems:
        assert problem.remedy.startswith(("Xin", "Có phải")), problem
        assert problem.file == "binh-thuan/agencies.csv"
    return [(problem.line, problem.field) for problem in refused.value.problems]


@pytest.mark.parametrize(
    "dressed",
    [
        lambda text: text.encode(),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("ồ", "o\u0302\u0300").encode(),
    ],
    ids=["plain", "byte order mark", "Windows line ends", "decomposed letters"],
)
def test_an_agency_is_read_whatever_the_spreadsheet_wrote(csv_file, dressed):
    commune = "ubnd-phuong-phan-thiet,UBND phường Phan Thiết,commune,commune,ubnd-tinh,22945,Quầy,"
    commune += '"Phường Phú Trinh, Phan Thiết; Phường Lạc Đạo",,\n'
    rows = read_agencies(csv_file("agencies.csv", dressed(HEADER + ROOT + commune)))

    assert (rows[0].name, rows[0].valid_from, rows[0].valid_to) == (
        "UBND tỉnh Lâm Đồng",
        date(2025, 7, 1),
        None,
    )
    assert rows[1].parent_code == "ubnd-tinh"
    assert rows[1].old_units == ("Phường Phú Trinh, Phan Thiết", "Phường Lạc Đạo")


def test_planted_faults_are_all_reported_with_their_physical_lines(csv_file):
    text = HEADER + ROOT
    text += 'so-a,"Sở\nA",department,province,ubnd-tinh,,,,,\n'  # lines 3 and 4: not a fault
    text += "so-a,Sở B,department,province,ubnd-tinh,,,,,\n"  # 5: the same code
    text += "Sở C,Sở C,department,province,ubnd-tin,,,,,\n"  # 6: form of the code, unknown parent
    text += "so-d,Sở D,ministry,huyện,ubnd-tinh,,,,,\n"  # 7: kind and level
    text += "so-e,=HYPERLINK(1),department,province,,,,,,\n"  # 8: a formula
    text += "so-f,Sở F,department,province,,6,,,01/07/2025,\n"  # 9: leading zero lost, form of the day
    text += "so-g,Sở G,department,province,,,,,2025-07-01,2025-06-30\n"  # 10: ends before it begins
    text += "so-h,Sở H,department\n"  # 11: cells are missing
    text += "commune,Mọi xã,commune,commune,,,,,,\n"  # 12: a reserved code
    text += "so-i,Së T­ ph¸p tØnh,department,province,,,,,,\n"  # 13: TCVN3

    assert faults_of(csv_file("agencies.csv", text)) == [
        (5, "code"),
        (6, "code"),
        (6, "parent_code"),
        (7, "kind"),
        (7, "level"),
        (8, "name"),
        (9, "gso_code"),
        (9, "valid_from"),
        (10, "valid_to"),
        (11, ""),
        (12, "code"),
        (13, "name"),
    ]


def test_a_circle_of_parents_is_found(csv_file):
    text = HEADER + "a,Cơ quan A,other,province,b,,,,,\nb,Cơ quan B,other,province,a,,,,,\n"
    text += "c,Cơ quan C,other,province,a,,,,,\n"

    assert faults_of(csv_file("agencies.csv", text)) == [(2, "parent_code"), (3, "parent_code")]


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        (b"", None, "trống"),
        (HEADER.encode(), None, "không có cơ quan nào"),
        (b"code;name;kind;level\n", 1, "chấm phẩy"),
        (b"code,name,kind\n", 1, "Thiếu cột level"),
        (b"code,name,kind,level,phone\n", 1, "phone"),
        (b"code,name,kind,level,level\n", 1, "bị lặp"),
        (b"PK\x03\x04", None, "Excel"),
        ("code,name,kind,level\na,Sở,other,province\n".encode("utf-16"), 1, "UTF-8"),
        (b"code,name,kind,level\na,S\xf4\xec ba,other,province\n", 2, "UTF-8"),
        (b"code,name,kind,level\na,A\0,other,province\n", 2, "NUL"),
        (b'code,name,kind,level\na,"A" B,other,province\n', 2, "CSV"),
    ],
    ids=[
        "empty", "header only", "semicolons", "column missing", "unknown column", "column twice", "Excel", "UTF-16",
        "Windows-1258", "NUL", "stray quote",
    ],
)  # fmt: skip
def test_a_file_of_another_form_is_refused_clearly(csv_file, content, line, says):
    with pytest.raises(FolderInvalid) as refused:
        read_agencies(csv_file("agencies.csv", content))

    assert refused.value.problems[0].line == line
    assert says in refused.value.message
    assert "Xin" in refused.value.message


def test_a_missing_file_is_named(tmp_path):
    assert faults_of(tmp_path / "binh-thuan" / "agencies.csv") == [(None, "")]
