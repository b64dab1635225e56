"""Small rules behind the folder: periods, contrast, cells of a table."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.tenancy.colours import contrast_with_white
from motcua.tenancy.periods import faults_in_codes, faults_in_sequence
from motcua.tenancy.province import GsoCode, holds_on

DAY = date(2025, 7, 1)


def code(number: str, start: date | None = None, end: date | None = None) -> GsoCode:
    return GsoCode(number, start, end)


@pytest.mark.parametrize(
    ("periods", "faults"),
    [
        ([code("60")], []),
        ([code("60", None, DAY - timedelta(1)), code("68", DAY)], []),
        ([code("60", None, DAY), code("68", DAY)], [(1, "valid_from")]),
        ([code("60", None, DAY - timedelta(2)), code("68", DAY)], [(1, "valid_from")]),
        ([code("60"), code("68", DAY)], [(0, "valid_to")]),
        ([code("60", None, DAY), code("68")], [(1, "valid_from")]),
        ([code("60", None, DAY)], [(0, "valid_to")]),
    ],
    ids=["one", "joined", "overlap", "gap", "no end", "no start", "ends"],
)
def test_names_follow_each_other_without_gap_or_overlap(periods, faults):
    assert [fault[:2] for fault in faults_in_sequence(periods)] == faults


@pytest.mark.parametrize(
    ("codes", "faults"),
    [
        ([code("48"), code("49", None, DAY)], []),
        ([code("89", None, DAY - timedelta(1)), code("91", DAY)], []),
        ([code("48"), code("48", DAY)], [(1, "valid_from")]),
        ([code("89", None, DAY - timedelta(9)), code("91", DAY)], [(1, "valid_from")]),
        ([code("89", None, DAY)], [(0, "valid_to")]),
    ],
    ids=["two at once", "joined", "one code twice", "gap", "none left"],
)
def test_several_codes_may_hold_but_never_none(codes, faults):
    assert [fault[:2] for fault in faults_in_codes(codes)] == faults


@given(st.lists(st.dates(date(1990, 1, 1), date(2090, 1, 1)), unique=True, max_size=6), st.dates())
def test_joined_periods_hold_exactly_one_on_any_day(starts, day):
    starts = sorted(starts)
    periods = [
        code("60", start, following and following - timedelta(1))
        for start, following in zip([None, *starts], [*starts, None], strict=True)
    ]

    assert list(faults_in_sequence(periods)) == []
    assert sum(holds_on(period, day) for period in periods) == 1


def test_contrast_runs_from_one_to_twenty_one():
    assert contrast_with_white("#ffffff") == pytest.approx(1)
    assert contrast_with_white("#000000") == pytest.approx(21)
    assert contrast_with_white("#767676") == pytest.approx(4.54, abs=0.01)
    with pytest.raises(ValueError, match="Not a colour"):
        contrast_with_white("#fff")
