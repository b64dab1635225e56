"""A month begins at its first day's midnight, in Vietnam or wherever is asked."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from motcua.core import months
from motcua.core.clock import VIETNAM

MOMENTS = st.integers(631_152_000, 4_133_980_799).map(lambda second: datetime.fromtimestamp(second, UTC))


@given(MOMENTS)
def test_a_moment_lies_in_its_month_and_in_no_other(moment):
    month = months.month_at(moment)
    begin, end = months.bounds(month)

    assert begin <= moment < end
    assert months.bounds(months.month_before(month))[1] == begin
    assert months.bounds(months.month_after(month))[0] == end


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_the_last_day_is_the_one_before_the_next_month(day):
    month = day.replace(day=1)

    assert month <= day <= months.last_day(month)
    assert months.last_day(month) + timedelta(days=1) == months.month_after(month)
    assert months.month_before(months.month_after(month)) == month


def test_a_month_begins_seven_hours_earlier_in_vietnam():
    moment = datetime(2026, 10, 31, 17, tzinfo=UTC)

    assert months.month_at(moment) == date(2026, 11, 1)
    assert months.month_at(moment, ZoneInfo("UTC")) == date(2026, 10, 1)
    assert months.bounds(date(2026, 12, 1)) == (
        datetime(2026, 12, 1, tzinfo=VIETNAM),
        datetime(2027, 1, 1, tzinfo=VIETNAM),
    )
