"""Whether the province's offices are open, by its own hours, closed days and extra days."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOOK_AHEAD_DAYS = 30  # longer than any row of holidays


def is_open(settings: dict, at: datetime) -> bool:
    """`settings` as the tenant's row holds them; `at` aware."""
    local = at.astimezone(ZoneInfo(settings["timezone"]))
    return any(begin <= local.time() < end for begin, end in spans_on(settings, local.date()))


def opens_next(settings: dict, at: datetime) -> datetime | None:
    """When they open next, `at` itself if they are open; None when not within LOOK_AHEAD_DAYS."""
    zone = ZoneInfo(settings["timezone"])
    local = at.astimezone(zone)
    for ahead in range(LOOK_AHEAD_DAYS):
        day = local.date() + timedelta(days=ahead)
        for begin, end in spans_on(settings, day):
            if ahead or local.time() < end:
                opening = datetime.combine(day, begin, zone)
                return max(opening, local)
    return None


def hours_in_words(settings: dict) -> str:
    """`07:00–11:30, 13:30–17:00`."""
    return ", ".join(f"{begin[:5]}–{end[:5]}" for begin, end in settings["office_hours"]["spans"])


def spans_on(settings: dict, day: date) -> list[tuple[time, time]]:
    """The office's opening spans on a local day, in order; empty when it is closed."""
    iso = day.isoformat()
    opened = any(one["date"] == iso for one in settings.get("extra_open_days", ()))
    closed = any(one["date"] == iso for one in settings.get("closed_days", ()))
    hours = settings["office_hours"]
    if closed or not (opened or day.isoweekday() in hours["weekdays"]):
        return []
    return sorted((time.fromisoformat(begin), time.fromisoformat(end)) for begin, end in hours["spans"])
