"""The slots of a desk, and how many places are left in each."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from motcua.core.clock import VIETNAM, now
from motcua.core.database import db
from motcua.dossiers import promising
from motcua.tenancy import current

from . import opening
from .models import Desk, Visit
from .states import NO_PLACE
from .when import When


@dataclass(frozen=True)
class Slot:
    """Aware UTC times; `left` places are free."""

    starts_at: datetime
    ends_at: datetime
    left: int

    @property
    def local(self) -> datetime:
        return self.starts_at.astimezone(VIETNAM)

    @property
    def day(self) -> date:
        return self.local.date()


def cut(spans: list[tuple[datetime, datetime]], minutes: int) -> list[tuple[datetime, datetime]]:
    """Slots of `minutes` that fit wholly into these spans of aware moments, in order, as UTC."""
    length, found = timedelta(minutes=minutes), []
    for begin, end in spans:
        start = begin.astimezone(UTC)
        while start + length <= end:
            found.append((start, start + length))
            start += length
    return found


def all_slots(desk: Desk, first: date, last: date) -> list[Slot]:
    """Every slot from local day `first` to `last`, full ones and past ones too."""
    offices = promising.offices()
    closed = opening.closures_of([desk.id], first, last)[desk.id]
    taken = _taken(desk, first, last)
    found = []
    for ahead in range((last - first).days + 1):
        day = first + timedelta(ahead)
        theirs = [one for one in taken if one[0] == day]
        for start, end in cut(opening.moments_on(desk, offices, day, closed), desk.slot_minutes):
            used = sum(count for _, begins, ends, count in theirs if begins < end and ends > start)
            found.append(Slot(start, end, max(desk.capacity - used, 0)))
    return found


def bookable(desk: Desk, first: date | None = None) -> list[Slot]:
    """Slots with a free place, still to come, from local day `first` (at least today) within the desk's horizon."""
    today = current.today()
    last = today + timedelta(desk.horizon_days)
    first = max(first or today, today)
    if not desk.takes_bookings or first > last:
        return []
    moment = now()
    return [one for one in all_slots(desk, first, last) if one.left and one.starts_at > moment]


def nearest(desk: Desk, wished: datetime) -> list[Slot]:
    """Free slots, the nearest to an hour that could not be had first."""
    return sorted(bookable(desk), key=lambda one: abs(one.starts_at - wished))


def fitting(slots: list[Slot], when: When) -> list[Slot]:
    """Those that somebody's words mean; with an hour, from the slot that holds it onwards that day."""
    return [one for one in slots if when.allows(one.local, one.ends_at.astimezone(VIETNAM))]


def overlapping(desk_id: int, start: datetime, end: datetime):
    """The condition for visits that take a place between two moments."""
    return (
        (Visit.desk_id == desk_id)
        & (Visit.starts_at < end)
        & (Visit.ends_at > start)
        & Visit.state.not_in(NO_PLACE)
    )


def _taken(desk: Desk, first: date, last: date) -> list[tuple[date, datetime, datetime, int]]:
    rows = db.session.execute(
        db.select(Visit.day, Visit.starts_at, Visit.ends_at, db.func.count())
        .where(Visit.desk_id == desk.id, Visit.day.between(first, last), Visit.state.not_in(NO_PLACE))
        .group_by(Visit.day, Visit.starts_at, Visit.ends_at)
    )
    return [tuple(row) for row in rows]
