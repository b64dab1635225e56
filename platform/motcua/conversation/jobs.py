"""The job of this room: ids in, safe to run twice."""

import time

from motcua.core import queue
from motcua.core.database import tenant_scope

from . import inbox
from .handling import handle

TIME_SLICE_S = 20.0


def read_inbox(tenant_id: str) -> int:
    """Deal with the tenant's waiting events in order; returns how many."""
    queue.woken(inbox.READ, tenant_id)
    began, dealt_with = time.monotonic(), 0
    with tenant_scope(tenant_id):
        while inbox.handle_next(handle):
            dealt_with += 1
            if time.monotonic() - began > TIME_SLICE_S:
                queue.wake(inbox.READ, tenant_id, lane="urgent")
                break
    return dealt_with
