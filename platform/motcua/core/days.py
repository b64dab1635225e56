"""Days as people type them into a field: 31/12/2026, 31-12-2026, 31.12.2026, or 2026-12-31."""

import re
from datetime import date

_TYPED = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")


def read_day(text: str) -> date:
    """Raises ValueError. The day stands before the month, as in Vietnam."""
    found = _TYPED.fullmatch(text.strip())
    if found:
        day, month, year = map(int, found.groups())
        return date(year, month, day)
    return date.fromisoformat(text.strip())
