"""Times of procedures: read as they stand, never given a unit that the source lacks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.catalogue.facts import Duration, parse_duration

UNITS = {"Giờ": "hour", "Ngày làm việc": "working_day", "Ngày": "day", "Tháng": "month"}


@pytest.mark.parametrize(
    ("text", "value", "most", "unit", "described"),
    [
        ("5 Ngày làm việc", 5, None, "working_day", "5 ngày làm việc"),
        ("05 Ngày", 5, None, "day", "5 ngày"),
        ("0.5 Giờ", 0.5, None, "hour", "0,5 giờ"),
        ("1,5 ngày làm việc", 1.5, None, "working_day", "1,5 ngày làm việc"),
        ("4 Tháng", 4, None, "month", "4 tháng"),
        ("10-25 ngày", 10, 25, "day", "10–25 ngày"),
        ("10-25", 10, 25, None, "10–25 (nguồn không nêu đơn vị: giờ, ngày hay tháng)"),
        ("1", 1, None, None, "1 (nguồn không nêu đơn vị: giờ, ngày hay tháng)"),
        ("48", 48, None, None, "48 (nguồn không nêu đơn vị: giờ, ngày hay tháng)"),
        ("Không quy định", None, None, None, "Không quy định"),
        ("Trong ngày", None, None, None, "Trong ngày"),
        ("5 ngày làm việc kể từ khi nhận", None, None, None, "5 ngày làm việc kể từ khi nhận"),
        ("25-10 ngày", None, None, None, "25-10 ngày"),
        ("", None, None, None, "Nguồn không nêu thời hạn"),
    ],
)
def test_a_time_is_read_as_it_stands(text, value, most, unit, described):
    duration = parse_duration(text)

    assert (duration.value, duration.max, duration.unit) == (value, most, unit)
    assert duration.describe() == described


@pytest.mark.parametrize("text", ["120,000", "140.000", "1100,000", "1100", "0", "0 Giờ"])
def test_money_in_the_column_of_times_and_zero_become_an_unknown_time(text):
    assert parse_duration(text) == Duration("")


@given(st.integers(1, 999), st.sampled_from(sorted(UNITS)))
def test_any_number_with_a_unit_keeps_both(number, unit):
    duration = parse_duration(f" {number}  {unit} ")

    assert (duration.value, duration.unit) == (number, UNITS[unit])


@given(st.integers(1, 999))
def test_a_bare_number_is_never_given_a_unit(number):
    assert parse_duration(str(number)).unit is None


@given(st.text(max_size=40))
def test_no_text_makes_it_fail_and_what_comes_out_goes_through_json(text):
    duration = parse_duration(text)

    assert duration.value is None or duration.value > 0
    assert duration.describe()
    assert Duration.from_json(duration.to_json()) == duration
