"""The job of this room: safe to run twice, takes ids only, finds in the database how far the work is."""

from motcua.core import queue
from motcua.core.database import tenant_scope

from . import running
from .workflow import RUN


def run(tenant_id: str, broadcast_id: int) -> int:
    """Move one broadcast on as far as it goes now; returns how many steps were taken."""
    queue.woken(RUN, tenant_id, broadcast_id)
    with tenant_scope(tenant_id):
        return running.run(broadcast_id)
