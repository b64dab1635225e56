"""Days as they are typed in Vietnam, and as machines write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.core.days import read_day


@pytest.mark.parametrize("text", ["03/04/2026", "3/4/2026", " 03-04-2026 ", "3.4.2026", "2026-04-03"])
def test_the_day_stands_before_the_month(text):
    assert read_day(text) == date(2026, 4, 3)


@pytest.mark.parametrize(
    "text",
    ["", "31/02/2026", "13/13/2026", "0/1/2026", "1/1/26", "1/1/0000", "hôm nay", "２/1/2026", "1/1/2026x"],
)
def test_what_is_no_day_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        read_day(text)


@given(st.dates())
def test_every_day_is_read_as_it_is_written(day):
    assert read_day(f"{day.day:02}/{day.month:02}/{day.year:04}") == day == read_day(day.isoformat())
