"""When people may be written to unasked: in the province's hours for announcements, unless lives depend on it."""

from datetime import datetime

from motcua.core import scope
from motcua.messaging.channels import rules


def may_send_at(at: datetime) -> bool:
    return opens_at(at) <= at


def opens_at(at: datetime) -> datetime:
    """The moment from `at` on when people may be written to: `at` itself, or when the hours begin again."""
    known = rules.rules_of(scope.required())
    return known.hours_of("broadcast").next_moment(at, known.calendar)
