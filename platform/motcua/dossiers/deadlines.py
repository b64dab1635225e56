"""When a dossier is due: pure arithmetic on an office's calendar. The rules in words: docs/deadlines.md.

Sources: Nghị định 118/2025/NĐ-CP and the way the provinces' one-stop systems reckon (working time in hours, eight
a day); Bộ luật Dân sự 2015, Điều 146–148 (months, half a month, a last day that is a day off).
"""

import calendar as months
import math
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from motcua.core.calendar import Calendar

UNITS = ("hour", "working_day", "day", "month", "same_day")
WORKING_UNITS = frozenset({"hour", "working_day", "same_day"})
POLICIES = ("pause", "restart", "continue")
HOURS_A_DAY = 8
DAYS_A_MONTH = 30  # of a part of a month: half a month is fifteen days
LONGEST = 20_000  # in any unit

# When papers were asked for, and when they came; None: the citizen still has to bring them.
Supplement = tuple[datetime, datetime | None]


def due_at(
    received_at: datetime,
    duration: float | None,
    unit: str,
    calendar: Calendar,
    *,
    supplements: Iterable[Supplement] = (),
    policy: str = "pause",
    cutoff: time | None = None,
) -> datetime | None:
    """The moment by which the result is due, in the office's zone.

    None: the procedure has no time limit, or its clock stands still until the citizen brings what was asked for.
    `same_day` takes no number. `cutoff` replaces the office's own for it. Raises ValueError for a naive time, a
    negative or impossible duration, an unknown unit or policy, and a supplement that ends before it begins.
    """
    _check(duration, unit, policy)
    received = calendar.local(received_at)
    asked = _in_order(supplements, received, calendar)
    if duration is None and unit != "same_day":
        return None
    if policy == "continue" or not asked:
        return _run(received, duration or 0, unit, calendar, cutoff)
    if asked[-1][1] is None:
        return None
    if policy == "restart":
        return _run(asked[-1][1], duration or 0, unit, calendar, cutoff)
    due = _run(received, duration or 0, unit, calendar, cutoff)
    if unit not in WORKING_UNITS:
        return calendar.roll_forward(due + sum((end - start for start, end in asked), timedelta(0)))
    taken = sum((calendar.time_between(start, end) for start, end in asked), timedelta(0))
    return extend(due, taken, calendar)


def extend(due: datetime, working_time: timedelta, calendar: Calendar) -> datetime:
    """`due` moved on by working time: by whole office days at the same time of the day, then by the rest.

    So 07:00 and one day is 07:00 of the next, not the same moment under its other name, 17:00 of this one.
    """
    here = calendar.enter(due)
    while working_time > timedelta(0):
        tomorrow = calendar.step_days(here, 1)
        office_day = calendar.time_between(here, tomorrow)
        if not timedelta(0) < office_day <= working_time:
            break
        here, working_time = tomorrow, working_time - office_day
    return calendar.add_time(here, working_time)


def _run(start: datetime, duration: float, unit: str, calendar: Calendar, cutoff: time | None) -> datetime:
    """The due date of a clock that is never stopped."""
    try:
        if unit == "hour":
            return calendar.add_time(start, timedelta(hours=duration))
        if unit == "working_day":
            part, whole = math.modf(duration)
            here = calendar.add_time(start, timedelta(hours=part * HOURS_A_DAY))
            return calendar.step_days(here, int(whole))
        if unit == "same_day":
            return _same_day(start, calendar, cutoff or calendar.hours.same_day_cutoff)
        if unit == "month":
            part, whole = math.modf(duration)
            end = _add_months(start, int(whole)) + timedelta(days=part * DAYS_A_MONTH)
        else:
            end = start + timedelta(days=duration)
        return calendar.roll_forward(end)
    except OverflowError as error:
        raise ValueError(f"{duration} {unit} leads out of the calendar.") from error


def _same_day(start: datetime, calendar: Calendar, cutoff: time) -> datetime:
    """Closing time of the day of receipt; of the next working day for what came in after the cut-off."""
    day = start.date()
    spans = calendar.spans(day)
    if not spans or start.time() > cutoff or start > spans[-1][1]:
        spans = calendar.spans(calendar.next_working_day(day))
    return spans[-1][1]


def _add_months(start: datetime, count: int) -> datetime:
    """The same day `count` months on, or the last day of a month that has no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    if year > 9999:
        raise OverflowError
    last = months.monthrange(year, month + 1)[1]
    return start.replace(year=year, month=month + 1, day=min(start.day, last))


def _check(duration: float | None, unit: str, policy: str) -> None:
    if unit not in UNITS:
        raise ValueError(f"Unknown unit {unit!r}.")
    if policy not in POLICIES:
        raise ValueError(f"Unknown policy {policy!r}.")
    if duration is not None and not (math.isfinite(duration) and 0 <= duration <= LONGEST):
        raise ValueError(f"Impossible duration {duration!r}.")


def _in_order(
    supplements: Iterable[Supplement], received: datetime, calendar: Calendar
) -> Sequence[Supplement]:
    """By start and without overlaps; what lies before the clock began is left out."""
    given = []
    for start, end in supplements:
        start, end = calendar.local(start), end and calendar.local(end)
        if end is not None and end < start:
            raise ValueError(f"A supplement ends before it begins: {start} – {end}")
        if end is None or end > received:
            given.append((max(start, received), end))
    merged: list[Supplement] = []
    for start, end in sorted(given, key=lambda one: one[0]):
        if merged and (merged[-1][1] is None or start <= merged[-1][1]):
            before_start, before_end = merged.pop()
            start = before_start
            end = None if before_end is None or end is None else max(before_end, end)
        merged.append((start, end))
    return merged
