"""Stopping and going on: a whole province's messages, one Official Account's, or its broadcasts, with who and why.

What is on the wire is not called back; everything else stays where it is, within a second in every worker.
"""

from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import after_commit, db
from motcua.core.errors import Conflict, Invalid, NotFound
from motcua.core.queue import LANES
from motcua.tenancy.models import OfficialAccount

from .dispatch.deciding import PAUSED
from .leaving import LetGo, let_go
from .models import DeliveryPause, Message
from .pace import turns
from .pace.standing import lane_key

EVERYTHING, BROADCASTS = "", lane_key("broadcast")  # in place of an OA's id
LONGEST_REASON = 500


def pause(reason: str, who: str, oa_id: str = EVERYTHING) -> DeliveryPause:
    """Hold what the tenant in scope owes, or what one OA of it sends; `who` is shown to others. No commit.

    Raises Invalid without a reason, NotFound for an OA that is not this tenant's, Conflict where it is held.
    """
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise Invalid("Xin ghi lý do tạm dừng, từ 1 đến 500 ký tự.")
    is_oa = oa_id not in (EVERYTHING, BROADCASTS)
    if is_oa and not db.session.scalar(db.select(OfficialAccount.id).where(OfficialAccount.oa_id == oa_id)):
        raise NotFound
    if _open(oa_id) is not None:
        raise Conflict("Việc gửi tin đang tạm dừng rồi. Xin tải lại trang để xem ai đã dừng và vì sao.")
    made = DeliveryPause(oa_id=oa_id, reason=reason, started_by=who)
    db.session.add(made)
    db.session.flush()
    return made


def resume(who: str, oa_id: str = EVERYTHING) -> LetGo:
    """Go on; what waits and may leave does so after the commit. Raises Conflict where nothing is held."""
    found = _open(oa_id)
    if found is None:
        raise Conflict("Việc gửi tin không còn tạm dừng. Xin tải lại trang.")
    found.ended_by, found.ended_at = who, now()
    # Other OAs' messages come due too, are looked at and, where still paused, put off again.
    waited = let_go(Message.state == "queued", Message.failure == PAUSED, failure=None)
    tenant_id = scope.required()
    after_commit(lambda: [turns.wake(lane, (tenant_id,), force=True) for lane in LANES])
    return waited


def open_pauses() -> list[DeliveryPause]:
    """Of the tenant in scope, the oldest first."""
    return list(
        db.session.scalars(
            db.select(DeliveryPause).where(DeliveryPause.ended_at.is_(None)).order_by(DeliveryPause.id)
        )
    )


def _open(oa_id: str) -> DeliveryPause | None:
    return db.session.scalar(
        db.select(DeliveryPause)
        .where(DeliveryPause.oa_id == oa_id, DeliveryPause.ended_at.is_(None))
        .with_for_update()
    )
