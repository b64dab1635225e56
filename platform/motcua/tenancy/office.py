"""Whether the province's offices receive citizens, by its own hours, closed days and extra days."""

from datetime import datetime, timedelta

from motcua.core.calendar import Calendar

LOOK_AHEAD_DAYS = 30  # longer than any row of holidays


def is_open(calendar: Calendar, at: datetime) -> bool:
    local = calendar.local(at)
    return any(begin <= local < end for begin, end in calendar.receiving_spans(local.date()))


def opens_next(calendar: Calendar, at: datetime) -> datetime | None:
    """When they open next, `at` itself if they are open; None when not within LOOK_AHEAD_DAYS."""
    local = calendar.local(at)
    for ahead in range(LOOK_AHEAD_DAYS):
        for begin, end in calendar.receiving_spans(local.date() + timedelta(days=ahead)):
            if local < end:
                return max(begin, local)
    return None


def hours_in_words(settings: dict) -> str:
    """`07:00–11:30, 13:30–17:00`."""
    return ", ".join(f"{begin[:5]}–{end[:5]}" for begin, end in settings["office_hours"]["spans"])
