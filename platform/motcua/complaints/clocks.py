"""How long each step of a complaint may take, in working days (QĐ 766/QĐ-TTg: 2, 5, 15 and 2)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays

from motcua.tenancy import current

TRIAGE, REPLY, ANSWER, PUBLISH = 2, 5, 15, 2


def working_days_after(at: datetime, days: int) -> datetime:
    """The same clock time `days` working days after `at`; the day of `at` does not count.

    National holidays and swapped days from `holidays`, the province's closed and extra days over them.
    """
    settings = current.tenant().settings
    local = at.astimezone(ZoneInfo(settings["timezone"]))
    day, left = local.date(), days
    while left:
        day += timedelta(days=1)
        left -= _works(settings, day)
    return datetime.combine(day, local.timetz())


def _works(settings: dict, day: date) -> bool:
    iso = day.isoformat()
    if any(one["date"] == iso for one in settings.get("closed_days", ())):
        return False
    if any(one["date"] == iso for one in settings.get("extra_open_days", ())):
        return True
    national = holidays.country_holidays("VN", years=day.year)
    if day in national.weekend_workdays:
        return True
    return day not in national and day.isoweekday() in settings["office_hours"]["weekdays"]
