"""The spans a dashboard can be asked for: so many days back, a month, a quarter, a year, or any two days."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from motcua.core import months
from motcua.core.days import read_day
from motcua.core.errors import Invalid
from motcua.reports.periods import LONGEST, Period

from .rolling import today

BACK = {"7": 7, "30": 30, "90": 90}
CHOICES = {
    "7": "7 ngày qua",
    "30": "30 ngày qua",
    "90": "90 ngày qua",
    "month": "Tháng này",
    "last_month": "Tháng trước",
    "quarter": "Quý này",
    "last_quarter": "Quý trước",
    "year": "Năm nay",
    "last_year": "Năm trước",
    "free": "Chọn ngày",
}
USUAL = "30"


@dataclass(frozen=True)
class Span:
    """What was asked for, and the span before it to compare with: as long, or as far into the month before."""

    choice: str
    period: Period
    before: Period

    @property
    def days(self) -> int:
        return (self.period.last - self.period.first).days + 1

    @property
    def grain(self) -> str:
        """How finely a chart over it is drawn: day, week or month."""
        return "day" if self.days <= 92 else "week" if self.days <= 400 else "month"


def asked_for(choice: str, first: str = "", last: str = "") -> Span:
    """As a form sends it; anything unknown is the usual. Raises Invalid for two days that are no span."""
    now = today()
    if choice == "free" or (choice not in CHOICES and (first or last)):
        return _free(first, last, now)
    if choice in BACK or choice not in CHOICES:
        choice = choice if choice in BACK else USUAL
        period = Period(now - timedelta(days=BACK[choice] - 1), now)
        return Span(choice, period, as_long_before(period))
    unit, is_last = choice.removeprefix("last_"), choice.startswith("last_")
    begin = STARTS[unit](now)
    begin_before = STARTS[unit](begin - timedelta(days=1))
    if is_last:
        period = Period(begin_before, begin - timedelta(days=1))
        earlier = STARTS[unit](begin_before - timedelta(days=1))
        return Span(choice, period, Period(earlier, begin_before - timedelta(days=1)))
    most = begin - timedelta(days=1)
    return Span(choice, Period(begin, now), Period(begin_before, min(most, begin_before + (now - begin))))


def month_of(day: date) -> Period:
    first = day.replace(day=1)
    return Period(first, months.last_day(first))


def as_long_before(period: Period) -> Period:
    return Period(
        period.first - (period.last - period.first) - timedelta(days=1), period.first - timedelta(days=1)
    )


def _free(first: str, last: str, now: date) -> Span:
    try:
        end = read_day(last) if last else now
        begin = read_day(first) if first else end - timedelta(days=29)
    except (ValueError, OverflowError) as error:
        raise Invalid("Ngày chưa đúng. Xin ghi ngày/tháng/năm, như 30/11/2026.") from error
    if begin.year < 2000 or end.year > 2100 or not timedelta(0) <= end - begin <= LONGEST:
        raise Invalid("Ngày đầu phải trước ngày cuối và không quá ba năm. Xin chọn lại.")
    period = Period(begin, end)
    return Span("free", period, as_long_before(period))


STARTS: dict[str, Callable[[date], date]] = {
    "month": lambda day: day.replace(day=1),
    "quarter": lambda day: day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1),
    "year": lambda day: day.replace(month=1, day=1),
}
