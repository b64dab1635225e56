"""Events whose local code nobody knew when they came, read again once somebody has mapped it."""

from motcua.core import queue, scope
from motcua.core.database import db

from . import intake, status_map
from .flags import DossierFlag

REREAD = "motcua.dossiers.jobs.reread"


def wake() -> None:
    queue.wake(REREAD, scope.required(), lane="normal")


def wake_waiting() -> None:
    if readable():
        wake()


def readable() -> list[str]:
    """Local codes, as received, that were unknown then and are known now."""
    received = {one.local_code for one in status_map.received_unknown(status_map.MOST)}
    return sorted(received - {one.local_code for one in status_map.unknown_codes()}) if received else []


def reread_next() -> bool:
    """Read one event again and commit; False when there is none left."""
    codes = readable()
    event_id = db.session.scalar(
        db.select(DossierFlag.event_id)
        .where(
            DossierFlag.kind == "unknown_local_code",
            DossierFlag.closed_at.is_(None),
            DossierFlag.detail.in_(codes),
        )
        .order_by(DossierFlag.id)
        .limit(1)
    )
    if event_id is None:
        return False
    intake.reread(event_id)
    db.session.commit()
    return True
