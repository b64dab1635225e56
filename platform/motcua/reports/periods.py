"""Spans of time that a report is about, in the province's days."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from motcua.core.days import read_day
from motcua.core.errors import Invalid
from motcua.tenancy import current

LONGEST = timedelta(days=1100)
QUARTER = re.compile(r"(20\d\d)-Q([1-4])")


@dataclass(frozen=True)
class Period:
    """From the first day to the last, both included."""

    first: date
    last: date

    @property
    def begins_at(self) -> datetime:
        return _midnight(self.first)

    @property
    def ends_at(self) -> datetime:
        """The first moment that no longer belongs to it."""
        return _midnight(self.last + timedelta(days=1))

    @property
    def words(self) -> str:
        return f"{self.first:%d/%m/%Y} – {self.last:%d/%m/%Y}"


def of_request(first: str, last: str) -> Period:
    """Two days as a form sends them; both empty: this month so far. Raises Invalid."""
    today = current.today()
    try:
        end = read_day(last) if last else today
        begin = read_day(first) if first else end.replace(day=1)
    except ValueError as error:
        raise Invalid("Ngày chưa đúng. Xin ghi ngày/tháng/năm, như 30/11/2026.") from error
    if not timedelta(0) <= end - begin <= LONGEST or begin.year < 2000 or end.year > 2100:
        raise Invalid("Ngày đầu phải trước ngày cuối và không quá ba năm. Xin chọn lại.")
    return Period(begin, end)


def quarter(name: str) -> Period | None:
    """`2026-Q3`; None for anything else."""
    found = QUARTER.fullmatch(name)
    if found is None:
        return None
    year, number = int(found[1]), int(found[2])
    first = date(year, 3 * number - 2, 1)
    return Period(first, _next_quarter(first) - timedelta(days=1))


def settled_quarters(settling: timedelta, count: int = 8) -> list[str]:
    """Names of the last `count` quarters that ended at least `settling` ago, newest first."""
    day, found = current.today() - settling, []
    first = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)  # of the running quarter of that day
    while len(found) < count:
        first = _quarter_before(first)
        found.append(f"{first.year}-Q{(first.month + 2) // 3}")
    return found


def _next_quarter(first: date) -> date:
    return date(first.year + first.month // 10, (first.month + 2) % 12 + 1, 1)


def _quarter_before(first: date) -> date:
    return date(first.year - (first.month == 1), (first.month + 8) % 12 + 1, 1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(current.tenant().settings["timezone"]))
