"""How what we hold stands against the source system: current, stale, or in conflict with it."""

from datetime import datetime

from motcua.core.database import db

from . import flags
from .models import Dossier, DossierEvent
from .statuses import FINISHED, NAMES, Status


def mark_stale(silent_since: datetime) -> int:
    """Mark the unfinished dossiers of which the source last spoke before `silent_since`; returns how many.

    The next event or whole dossier makes one current again. Does not commit.
    """
    last_heard = db.func.coalesce(Dossier.synced_at, Dossier.source_time)
    return db.session.execute(
        db.update(Dossier)
        .where(Dossier.sync_state == "current", Dossier.status.not_in(FINISHED), last_heard < silent_since)
        .values(sync_state="stale")
    ).rowcount


def compare(dossier: Dossier, stated: int | None) -> None:
    """A whole dossier that names a status which no event ever had contradicts what we were told."""
    dossier.sync_state = "current"
    if stated is None or stated == dossier.status:
        return
    heard = db.select(DossierEvent.id).where(
        DossierEvent.dossier_id == dossier.id, DossierEvent.status == stated
    )
    if db.session.scalar(heard.limit(1)) is not None:
        return
    dossier.sync_state = "conflict"
    flags.raise_flag(
        dossier,
        "sync_conflict",
        f"Hệ thống nguồn ghi “{NAMES[Status(stated)]}” nhưng chưa gửi diễn biến đó; diễn biến mới nhất là "
        f"“{dossier.status_name}”. Xin kiểm tra kết nối với hệ thống nguồn.",
    )
