"""Work on dossiers in the background: names and ids in, safe to run twice."""

import time

from motcua.core import queue
from motcua.core.database import tenant_scope

from . import lookout, recalculating, rereading

TIME_SLICE_S = 20.0


def recalculate(tenant_id: str) -> int:
    """Reckon the open dossiers of the tenant by its newest confirmed calendar; returns how many dates moved."""
    queue.woken(recalculating.RECALCULATE, tenant_id)
    with tenant_scope(tenant_id):
        return recalculating.work()


def look(tenant_id: str) -> int:
    """What became due, late or silent; returns how many messages are owed to citizens."""
    queue.woken(lookout.LOOK, tenant_id)
    with tenant_scope(tenant_id):
        return lookout.look()


def reread(tenant_id: str) -> int:
    """Read again what came with codes that are known now; returns how many events."""
    queue.woken(rereading.REREAD, tenant_id)
    began, done = time.monotonic(), 0
    with tenant_scope(tenant_id):
        while rereading.reread_next():
            done += 1
            if time.monotonic() - began > TIME_SLICE_S:
                rereading.wake()
                break
    return done
