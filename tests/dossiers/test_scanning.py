"""What comes out of a scanner, or of a hurried hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.dossiers import scanning

CODE = "000.00.01.H56-240315-0007"


@pytest.mark.parametrize(
    ("said", "kind", "value"),
    [
        ("", "nothing", ""),
        (" 000.00.01.h56-240315-0007 ", "code", CODE),
        ("000.00.01.H56–240315–0007", "code", CODE),
        ("G09.20-20260609-0092637", "code", "G09.20-20260609-0092637"),
        ("https://dvc.example/t/K7Q2M9XD4F3A", "token", "K7Q2M9XD4F3A"),
        ("http://binh-thuan.localhost:8000/t/K7Q2M9XD4F3A?x=1", "token", "K7Q2M9XD4F3A"),
        ("k7q2-m9xd-4f3a", "token", "K7Q2M9XD4F3A"),
        (f"https://dvc.example.gov.vn/portaldvc/tra-cuu?MHS={CODE}&SGT=060190012345", "code", CODE),
        ("/portaldvc/tra-cuu?mahoso=000.00.01.H56-240315-0007", "code", CODE),
        (f"{CODE}|1.000894|060190012345|Giấy tiếp nhận|iGate|15/03/2024", "code", CODE),
        (f"1.000894;{CODE};060190012345;Giay tiep nhan", "code", CODE),
        (f"Mã hồ sơ: {CODE}\nThủ tục: 1.000894", "code", CODE),
        ("0912 345 678", "phone", "84912345678"),
        ("+84912345678", "phone", "84912345678"),
        ("060190012345", "id", "060190012345"),
        ("2345", "id_end", "2345"),
        ("Nguyễn Thị  Lan", "name", "Nguyễn Thị Lan"),
        ("240315-0007", "part", "240315-0007"),
        ("h56-2403", "part", "H56-2403"),
        ("Lan", "part", "LAN"),
    ],
)
def test_the_box_understands(said, kind, value):
    assert scanning.read(said) == scanning.Meant(kind, value)


def test_letters_that_look_like_digits_are_mended():
    assert scanning.repaired("OOO.00.0I.H56-24O315") == "000.00.01.H56-240315"


@given(st.text(max_size=300))
def test_nothing_that_is_typed_breaks_the_box(said):
    assert scanning.read(said).kind in {
        "token", "code", "phone", "id", "id_end", "name", "part", "nothing",
    }  # fmt: skip
