"""What this month will have cost at its end, from what it has cost so far."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from motcua.core import months
from motcua.core.calendar import Calendar

FEWEST_DAYS = 3.0  # of this month, before which last month says more


@dataclass(frozen=True)
class Forecast:
    """`amount_vnd` for the whole month. `factor`: what each part so far is multiplied with.

    `basis`: this_month, last_month, or nothing where neither month says anything.
    """

    amount_vnd: int
    factor: float
    basis: str
    days_over: float
    days: int


def forecast(spent_vnd: int, last_month_vnd: int, at: datetime, calendar: Calendar) -> Forecast:
    """By working days: news, reminders and surveys follow the offices, which rest on weekends and at Tết.

    spent ÷ working days over × working days of the month; in a month's first days, spent so far and the rest as
    an average working day of last month.
    """
    local = calendar.local(at)
    first = months.month_at(at, calendar.zone)
    days, over = _working_days(first, calendar), _over(first, local, calendar)
    if days == 0:
        return Forecast(spent_vnd, 1.0, "nothing", over, 0)
    if over >= FEWEST_DAYS and spent_vnd:
        amount = round(spent_vnd * days / over)
        return Forecast(amount, days / over, "this_month", over, days)
    before = months.month_before(first)
    days_before = _working_days(before, calendar)
    if last_month_vnd and days_before:
        amount = round(spent_vnd + last_month_vnd / days_before * (days - over))
        return Forecast(amount, amount / spent_vnd if spent_vnd else 1.0, "last_month", over, days)
    if spent_vnd and over:
        amount = round(spent_vnd * days / over)
        return Forecast(amount, days / over, "this_month", over, days)
    return Forecast(spent_vnd, 1.0, "nothing", over, days)


def _working_days(first: date, calendar: Calendar) -> int:
    length = monthrange(first.year, first.month)[1]
    return sum(calendar.works(first + timedelta(days=day)) for day in range(length))


def _over(first: date, local: datetime, calendar: Calendar) -> float:
    """Working days of the month that are over, with the part of today's hours that is."""
    return calendar.days_between(datetime.combine(first, datetime.min.time(), local.tzinfo), local)
