"""Numbers, names, classes and the state of a licence on a day."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.services.driving_licence.records import (
    PAPER,
    PET,
    Licence,
    class_label,
    masked_name,
    masked_number,
    read_number,
    status_on,
)

TODAY = date(2026, 11, 26)


def licence(**given) -> Licence:
    return Licence(
        **(
            {
                "name": "Nguyễn Văn An", "classes": (("B", None),), "issued_on": date(2025, 3, 1),
                "expires_on": date(2035, 3, 1), "status": "valid", "suspended_until": None, "points_left": 12,
                "authority": "", "exam_centre": "", "as_of": None,
            }
            | given
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "kind", "bare"),
    [
        ("790123456789", PET, "790123456789"),
        ("790 123 456 789", "", "790123456789"),
        ("AB 123456", PAPER, "AB123456"),
        ("AB 123456", PET, None),
        ("12345", PET, None),
        ("ngày sinh", "", None),
        ("", "", None),
    ],
)
def test_a_number_has_one_form(typed, kind, bare):
    assert read_number(typed, kind) == bare


def test_names_and_numbers_are_masked():
    assert masked_number("790123456789") == "79********89"
    assert masked_name("Nguyễn Văn A") == "N***** V** A"


@given(st.text(max_size=40))
def test_no_text_is_too_odd(text):
    assert read_number(text) is None or len(read_number(text)) >= 6
    assert isinstance(masked_name(text), str)


@pytest.mark.parametrize(
    ("name", "issued_on", "label"),
    [
        ("B2", date(2016, 5, 20), "B2 (nay là B hoặc C1)"),
        ("D", date(2020, 1, 1), "D (nay là D2)"),
        ("D", date(2025, 6, 1), "D"),
        ("A1", date(2010, 1, 1), "A1"),
        ("FC", None, "FC (nay là CE)"),
    ],
)
def test_an_old_class_is_shown_with_its_name_of_today(name, issued_on, label):
    assert class_label(name, issued_on) == label


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, "valid"),
        ({"expires_on": date(2026, 11, 25)}, "expired"),
        ({"expires_on": TODAY}, "valid"),
        ({"expires_on": None}, "valid"),
        ({"points_left": 0}, "no_points"),
        ({"status": "suspended", "suspended_until": date(2027, 1, 1)}, "suspended"),
        ({"status": "suspended", "suspended_until": date(2026, 1, 1)}, "valid"),
        (
            {"status": "suspended", "suspended_until": date(2026, 1, 1), "expires_on": date(2026, 2, 1)},
            "expired",
        ),
        ({"status": "revoked", "expires_on": date(2020, 1, 1)}, "revoked"),
    ],
    ids=str,
)
def test_what_came_since_the_source_spoke_counts(given, status):
    assert status_on(licence(**given), TODAY) == status
