"""When people are asked: in the province's hours for surveys, on the days that its calendar and console allow.

Whoever is asked is never asked again, so a message must be able to leave before it dies: it is written only while
it may leave at once, by template too.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from motcua.core import scope
from motcua.messaging.channels import rules
from motcua.messaging.channels.rules import Rules
from motcua.messaging.limits.hours import LONGEST_LOOK_DAYS, ZBS_BY_DAY, Hours

ROOM = timedelta(minutes=30)  # a message may wait in its line so long
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """The hours of one day, local."""

    begins_at: datetime
    ends_at: datetime

    @property
    def last_ask_at(self) -> datetime:
        """From then on a message might not leave before the end; half of a short window is kept for that."""
        return self.ends_at - min(ROOM, (self.ends_at - self.begins_at) / 2)


def may_ask_at(at: datetime) -> bool:
    window = _window(at)
    return window is not None and at < window.last_ask_at


def left_at(at: datetime) -> timedelta | None:
    """How long what is written at `at` may still leave in the present hours; None outside them."""
    window = _window(at)
    return None if window is None else window.ends_at - at


def oldest_end(at: datetime, ask_within: timedelta) -> datetime:
    """Dossiers that ended before are too old to ask about at `at`: by `ask_within`, or by the last day on which
    people were asked, where days off outlast that."""
    known = _known()
    day = known.calendar.local(at).replace(hour=0, minute=0, second=0, microsecond=0)
    for _ in range(LONGEST_LOOK_DAYS):
        day -= ONE_DAY
        if known.hours_of("survey").next_moment(day, known.calendar).date() == day.date():
            break
    return min(at - ask_within, day)


def _window(at: datetime) -> Window | None:
    """The one that `at` lies in."""
    known = _known()
    hours, local = known.hours_of("survey"), known.calendar.local(at)
    if hours.next_moment(local, known.calendar) > local:
        return None
    start, end = _by_day(hours)
    found = Window(*(datetime.combine(local.date(), clock, local.tzinfo) for clock in (start, end)))
    return found if found.begins_at <= local < found.ends_at else None


def _by_day(hours: Hours) -> tuple[time, time]:
    """Within Zalo's day: rating templates wait for it. Hours that lie outside it altogether hold for the chat."""
    start, end = (time.min, time.max) if hours.is_whole_day else (hours.start, hours.end)
    by_day = max(start, ZBS_BY_DAY.start), min(end, ZBS_BY_DAY.end)
    return by_day if by_day[0] < by_day[1] else (start, end)


def _known() -> Rules:
    return rules.rules_of(scope.required())
