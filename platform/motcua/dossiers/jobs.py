"""Work on dossiers in the background: names and ids in, safe to run twice."""

from motcua.core import queue
from motcua.core.database import tenant_scope

from . import recalculating


def recalculate(tenant_id: str) -> int:
    """Reckon the open dossiers of the tenant by its newest confirmed calendar; returns how many dates moved."""
    queue.woken(recalculating.RECALCULATE, tenant_id)
    with tenant_scope(tenant_id):
        return recalculating.work()
