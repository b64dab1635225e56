"""Number plates as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.services.traffic_violation.plates import CAR, ELECTRIC, MOTORBIKE, find_plate, read_plate


@pytest.mark.parametrize(
    ("typed", "bare", "kinds"),
    [
        ("43A-123.45", "43A12345", {CAR}),
        ("43A12345", "43A12345", {CAR, MOTORBIKE}),
        ("43a 123 45", "43A12345", {CAR}),
        ("29-X1 234.56", "29X123456", {MOTORBIKE}),
        ("29x1-23456", "29X123456", {MOTORBIKE}),
        ("29X-1234", "29X1234", {CAR}),
        ("43 A1 2345", "43A12345", {MOTORBIKE}),
        ("11AB-111.11", "11AB11111", {MOTORBIKE}),
        ("29LD-123.45", "29LD12345", {CAR}),
        ("29-MĐ1 234.56", "29MD123456", {ELECTRIC}),
        ("43\u00a0A–123.45", "43A12345", {CAR}),
    ],
)
def test_a_plate_has_one_form_however_it_is_typed(typed, bare, kinds):
    plate = read_plate(typed)

    assert (plate.bare, plate.kinds) == (bare, kinds)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "43",
        "43A",
        "43A123",
        "1.000894",
        "790123456789",
        "10A-123.45",
        "đăng ký",
        "43AAA12345",
        "A43-12345",
    ],
)
def test_what_is_no_plate_is_none(typed):
    assert read_plate(typed) is None


def test_a_plate_is_found_in_a_line_with_what_stands_behind_it():
    plate, rest = find_plate("phạt nguội xe 43A-123.45 số khung AB12345")

    assert plate.bare == "43A12345"
    assert "AB12345" in rest


def test_a_masked_plate_shows_too_little_to_find_it():
    assert read_plate("43A-123.45").masked == "43A***45"


@given(st.text(max_size=60))
def test_no_text_is_too_odd_to_read(text):
    plate = read_plate(text)

    assert plate is None or plate.bare.isalnum()


@given(
    st.integers(11, 99), st.sampled_from("ABCDEFGHKLMNPSTUVXYZ"), st.sampled_from(["", " ", "-", ". "]),
    st.integers(0, 99999),
)  # fmt: skip
def test_separators_do_not_change_the_plate(province, letter, mark, number):
    digits = f"{number:05d}"

    assert (
        read_plate(f"{province}{letter}{mark}{digits[:3]}.{digits[3:]}").bare
        == read_plate(f"{province}{letter}{digits}".lower()).bare
    )
