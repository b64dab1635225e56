"""How long each step of a complaint may take, in working days (QĐ 766/QĐ-TTg: 2, 5, 15 and 2)."""

from datetime import datetime

from motcua.dossiers import promising

TRIAGE, REPLY, ANSWER, PUBLISH = 2, 5, 15, 2


def working_days_after(at: datetime, days: int) -> datetime:
    """The same clock time `days` working days after `at` by the province's calendar; the day of `at` does not count."""
    calendar = promising.offices().province
    local = calendar.local(at)
    day = local.date()
    for _ in range(days):
        day = calendar.next_working_day(day)
    return datetime.combine(day, local.timetz())
