"""The check as a job: safe to run twice, takes names and ids only."""

from motcua.core import queue
from motcua.core.database import tenant_scope

from . import checking, imports


def check(tenant_id: str, import_id: int) -> str | None:
    """Check one import of the tenant; returns its state, None when it was taken or needs no check."""
    queue.woken(imports.CHECK, tenant_id, import_id)
    with tenant_scope(tenant_id):
        return checking.check(import_id)
