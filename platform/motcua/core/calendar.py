"""Working time: on which days and hours an office works, and moving along them. No database, no tenant.

All moments are aware; answers are in the office's own zone, which knows no daylight saving (Vietnam).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from .clock import VIETNAM

Span = tuple[time, time]
ONE_DAY = timedelta(days=1)
# Years for which the lunar dates of Tết and Giỗ Tổ are known to the `holidays` library.
FIRST_YEAR, LAST_YEAR = 1950, 2099
LONGEST_CLOSURE_DAYS = 400


class OutOfCalendar(ValueError):
    """A day that no calendar of ours knows, or an office that never opens."""


@dataclass(frozen=True)
class OfficeHours:
    """`week` holds (ISO weekday, spans in order); a worked day of another weekday has the first entry's spans.

    What is taken in after `same_day_cutoff` counts from the next working day.
    """

    week: tuple[tuple[int, tuple[Span, ...]], ...]
    same_day_cutoff: time = time(15)

    @property
    def weekdays(self) -> frozenset[int]:
        return frozenset(weekday for weekday, _ in self.week)

    def spans_of(self, weekday: int) -> tuple[Span, ...]:
        return dict(self.week).get(weekday, self.week[0][1])


@dataclass(frozen=True)
class MarkedDay:
    """What a province says of one day against the national calendar.

    An open day receives dossiers; only where it `counts` does it run in deadlines (a Saturday does not by default).
    """

    date: date
    is_open: bool
    counts: bool
    reason: str
    source: str  # "folder" | "console"


@dataclass(frozen=True)
class Day:
    """One day: whether the desk receives, whether deadlines run, and why it differs from the usual week."""

    receives: bool
    works: bool
    reason: str = ""
    source: str = "week"  # "week" | "national" | "swap" | "folder" | "console"


@lru_cache(maxsize=200)
def _national(year: int) -> tuple[dict[date, str], frozenset[date]]:
    """Days off and worked rest days of one whole year: also of a past one, for dossiers of then."""
    found = holidays.country_holidays("VN", years=year, language="vi")
    return dict(found.items()), frozenset(day for day in found.weekend_workdays if day.year == year)


class Calendar:
    """An office's days and hours. Of two marks on a day the later in `marks` holds."""

    def __init__(self, hours: OfficeHours, marks: Iterable[MarkedDay] = (), zone: ZoneInfo = VIETNAM):
        self.hours, self.zone = hours, zone
        self.marks = {mark.date: mark for mark in marks}
        self._spans: dict[date, list[tuple[datetime, datetime]]] = {}

    def day(self, day: date) -> Day:
        """Raises OutOfCalendar outside FIRST_YEAR to LAST_YEAR."""
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise OutOfCalendar(f"The calendar does not reach {day}.")
        usual = self._usual(day)
        mark = self.marks.get(day)
        if mark is None:
            return usual
        if not mark.is_open:
            return Day(False, False, mark.reason, mark.source)
        # A day that is opened for receiving loses nothing that it already was.
        return Day(True, mark.counts or usual.works, mark.reason, mark.source)

    def _usual(self, day: date) -> Day:
        off, worked = _national(day.year)
        if day in off:
            is_swap = off[day].startswith("Ngày nghỉ")  # “Ngày nghỉ (thay cho 22/08/2026)”
            return Day(False, False, off[day], "swap" if is_swap else "national")
        if day in worked:
            return Day(True, True, "Ngày làm việc hoán đổi", "swap")
        open_ = day.isoweekday() in self.hours.weekdays
        return Day(open_, open_)

    def unusual_days(self, first: date, last: date) -> list[tuple[date, Day]]:
        """The days from `first` to `last`, both included, that are not as in the usual week, with the reasons."""
        days = (first + timedelta(days=one) for one in range((last - first).days + 1))
        return [(day, found) for day in days if (found := self.day(day)).source != "week"]

    def works(self, day: date) -> bool:
        return bool(self.spans(day))

    def spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """The working spans of a day that counts in deadlines, in order; none on any other day."""
        found = self._spans.get(day)
        if found is None:
            found = self._spans[day] = self._clocks(day) if self.day(day).works else []
        return found

    def receiving_spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """When the desk is open for citizens, whether or not the day counts."""
        return self._clocks(day) if self.day(day).receives else []

    def _clocks(self, day: date) -> list[tuple[datetime, datetime]]:
        return [
            (datetime.combine(day, begin, self.zone), datetime.combine(day, end, self.zone))
            for begin, end in self.hours.spans_of(day.isoweekday())
        ]

    def local(self, at: datetime) -> datetime:
        """Raises ValueError for a naive time."""
        if at.tzinfo is None or at.utcoffset() is None:
            raise ValueError(f"A time without a zone: {at.isoformat()}")
        return at.astimezone(self.zone)

    def next_working_day(self, day: date) -> date:
        """The first after `day`."""
        for _ in range(LONGEST_CLOSURE_DAYS):
            day += ONE_DAY
            if self.works(day):
                return day
        raise OutOfCalendar(f"The office does not open within {LONGEST_CLOSURE_DAYS} days before {day}.")

    def previous_working_day(self, day: date) -> date:
        for _ in range(LONGEST_CLOSURE_DAYS):
            day -= ONE_DAY
            if self.works(day):
                return day
        raise OutOfCalendar(f"The office was not open within {LONGEST_CLOSURE_DAYS} days after {day}.")

    def enter(self, at: datetime) -> datetime:
        """`at` where it lies in working time, else the next opening.

        The moment of closing still belongs to the span: what comes in at 17:00 sharp came in on that day.
        """
        local = self.local(at)
        for begin, end in self.spans(local.date()):
            if local <= end:
                return max(begin, local)
        return self.spans(self.next_working_day(local.date()))[0][0]

    def add_time(self, at: datetime, amount: timedelta) -> datetime:
        """`amount` of working time after `at`; a span just filled ends at its closing, not at the next opening."""
        here = self.enter(at)
        if amount < timedelta(0):
            raise ValueError(f"Negative working time: {amount}")
        while True:
            for begin, end in self.spans(here.date()):
                if end < here:
                    continue
                here = max(begin, here)
                if amount <= end - here:
                    return here + amount
                amount -= end - here
                here = end
            here = self.spans(self.next_working_day(here.date()))[0][0]

    def step_days(self, at: datetime, days: int) -> datetime:
        """`days` working days after `at` (before it, where negative), at the same time of the day.

        Where that day has other hours, at the nearest of its working time that is not before:
        its opening, the end of its break; after its closing, at its closing.
        """
        here = self.enter(at)
        day = here.date()
        for _ in range(abs(days)):
            day = self.next_working_day(day) if days > 0 else self.previous_working_day(day)
        if day == here.date():
            return here
        clock = datetime.combine(day, here.time(), self.zone)
        spans = self.spans(day)
        return next((max(begin, clock) for begin, end in spans if clock <= end), spans[-1][1])

    def roll_forward(self, at: datetime) -> datetime:
        """`at`, or the same time of the next working day where its day is closed."""
        local = self.local(at)
        day = local.date()
        if self.works(day):
            return local
        return datetime.combine(self.next_working_day(day), local.time(), self.zone)

    def time_between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from `start` to `end`; zero where `end` is not later."""
        start, end = self.local(start), self.local(end)
        total, day = timedelta(0), start.date()
        while day <= end.date() and start < end:
            for begin, close in self.spans(day):
                total += max(min(close, end) - max(begin, start), timedelta(0))
            day += ONE_DAY
        return total

    def days_between(self, start: datetime, end: datetime) -> float:
        """Working days from `start` to `end`, 0.5 = half an office day; negative where `end` is earlier."""
        start, end = self.local(start), self.local(end)
        if end < start:
            return -self.days_between(end, start)
        total, day = 0.0, start.date()
        while day <= end.date():
            spans = self.spans(day)
            if spans:
                whole = sum((close - begin for begin, close in spans), timedelta(0))
                total += self.time_between(max(start, spans[0][0]), min(end, spans[-1][1])) / whole
            day += ONE_DAY
        return total
