"""A due date with its working."""

from datetime import datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.core.calendar import Calendar, OfficeHours
from motcua.core.clock import VIETNAM
from motcua.dossiers import deadlines
from motcua.dossiers.explaining import explain

SPANS = ((time(7), time(11, 30)), (time(13, 30), time(17)))
OFFICE = Calendar(OfficeHours(tuple((day, SPANS) for day in range(1, 6))))


def at(day: int, month: int, hour: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("limit", "received", "says"),
    [
        (
            (5, "working_day"),
            at(12, 2, 10),
            ["nghỉ Tết Nguyên Đán 16–20/2", "không tính 4 ngày nghỉ cuối tuần"],
        ),
        ((3, "working_day"), at(23, 11, 18), ["nghỉ Ngày Văn hóa Việt Nam thứ Ba 24/11", "nhận ngoài giờ"]),
        ((5, "working_day"), at(20, 8, 8), ["thứ Bảy 22/8 làm việc"]),
        ((None, "same_day"), at(26, 11, 16), ["nhận sau giờ chốt 15:00"]),
        ((2, "day"), at(26, 11, 15), ["ngày cuối thứ Bảy 28/11 là ngày nghỉ"]),
        ((0.5, "working_day"), at(26, 11, 8), ["0,5 ngày làm việc kể từ"]),
    ],
)
def test_the_working_names_what_is_left_out(limit, received, says):
    lines = "; ".join(explain(limit, received, OFFICE).lines)

    for one in says:
        assert one in lines


def test_no_time_limit_is_said_so():
    found = explain(None, at(26, 11, 8), OFFICE)

    assert found.due_at is None and "không nêu thời hạn" in found.lines[0]


@given(
    st.datetimes(at(1, 1, 0, 2020).replace(tzinfo=None), at(1, 1, 0, 2030).replace(tzinfo=None)),
    st.sampled_from(["hour", "working_day", "day", "month", "same_day"]),
    st.integers(0, 60),
)
def test_the_date_shown_is_the_date_that_is_reckoned(received, unit, number):
    received = received.replace(tzinfo=VIETNAM)
    limit = (None if unit == "same_day" else number, unit)

    assert explain(limit, received, OFFICE).due_at == deadlines.due_at(received, *limit, OFFICE)
