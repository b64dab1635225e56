"""The jobs of this room: ids in, safe to run twice."""

from datetime import date

from motcua.core import queue
from motcua.core.database import tenant_scope

from . import keeping, rolling


def roll_up(tenant_id: str, day: date | str) -> bool:
    """Count a whole day of the tenant anew from its live rows; `day` may be ISO. False when another is at it."""
    with tenant_scope(tenant_id):
        return rolling.roll_day(date.fromisoformat(day) if isinstance(day, str) else day)


def keep_up(tenant_id: str) -> int:
    """Count what is due of the tenant; returns how many days."""
    queue.woken(keeping.KEEP_UP, tenant_id)
    with tenant_scope(tenant_id):
        return keeping.keep_up()
