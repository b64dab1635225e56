"""RQ's way in."""

from motcua.core import queue

from . import making


def make(tenant_id: str) -> None:
    queue.woken(making.MAKE, tenant_id)
    making.make_waiting(tenant_id)
