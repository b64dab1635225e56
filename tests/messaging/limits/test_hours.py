"""When a kind of message may go."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.core.calendar import Calendar, MarkedDay, OfficeHours
from motcua.core.clock import VIETNAM
from motcua.messaging.limits.hours import ANY_TIME, DAYS, Hours

OFFICE = OfficeHours(tuple((day, ((time(7), time(11, 30)), (time(13, 30), time(17)))) for day in range(1, 6)))
CALENDAR = Calendar(OFFICE)
DAYTIME = Hours(time(8), time(21))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("hours", "now", "opens"),
    [
        (ANY_TIME, "2026-11-24T03:00", "2026-11-24T03:00"),
        (DAYTIME, "2026-11-24T07:59", "2026-11-24T08:00"),
        (DAYTIME, "2026-11-24T08:00", "2026-11-24T08:00"),
        (DAYTIME, "2026-11-24T20:59:59", "2026-11-24T20:59:59"),
        (DAYTIME, "2026-11-24T21:00", "2026-11-25T08:00"),
        (DAYTIME, "2026-11-29T10:00", "2026-11-29T10:00"),
        (Hours(time(8), time(21), "no_holidays"), "2026-11-29T10:00", "2026-11-29T10:00"),
        (Hours(time(8), time(21), "working"), "2026-11-29T10:00", "2026-11-30T08:00"),
        (Hours(time(8), time(21), "no_holidays"), "2026-09-02T10:00", "2026-09-03T08:00"),
        (Hours(time(8), time(21), "no_holidays"), "2026-02-17T10:00", "2026-02-21T08:00"),
        (Hours(days="working"), "2026-11-28T10:00", "2026-11-30T00:00"),
        (Hours(days="working"), "2026-11-27T23:59:30", "2026-11-27T23:59:30"),
    ],
    ids=[
        "any time", "before eight", "at eight", "before nine in the evening", "at nine in the evening", "sunday",
        "sunday is no holiday", "sunday is no working day", "national day", "Tết", "whole working days",
        "the last minute of one",
    ],
)  # fmt: skip
def test_the_next_moment(hours, now, opens):
    assert hours.next_moment(at(now), CALENDAR) == at(opens)


def test_a_worked_saturday_is_a_working_day_and_a_closed_monday_a_holiday():
    marks = (
        MarkedDay(at("2026-11-28T00:00").date(), True, True, "Làm bù", "console"),
        MarkedDay(at("2026-11-30T00:00").date(), False, False, "Nghỉ lễ của tỉnh", "console"),
    )
    calendar = Calendar(OFFICE, marks)
    working, festive = Hours(time(8), time(21), "working"), Hours(time(8), time(21), "no_holidays")

    assert working.next_moment(at("2026-11-28T10:00"), calendar) == at("2026-11-28T10:00")
    assert working.next_moment(at("2026-11-30T10:00"), calendar) == at("2026-12-01T08:00")
    assert festive.next_moment(at("2026-11-30T10:00"), calendar) == at("2026-12-01T08:00")


def test_the_clock_is_the_provinces_not_the_servers():
    assert DAYTIME.next_moment(datetime(2026, 11, 24, 1, 0, tzinfo=UTC), CALENDAR) == at("2026-11-24T08:00")
    assert DAYTIME.next_moment(datetime(2026, 11, 24, 0, 59, tzinfo=UTC), CALENDAR) == at("2026-11-24T08:00")


@given(
    st.integers(0, 3 * 365 * 24 * 60),
    st.tuples(st.times(), st.times()).map(sorted),
    st.sampled_from(sorted(DAYS)),
)
def test_the_next_moment_is_never_past_and_is_one_at_which_it_may_go(minutes, span, days):
    now = at("2025-01-01T00:00") + timedelta(minutes=minutes)
    hours = Hours(*span, days)

    opens = hours.next_moment(now, CALENDAR)

    assert now <= opens <= now + timedelta(days=31)
    assert hours.next_moment(opens, CALENDAR) == opens
