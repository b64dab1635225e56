"""When people may be written to unasked: not at night, unless lives depend on it."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from motcua.tenancy import current

FIRST, LAST = time(7), time(21)


def may_send_at(at: datetime) -> bool:
    return FIRST <= _local(at).time() < LAST


def opens_at(at: datetime) -> datetime:
    """The moment from `at` on when people may be written to: `at` itself, or the next morning."""
    local = _local(at)
    if may_send_at(at):
        return at
    day = local.date() if local.time() < FIRST else local.date() + timedelta(days=1)
    return datetime.combine(day, FIRST, local.tzinfo)


def _local(at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(current.tenant().settings["timezone"]))
