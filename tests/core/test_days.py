"""Days, hours and moments as they are typed in Vietnam, and as machines write them."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.core.clock import VIETNAM
from motcua.core.days import read_day, read_hour, read_moment


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


@pytest.mark.parametrize("text", ["08:30", "8:30", " 8.30 ", "8h30", "8H30", "8 giờ 30", "08:30:00"])
def test_an_hour_is_read_by_the_24_hour_clock(text):
    assert read_hour(text) == time(8, 30)


def test_a_full_hour_needs_no_minutes():
    assert read_hour("16h") == read_hour("16 giờ") == time(16)


@pytest.mark.parametrize("text", ["", "24:00", "8:60", "8:3", "sáng", "8h 5", "-1:00", "8:30 PM"])
def test_what_is_no_hour_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        read_hour(text)


@pytest.mark.parametrize(
    "text",
    [
        "26/11/2026 16:30",
        "16:30 26/11/2026",
        "16h30, 26-11-2026",
        " 26.11.2026   16.30 ",
        "16 giờ 30 26/11/2026",
        "2026-11-26T16:30",
        "2026-11-26 16:30",
        "2026-11-26T09:30:00+00:00",
    ],
)
def test_a_moment_is_a_day_and_an_hour_by_vietnamese_clocks(text):
    moment = read_moment(text)

    assert moment == datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
    assert moment.tzinfo is not None


@pytest.mark.parametrize(
    "text", ["", "26/11/2026", "2026-11-26", "16:30", "31/02/2026 16:30", "26/11/2026 25:00", "mai 16:30"]
)
def test_half_a_moment_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        read_moment(text)


@given(st.dates(min_value=date(1000, 1, 1)), st.integers(0, 23), st.integers(0, 59))
def test_every_minute_is_read_as_it_is_written(day, hour, minute):
    moment = datetime.combine(day, time(hour, minute), VIETNAM)

    assert read_moment(f"{moment:%d/%m/%Y %H:%M}") == moment == read_moment(f"{moment:%Hh%M %d-%m-%Y}")
