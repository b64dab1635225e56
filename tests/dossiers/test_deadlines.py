"""Due dates: every worked example of docs/deadlines.md, and what must hold for any date."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motcua.catalogue.durations import UNITS
from motcua.core.calendar import Calendar, MarkedDay, OfficeHours
from motcua.core.clock import VIETNAM
from motcua.dossiers import deadlines
from motcua.dossiers.deadlines import due_at
from tests.factories import TENANTS


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


NAIVE = at("2026-11-18 10:00").replace(tzinfo=None)
SPANS = ((time(7), time(11, 30)), (time(13, 30), time(17)))
USUAL = OfficeHours(tuple((weekday, SPANS) for weekday in range(1, 6)))
MARKS = (
    MarkedDay(date(2026, 11, 19), False, False, "bão", "folder"),
    MarkedDay(date(2026, 11, 21), True, False, "nhận thêm", "folder"),
    MarkedDay(date(2026, 11, 28), True, True, "làm bù", "console"),
)
PLAIN, MARKED = Calendar(USUAL), Calendar(USUAL, MARKS)

slow = settings(max_examples=50, deadline=None)
moments = st.datetimes(at("2025-01-01").replace(tzinfo=None), at("2027-12-31").replace(tzinfo=None)).map(
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=VIETNAM)
)
hours = st.integers(0, 160).map(lambda quarters: quarters / 4)
days = st.integers(0, 60).map(lambda halves: halves / 2)
working = st.sampled_from([("hour", 40), ("working_day", 30)]).flatmap(
    lambda one: st.tuples(st.just(one[0]), st.integers(0, one[1] * 2).map(lambda halves: halves / 2))
)
anything = working | st.tuples(st.just("day"), st.integers(0, 60)) | st.tuples(st.just("month"), st.integers(0, 12)) \
    | st.just(("same_day", None))  # fmt: skip


def examples() -> list:
    """The rows of the page's two tables: the first on the plain calendar, the second on the marked one."""
    page = (TENANTS.parent / "docs" / "deadlines.md").read_text()
    tables = re.findall(r"\| case \| .*?\n((?:\|.*\n)+)", page)
    assert len(tables) == 2
    found = []
    for calendar, table in zip((PLAIN, MARKED), tables, strict=True):
        for line in table.splitlines()[1:]:
            case, *cells = (cell.strip() for cell in line.strip("|").split("|"))
            found.append(pytest.param(calendar, *cells, id=case))
    return found


@pytest.mark.parametrize(("calendar", "received", "limit", "supplement", "due"), examples())
def test_a_worked_example(calendar, received, limit, supplement, due):
    words = limit.replace("same_day", "0 same_day").replace("none", "0 none").split()
    is_none = words[1] == "none"
    asked = [
        (at(start), None if end == "…" else at(end))
        for start, end in (one.split(" / ") for one in supplement.split(", ") if one)
    ]

    found = due_at(
        at(received),
        None if words[1] in ("none", "same_day") else float(words[0]),
        "working_day" if is_none else words[1],
        calendar,
        supplements=asked,
        policy=words[2] if len(words) > 2 else "pause",
    )

    assert found == (None if due == "none" else at(due))


def test_the_page_holds_all_kinds_of_examples():
    assert len(examples()) > 60


# --- an independent, slow reckoning: a minute at a time, with the days as the library itself tells them ----------


NATIONAL = holidays.country_holidays("VN", years=range(2024, 2031))


@cache
def is_open_day(day: date) -> bool:
    marks = {mark.date: mark for mark in MARKS}
    if day in marks and (not marks[day].is_open or marks[day].counts):
        return marks[day].counts
    return NATIONAL.is_working_day(day)


def is_working_minute(moment: datetime) -> bool:
    """Whether the minute that begins here is worked."""
    return is_open_day(moment.date()) and any(begin <= moment.time() < end for begin, end in SPANS)


def slow_start(moment: datetime) -> datetime:
    while not is_working_minute(moment):
        if is_open_day(moment.date()) and any(moment.time() == end for _, end in SPANS):
            return moment
        moment += timedelta(minutes=1)
    return moment


def slow_hours(moment: datetime, minutes: int) -> datetime:
    moment = slow_start(moment)
    while minutes:
        minutes -= is_working_minute(moment)
        moment += timedelta(minutes=1)
    return moment


