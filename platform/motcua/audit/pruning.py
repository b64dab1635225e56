"""Letting go of entries that are older than the province must keep, with a sealed tombstone in their place."""

from datetime import datetime, timedelta

from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Invalid

from . import chain, recording, seals
from .models import AuditCutoff, AuditEntry

LEAST = timedelta(days=365)  # access audit: at least twelve months


def prune(before: datetime) -> int:
    """Delete the entries of the tenant in scope from before `before`; returns how many. Commits.

    The chain must be verified first (the command does). Raises Invalid when `before` is less than a year ago.
    """
    if before > now() - LEAST:
        raise Invalid("Nhật ký phải giữ ít nhất 12 tháng. Xin chọn một ngày xa hơn.")
    kept_from = db.session.scalar(db.select(db.func.min(AuditEntry.number)).where(AuditEntry.at >= before))
    reach = AuditEntry.at < before if kept_from is None else AuditEntry.number < kept_from
    last = db.session.scalar(db.select(AuditEntry).where(reach).order_by(AuditEntry.number.desc()).limit(1))
    if last is None:
        return 0
    chain_id = scope.required()
    db.session.add(
        AuditCutoff(
            number=last.number,
            hash=last.hash,
            before=before,
            made_at=now(),
            seal=seals.seal(chain_id, "cutoff", told(before, last.number, last.hash)),
        )
    )
    db.session.flush()
    gone = db.session.execute(db.delete(AuditEntry).where(AuditEntry.number <= last.number)).rowcount
    recording.record("audit.prune", f"number {last.number}", {"before": before.isoformat(), "entries": gone})
    db.session.commit()
    return gone


def told(before: datetime, number: int, hash_: str) -> str:
    return f"{chain.moment(before)}:{seals.place(number, hash_)}"
