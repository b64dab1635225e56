"""The days of the national calendar, whatever the year, and what a province marks over them."""

from datetime import date, datetime, time, timedelta

import holidays
import pytest

from motcua.core.calendar import Calendar, Day, MarkedDay, OfficeHours, OutOfCalendar
from motcua.core.clock import VIETNAM

HOURS = OfficeHours(
    tuple((weekday, ((time(7), time(11, 30)), (time(13, 30), time(17)))) for weekday in range(1, 6))
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def test_every_day_of_thirty_years_is_as_the_library_has_it():
    library, calendar = holidays.country_holidays("VN"), Calendar(HOURS)
    days = [date(2005, 1, 1) + timedelta(days=one) for one in range(30 * 365)]

    assert [day for day in days if calendar.works(day) != library.is_working_day(day)] == []


def test_the_days_off_of_2026_are_the_official_ones():
    calendar = Calendar(HOURS)
    days = [date(2026, 1, 1) + timedelta(days=one) for one in range(365)]

    off = [f"{day:%d/%m}" for day in days if day.weekday() < 5 and not calendar.works(day)]

    assert off == ["01/01", "16/02", "17/02", "18/02", "19/02", "20/02", "27/04", "30/04", "01/05", "31/08", "01/09",
                   "02/09", "24/11"]  # fmt: skip
    assert [day for day in days if day.weekday() >= 5 and calendar.works(day)] == [date(2026, 8, 22)]


def mark(is_open: bool, counts: bool = False) -> MarkedDay:
    return MarkedDay(date(2026, 11, 24), is_open, counts, "lý do", "console")


@pytest.mark.parametrize(
    ("marks", "day"),
    [
        ((), Day(False, False, "Ngày Văn hóa Việt Nam", "national")),
        ((mark(True),), Day(True, False, "lý do", "console")),
        ((mark(True, True),), Day(True, True, "lý do", "console")),
        ((mark(False), mark(True, True)), Day(True, True, "lý do", "console")),
        ((mark(True, True), mark(False)), Day(False, False, "lý do", "console")),
    ],
    ids=["national", "opened to receive", "worked", "the later mark wins", "closed again"],
)
def test_a_marked_day(marks, day):
    assert Calendar(HOURS, marks).day(date(2026, 11, 24)) == day


def test_opening_a_worked_day_to_receive_takes_nothing_from_it():
    monday = MarkedDay(date(2026, 11, 23), True, False, "nhận thêm", "folder")

    assert Calendar(HOURS, [monday]).works(monday.date)


def test_a_national_swap_says_so():
    calendar = Calendar(HOURS)

    assert [calendar.day(date(2026, *day)).source for day in ((8, 22), (8, 31), (9, 2), (9, 3))] == [
        "swap", "swap", "national", "week",
    ]  # fmt: skip


def test_the_unusual_days_between_two_dates_explain_a_due_date():
    found = Calendar(HOURS, [mark(False)]).unusual_days(date(2026, 8, 20), date(2026, 11, 24))

    assert [(f"{day:%d/%m}", one.works, one.reason) for day, one in found] == [
        ("22/08", True, "Ngày làm việc hoán đổi"),
        ("31/08", False, "Ngày nghỉ (thay cho ngày 22/08/2026)"),
        ("01/09", False, "Quốc khánh"),
        ("02/09", False, "Quốc khánh"),
        ("24/11", False, "lý do"),
    ]


def test_days_between_are_office_days_and_their_parts():
    calendar = Calendar(HOURS)

    assert calendar.days_between(at("2026-11-23 07:00"), at("2026-11-25 11:00")) == pytest.approx(1.5)
    assert calendar.days_between(at("2026-11-25 11:00"), at("2026-11-23 07:00")) == pytest.approx(-1.5)
    assert calendar.days_between(at("2026-11-21 07:00"), at("2026-11-22 11:00")) == 0


def test_a_reminder_two_working_days_before_is_found_backwards():
    assert Calendar(HOURS).step_days(at("2026-11-26 10:00"), -2) == at("2026-11-23 10:00")


def test_no_answer_is_made_up_beyond_the_calendar():
    calendar = Calendar(HOURS)

    for ask in (
        lambda: calendar.day(date(2150, 1, 1)),
        lambda: calendar.add_time(at("2099-12-31 16:00"), timedelta(hours=9)),
        lambda: calendar.step_days(at("1950-01-03 10:00"), -5),
    ):
        with pytest.raises(OutOfCalendar):
            ask()


def test_an_office_that_never_opens_is_not_waited_for():
    marks = [
        MarkedDay(date(2026, 1, 1) + timedelta(days=one), False, False, "x", "folder") for one in range(900)
    ]

    with pytest.raises(OutOfCalendar):
        Calendar(HOURS, marks).enter(at("2026-02-01 10:00"))