def slow_days(moment: datetime, halves: int) -> datetime:
    moment = slow_hours(moment, halves % 2 * 240)
    for _ in range(halves // 2):
        moment += timedelta(days=1)
        while not is_open_day(moment.date()):
            moment += timedelta(days=1)
    return moment


@slow
@given(moments, st.integers(0, 20 * 60))
def test_hours_are_those_counted_a_minute_at_a_time(start, minutes):
    assert due_at(start, minutes / 60, "hour", MARKED) == slow_hours(start, minutes)


@slow
@given(moments, st.integers(0, 20))
def test_days_and_half_days_are_those_counted_one_by_one(start, halves):
    assert due_at(start, halves / 2, "working_day", MARKED) == slow_days(start, halves)


@slow
@given(moments, st.integers(0, 4 * 24 * 60))
def test_working_time_between_is_that_counted_a_minute_at_a_time(start, minutes):
    counted = sum(is_working_minute(start + timedelta(minutes=one)) for one in range(minutes))

    assert MARKED.time_between(start, start + timedelta(minutes=minutes)) == timedelta(minutes=counted)


# --- what holds for every date -------------------------------------------------------------------------------------


def is_in_working_time(moment: datetime) -> bool:
    return any(begin <= moment <= end for begin, end in MARKED.spans(moment.date()))


@given(moments, working)
def test_a_due_time_in_working_units_lies_in_working_time_and_not_before_the_receipt(start, limit):
    due = due_at(start, limit[1], limit[0], MARKED)

    assert due >= start
    assert is_in_working_time(due)


@given(moments, anything)
def test_a_due_date_is_never_on_a_day_that_does_not_count(start, limit):
    due = due_at(start, limit[1], limit[0], MARKED)

    assert due >= start
    assert MARKED.works(due.date())


@given(moments, st.timedeltas(timedelta(0), timedelta(days=20)), anything)
def test_who_comes_later_is_not_due_earlier(start, after, limit):
    """Not on an earlier day, where the limit runs on the calendar: a date that rolls forward keeps its clock time."""
    after = timedelta(minutes=after // timedelta(minutes=1))

    first, second = (due_at(one, limit[1], limit[0], MARKED) for one in (start, start + after))

    if limit[0] in ("day", "month"):
        first, second = first.date(), second.date()
    assert first <= second


@given(moments, working, st.integers(0, 20))
def test_more_time_is_not_due_earlier(start, limit, more):
    assert due_at(start, limit[1], limit[0], MARKED) <= due_at(start, limit[1] + more / 2, limit[0], MARKED)


@given(moments, hours, hours)
def test_hours_add_up(start, first, second):
    at_once = due_at(start, first + second, "hour", MARKED)

    assert at_once == due_at(due_at(start, first, "hour", MARKED), second, "hour", MARKED)


@given(moments, st.integers(0, 30), st.integers(0, 30))
def test_whole_days_add_up(start, first, second):
    at_once = due_at(start, first + second, "working_day", MARKED)

    assert at_once == due_at(due_at(start, first, "working_day", MARKED), second, "working_day", MARKED)


@given(moments, days)
def test_a_day_is_eight_hours_of_work_in_a_usual_office(start, count):
    entered = MARKED.enter(start)

    due = due_at(start, count, "working_day", MARKED)

    assert MARKED.time_between(entered, due) == timedelta(hours=8 * count)


@given(moments, anything, st.lists(st.integers(0, 20_000), max_size=3))
def test_empty_pauses_change_nothing(start, limit, minutes):
    empty = [(start + timedelta(minutes=one),) * 2 for one in minutes]

    assert due_at(start, limit[1], limit[0], MARKED, supplements=empty) == due_at(
        start, limit[1], limit[0], MARKED
    )


@st.composite
def pauses(draw):
    """(offset, length) in minutes, at most three, in any order, overlapping or not."""
    return draw(st.lists(st.tuples(st.integers(-500, 10_000), st.integers(0, 5_000)), min_size=1, max_size=3))


@given(
    moments,
    st.sampled_from([("hour", 20), ("working_day", 5), ("working_day", 2.5), ("same_day", None)]),
    pauses(),
)
def test_a_pause_gives_back_exactly_the_working_time_that_it_took(start, limit, given_pauses):
    asked = [
        (start + timedelta(minutes=offset), start + timedelta(minutes=offset + length))
        for offset, length in given_pauses
    ]
    covered = {minute for offset, length in given_pauses for minute in range(max(offset, 0), offset + length)}
    taken = sum(is_working_minute(start + timedelta(minutes=one)) for one in covered)
    before = due_at(start, limit[1], limit[0], MARKED)

    due = due_at(start, limit[1], limit[0], MARKED, supplements=asked)

    assert due >= before
    assert MARKED.time_between(before, due) == timedelta(minutes=taken)
    assert is_in_working_time(due)
    assert due == due_at(start, limit[1], limit[0], MARKED, supplements=asked[::-1])


@given(moments, anything, pauses())
def test_to_continue_is_to_hear_nothing_of_supplements(start, limit, given_pauses):
    asked = [(start + timedelta(minutes=offset), None) for offset, _ in given_pauses]

    assert due_at(start, limit[1], limit[0], MARKED, supplements=asked, policy="continue") == due_at(
        start, limit[1], limit[0], MARKED
    )


@given(moments, anything, st.integers(0, 5_000))
def test_a_restart_is_a_receipt_at_the_moment_the_papers_came(start, limit, minutes):
    came = start + timedelta(minutes=minutes + 1)
    asked = [(start + timedelta(minutes=1), came)]

    assert due_at(start, limit[1], limit[0], MARKED, supplements=asked, policy="restart") == due_at(
        came, limit[1], limit[0], MARKED
    )


@given(moments, anything)
def test_the_zone_of_the_question_does_not_matter(start, limit):
    assert due_at(start.astimezone(UTC), limit[1], limit[0], MARKED) == due_at(
        start, limit[1], limit[0], MARKED
    )


# --- other offices -------------------------------------------------------------------------------------------------

MORNINGS = OfficeHours(
    (
        *((weekday, ((time(7, 30), time(11, 30)), (time(13), time(16, 30)))) for weekday in range(1, 6)),
        (6, ((time(7, 30), time(11)),)),
    )
)


@pytest.mark.parametrize(
    ("received", "duration", "unit", "due"),
    [
        (
            "2026-11-20 15:00",
            1,
            "working_day",
            "2026-11-21 11:00",
        ),  # a short Saturday is a day, and ends at 11:00
        ("2026-11-20 10:00", 1, "working_day", "2026-11-21 10:00"),
        ("2026-11-20 15:00", 2, "working_day", "2026-11-23 15:00"),
        ("2026-11-20 16:00", 4, "hour", "2026-11-21 11:00"),
        ("2026-11-20 16:00", 4.5, "hour", "2026-11-23 08:00"),
        ("2026-11-21 10:30", None, "same_day", "2026-11-21 11:00"),
        ("2026-11-21 12:00", None, "same_day", "2026-11-23 16:30"),  # before the cut-off, but after closing
        ("2026-11-18 12:30", 1, "working_day", "2026-11-19 13:00"),
        ("2026-11-18 08:00", 0.5, "working_day", "2026-11-18 13:30"),  # four hours, though the day has 7.5
    ],
)
def test_an_office_with_hours_of_its_own(received, duration, unit, due):
    assert due_at(at(received), duration, unit, Calendar(MORNINGS)) == at(due)


def test_a_cut_off_may_be_a_procedures_own():
    assert due_at(at("2026-11-18 15:30"), 1, "same_day", PLAIN, cutoff=time(16)) == at("2026-11-18 17:00")


# --- what is refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"received_at": NAIVE},
        {"duration": -1},
        {"duration": float("nan")},
        {"duration": float("inf")},
        {"duration": 10**9},
        {"unit": "week"},
        {"policy": "stop"},
        {"supplements": [(at("2026-11-19 10:00"), at("2026-11-18 10:00"))]},
        {"supplements": [(NAIVE, None)]},
        {"received_at": at("2090-01-01 10:00"), "duration": 200, "unit": "month"},
        {"received_at": at("2090-01-01 10:00"), "duration": 20_000, "unit": "month"},
    ],
    ids=lambda change: "-".join(change),
)
def test_what_cannot_be_is_refused(change):
    words = {"received_at": at("2026-11-18 10:00"), "duration": 1, "unit": "working_day"} | change

    with pytest.raises(ValueError, match=r".+"):
        due_at(**words, calendar=PLAIN)


def test_every_unit_of_the_catalogue_is_one_of_ours():
    assert set(UNITS) <= set(deadlines.UNITS)
