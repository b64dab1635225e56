"""When a desk is open: its own hours or the office's, less the days that the calendar or the desk closes."""

from collections.abc import Container
from datetime import date, datetime, time, timedelta

from motcua.core.clock import VIETNAM
from motcua.core.database import db
from motcua.dossiers import promising
from motcua.tenancy.calendars import Offices

from .models import Desk, DeskClosure

LOOK_BACK_DAYS = 20  # longer than any row of holidays

Span = tuple[time, time]


def spans_on(desk: Desk, offices: Offices, day: date, closures: Container[date] = ()) -> list[Span]:
    """The desk's opening spans on a local day, in order; empty when it is closed."""
    calendar = offices.of(desk.agency_code)
    usual = [(begin.time(), end.time()) for begin, end in calendar.receiving_spans(day)]
    is_usual_day = day.isoweekday() in calendar.hours.weekdays
    if day in closures or (is_usual_day and not usual):
        return []
    if desk.hours is None:
        return usual
    own = desk.hours.get(str(day.isoweekday()), ())
    if not own and not is_usual_day:
        return usual  # an extra open day: a swapped Saturday has the office's hours
    return sorted((time.fromisoformat(begin), time.fromisoformat(end)) for begin, end in own)


def moments_on(
    desk: Desk, offices: Offices, day: date, closures: Container[date] = ()
) -> list[tuple[datetime, datetime]]:
    """The same as aware moments."""
    return [(at(day, begin), at(day, end)) for begin, end in spans_on(desk, offices, day, closures)]


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
    offices = promising.offices()
    closed = closures_of([desk.id], day - timedelta(LOOK_BACK_DAYS), day)[desk.id]
    for back in range(1, LOOK_BACK_DAYS):
        before = day - timedelta(back)
        if spans_on(desk, offices, before, closed):
            return before
    return None


def at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, VIETNAM)
