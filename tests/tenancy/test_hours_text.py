"""An office's hours in one line: read, refused with a remedy, and said again."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.core.calendar import OfficeHours
from motcua.core.errors import Invalid
from motcua.tenancy.hours_text import hours_line, parse_hours

MORNING, AFTERNOON = (time(7), time(11, 30)), (time(13, 30), time(17))


@pytest.mark.parametrize(
    ("line", "week"),
    [
        ("T2-T6 07:00-11:30 13:30-17:00", dict.fromkeys(range(1, 6), (MORNING, AFTERNOON))),
        (
            "T2-T3 7:00-11:30 13:30-17:00; t7 07:00–11:30;",
            {1: (MORNING, AFTERNOON), 2: (MORNING, AFTERNOON), 6: (MORNING,)},
        ),
        ("T2,T4,CN 07:00-11:30", dict.fromkeys((1, 3, 7), (MORNING,))),
    ],
)  # fmt: skip
def test_a_line_is_read(line, week):
    assert parse_hours(line) == OfficeHours(tuple(week.items()))


@pytest.mark.parametrize(
    "line",
    ["", ";", "T2", "T1 07:00-11:30", "T2-T8 07:00-11:30", "T6-T2 07:00-11:30", "T2 11:30-07:00", "T2 07:00-25:00",
     "T2 07:00-11:30 11:00-12:00", "T2 07:00-11:30; T2 13:00-14:00", "cả ngày", "T2 sáng"],
)  # fmt: skip
def test_a_wrong_line_is_refused_with_a_remedy(line):
    with pytest.raises(Invalid, match="Xin"):
        parse_hours(line)


@given(
    st.dictionaries(
        st.integers(1, 7), st.sampled_from([(MORNING,), (AFTERNOON,), (MORNING, AFTERNOON)]), min_size=1
    )
)
def test_what_is_said_is_read_as_it_was(week):
    hours = OfficeHours(tuple(sorted(week.items())))

    assert parse_hours(hours_line(hours)) == hours


@given(st.text())
def test_no_text_breaks_it(line):
    try:
        parse_hours(line)
    except Invalid as error:
        assert "Xin" in error.message
