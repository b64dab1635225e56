"""Taking in dropped files on the worker."""

from flask import current_app

from motcua.core import queue, scope
from motcua.core.database import tenant_scope
from motcua.core.drop_folder import folder_for_work, folder_of

from . import drop

TAKE = "motcua.dossiers.door.jobs.take_dropped"


def wake_waiting() -> bool:
    """Have the files that wait for the tenant in scope taken in; whether there are any."""
    folder = folder_of(current_app.config["SETTINGS"].drop_folder)
    if folder is None or not drop.waiting(folder):
        return False
    return queue.wake(TAKE, scope.required(), lane="normal")


def take_dropped(tenant_id: str) -> int:
    """How many files were taken in. Safe to run twice, also at once."""
    queue.woken(TAKE, tenant_id)
    folder = folder_for_work(current_app.config["SETTINGS"].drop_folder, tenant_id)
    with tenant_scope(tenant_id):
        return len(drop.take_all(folder)) if folder else 0
