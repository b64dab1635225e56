"""The jobs of this room. Each is safe to run twice, takes names and ids only, and finds its own work."""

from motcua.core import fair_ring, queue
from motcua.core.database import tenant_scope

from .dispatch import reconciling, serving
from .pace.turns import OneTenant, SharedRing


def serve(lane: str) -> int:
    """Send what is owed on this lane and those above it, by turns of all tenants; returns how many."""
    fair_ring.served(lane)
    lanes = serving.lanes_down_to(lane)
    if not lanes:
        return 0
    turns = SharedRing(lanes)
    try:
        return serving.drain(turns)
    finally:
        turns.hand_over()


def deliver(tenant_id: str, lane: str) -> int:
    """Send what this one tenant owes on this lane until nothing is due or a limit is reached; how many."""
    return serving.drain(OneTenant(tenant_id, lane))


def reconcile(tenant_id: str) -> int:
    """Find out what became of messages whose answer was lost; returns how many are settled."""
    queue.woken(reconciling.RECONCILE, tenant_id)
    with tenant_scope(tenant_id):
        return reconciling.settle(tenant_id)
