"""Codes of procedures in the forms that provinces print."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.catalogue.facts import CODE_PATTERN, normalise_code

NATIONAL = st.from_regex(r"[1-9]\.[0-9]{6}", fullmatch=True)
SUFFIX = st.from_regex(r"(\.000\.00\.00)?\.[GH][0-9]{2}", fullmatch=True)


@pytest.mark.parametrize(
    ("text", "national", "suffix"),
    [
        ("1.000894", "1.000894", None),
        (" 1.000894.000.00.00.h11 ", "1.000894", ".000.00.00.H11"),
        ("2.002622.H56", "2.002622", ".H56"),
        ("2.000815.000.00.00.H55.02", "2.000815", ".000.00.00.H55.02"),
        ("1.000894 .H11", "1.000894", ".H11"),
    ],
)
def test_both_forms_lead_to_the_national_code(text, national, suffix):
    assert normalise_code(text) == (national, suffix)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1000894",
        "1.00089",
        "1.0008944",
        "1.000894.",
        "1.000894-H11",
        "1.000894.X",
        "１.000894",
        "=1.000894",
    ],
)
def test_anything_else_is_refused_with_a_remedy(text):
    with pytest.raises(ValueError, match="Xin ghi như 1"):
        normalise_code(text)


@given(NATIONAL, st.one_of(st.none(), SUFFIX))
def test_a_code_and_its_suffix_come_back_whole(national, suffix):
    assert normalise_code(f"{national}{suffix or ''}") == (national, suffix)


@given(st.text(max_size=40))
def test_what_is_accepted_is_always_a_national_code(text):
    try:
        national, suffix = normalise_code(text)
    except ValueError:
        return

    assert CODE_PATTERN.fullmatch(national)
    assert normalise_code(national + (suffix or "")) == (national, suffix)
