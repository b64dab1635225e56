"""Months of the calendar, each named by its first day, by Vietnam's clock unless another zone is given."""

from datetime import date, datetime, timedelta, tzinfo

from .clock import VIETNAM


def month_at(moment: datetime, zone: tzinfo = VIETNAM) -> date:
    """The month in which the aware `moment` falls."""
    return moment.astimezone(zone).date().replace(day=1)


def month_after(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def month_before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def last_day(month: date) -> date:
    return month_after(month) - timedelta(days=1)


def bounds(month: date, zone: tzinfo = VIETNAM) -> tuple[datetime, datetime]:
    """The month's first moment, and the first one after it."""
    begin, end = (datetime(first.year, first.month, 1, tzinfo=zone) for first in (month, month_after(month)))
    return begin, end
