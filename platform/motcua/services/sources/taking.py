"""The nightly files of every service that has some, taken in on the worker."""

from flask import current_app

from motcua.core import queue, scope
from motcua.core.database import tenant_scope
from motcua.core.drop_folder import folder_for_work
from motcua.services.driving_licence.sources import LAYOUT as LICENCES
from motcua.services.traffic_violation.sources import LAYOUT as VIOLATIONS

from . import nightly

TAKE = "motcua.services.sources.taking.take_dropped"
LAYOUTS = (VIOLATIONS, LICENCES)


def wake_waiting() -> bool:
    """Have the files that wait for the tenant in scope taken in; whether there are any."""
    folder = current_app.config["SETTINGS"].drop_folder
    if folder is None or not any(nightly.waiting(folder, layout.service) for layout in LAYOUTS):
        return False
    return queue.wake(TAKE, scope.required(), lane="normal")


def take_dropped(tenant_id: str) -> int:
    """How many files were taken in. Safe to run twice, also at once."""
    queue.woken(TAKE, tenant_id)
    folder = folder_for_work(current_app.config["SETTINGS"].drop_folder, tenant_id)
    if folder is None:
        return 0
    with tenant_scope(tenant_id):
        return sum(nightly.take_all(folder, layout) for layout in LAYOUTS)
