"""Days, hours and moments as people type them into a field.

A day: 31/12/2026, 31-12-2026, 31.12.2026, or 2026-12-31. An hour: 16:30, 16.30, 16h30, 16h.
"""

import re
from datetime import date, datetime, time

from .clock import VIETNAM

_TYPED = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_HOUR = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2})|\s?(?:h|giờ)\s?([0-9]{2})?)", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*,\s*|\s+")


def read_day(text: str) -> date:
    """Raises ValueError. The day stands before the month, as in Vietnam."""
    found = _TYPED.fullmatch(text.strip())
    if found:
        day, month, year = map(int, found.groups())
        return date(year, month, day)
    return date.fromisoformat(text.strip())


def read_hour(text: str) -> time:
    """Of a day's 24 hours, naive. Raises ValueError."""
    found = _HOUR.fullmatch(text.strip())
    if found:
        return time(int(found[1]), int(found[2] or found[3] or 0))
    return time.fromisoformat(text.strip()).replace(tzinfo=None)


def read_moment(text: str) -> datetime:
    """A day and an hour, in either order, or ISO 8601; aware, by Vietnamese clocks unless it names its zone.

    Raises ValueError, also where one of the two is missing.
    """
    text = text.strip()
    for cut in _BETWEEN.finditer(text):
        first, second = text[: cut.start()], text[cut.end() :]
        for day, hour in ((first, second), (second, first)):
            if _TYPED.fullmatch(day) and _HOUR.fullmatch(hour):
                return datetime.combine(read_day(day), read_hour(hour), VIETNAM)
    if "T" not in text and " " not in text:
        raise ValueError(text)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)
