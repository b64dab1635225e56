"""When a desk is open: its own hours or the office's, less the days that the calendar or the desk closes."""

from collections.abc import Container
from datetime import date, datetime, time, timedelta

from motcua.core.clock import VIETNAM
from motcua.core.database import db
from motcua.tenancy import current, office

from .models import Desk, DeskClosure

LOOK_BACK_DAYS = 20  # longer than any row of holidays

Span = tuple[time, time]


def calendar_closes(settings: dict, day: date) -> bool:
    """Whether the province's calendar closes `day`, whatever weekday it is. The one place that asks it."""
    return any(one["date"] == day.isoformat() for one in settings.get("closed_days") or ())


def spans_on(desk: Desk, settings: dict, day: date, closures: Container[date] = ()) -> list[Span]:
    """The desk's opening spans on a local day, in order; empty when it is closed."""
    if day in closures or calendar_closes(settings, day):
        return []
    usual = office.spans_on(settings, day)
    if desk.hours is None:
        return usual
    own = desk.hours.get(str(day.isoweekday()), ())
    if not own and day.isoweekday() not in settings["office_hours"]["weekdays"]:
        return usual  # an extra open day: a swapped Saturday has the office's hours
    return sorted((time.fromisoformat(begin), time.fromisoformat(end)) for begin, end in own)


def moments_on(
    desk: Desk, settings: dict, day: date, closures: Container[date] = ()
) -> list[tuple[datetime, datetime]]:
    """The same as aware moments."""
    return [(at(day, begin), at(day, end)) for begin, end in spans_on(desk, settings, day, closures)]


def closures_of(desk_ids: list[int], first: date, last: date) -> dict[int, set[date]]:
    """Desk id -> its own closed days between two days, both included."""
    rows = db.session.execute(
        db.select(DeskClosure.desk_id, DeskClosure.day).where(
            DeskClosure.desk_id.in_(desk_ids), DeskClosure.day.between(first, last)
        )
    )
    closed: dict[int, set[date]] = {one: set() for one in desk_ids}
    for desk_id, day in rows:
        closed[desk_id].add(day)
    return closed


def open_day_before(desk: Desk, day: date) -> date | None:
    """The last day before `day` on which the desk is open; None when there is none near."""
    settings = current.tenant().settings
    closed = closures_of([desk.id], day - timedelta(LOOK_BACK_DAYS), day)[desk.id]
    for back in range(1, LOOK_BACK_DAYS):
        before = day - timedelta(back)
        if spans_on(desk, settings, before, closed):
            return before
    return None


def at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, VIETNAM)
