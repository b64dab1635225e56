"""When to remind of a visit: the working day before, and an hour before, never at night."""

from datetime import date, datetime, time, timedelta

from motcua.core.clock import VIETNAM, now

from . import opening
from .models import Desk
from .slots import Slot

DAY_BEFORE_AT = time(9)
HOUR_BEFORE = timedelta(hours=1)
QUIET_FROM, QUIET_TO = time(21), time(8)
TOO_SOON_AFTER_BOOKING = timedelta(hours=2)  # they have just read it
LEAST_NOTICE = timedelta(minutes=15)


def is_quiet(moment: datetime) -> bool:
    """Between 21:00 and 8:00 nothing is sent that nobody asked for."""
    local = moment.astimezone(VIETNAM).time()
    return local >= QUIET_FROM or local < QUIET_TO


def of(desk: Desk, slot: Slot) -> tuple[datetime | None, datetime | None]:
    """(the working day before, the hour before) for a visit that is booked or moved now."""
    return plan(slot.starts_at, opening.open_day_before(desk, slot.day), now())


def plan(
    starts_at: datetime, day_before: date | None, booked_at: datetime
) -> tuple[datetime | None, datetime | None]:
    """None where a reminder would come too late, too soon after the booking, or in the quiet hours."""
    by_day = opening.at(day_before, DAY_BEFORE_AT) if day_before else None
    if by_day and by_day < booked_at + TOO_SOON_AFTER_BOOKING:
        by_day = None
    by_hour = starts_at - HOUR_BEFORE
    if is_quiet(by_hour):
        morning = opening.at(starts_at.astimezone(VIETNAM).date(), QUIET_TO)
        by_hour = morning if by_hour < morning <= starts_at - LEAST_NOTICE else None
    if by_hour and by_hour < booked_at + LEAST_NOTICE:
        by_hour = None
    return by_day, by_hour
