"""When a request that failed may be sent again."""

from datetime import datetime, timedelta
from enum import Enum

from motcua.core import months
from motcua.core.clock import VIETNAM

_MORNING, _LATE_MORNING = 6, 7


class Retry(Enum):
    """`REFRESH_TOKEN`: at once, with a new access token. `LATER`: nobody named a time, so back off.
    `OTHER_CHANNEL`: never on this one. `AFTER_FIX`: once the admin has put something right.
    """

    NEVER = "never"
    REFRESH_TOKEN = "refresh_token"  # noqa: S105 - a word, not a secret
    LATER = "later"
    NEXT_MINUTE = "next_minute"
    NEXT_DAY = "next_day"
    NEXT_MONTH = "next_month"
    MORNING = "morning"
    OTHER_CHANNEL = "other_channel"
    AFTER_FIX = "after_fix"

    def earliest(self, after: datetime) -> datetime | None:
        """The first moment (aware, Vietnamese time) at which trying again can help; None for no moment.

        `after` is when it failed, aware. Zalo's minute, day and month begin at 00 of Vietnamese clocks. Zalo's
        night ends at 6, for some kinds of message at 7 (sources disagree): refused after 6 means 7.
        """
        local = after.astimezone(VIETNAM)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        match self:
            case Retry.REFRESH_TOKEN | Retry.LATER:
                return local
            case Retry.NEXT_MINUTE:
                return local.replace(second=0, microsecond=0) + timedelta(minutes=1)
            case Retry.NEXT_DAY:
                return midnight + timedelta(days=1)
            case Retry.NEXT_MONTH:
                return months.bounds(months.month_at(local))[1]
            case Retry.MORNING:
                return _morning(local, midnight)
        return None


def _morning(local: datetime, midnight: datetime) -> datetime:
    for hour in (_MORNING, _LATE_MORNING):
        if local.hour < hour:
            return midnight.replace(hour=hour)
    return midnight + timedelta(days=1, hours=_MORNING)
