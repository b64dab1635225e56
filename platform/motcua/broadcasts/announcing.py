"""An announcement in one go, with both people named: for scripts and for the demonstration. Does not commit."""

from typing import Any

from motcua.accounts.models import Staff
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Forbidden, Misconfigured

from . import workflow
from .audience import Audience
from .models import Broadcast
from .workflow import By


def announce(values: dict[str, Any], chosen: Audience, writer: Staff, approver: Staff) -> Broadcast:
    """Written by one, approved by the other, on its way now; `values` as `content.read` gives them.

    Raises Forbidden when either lacks the permission, OwnBroadcast when they are the same person.
    """
    for person, permission in ((writer, "broadcast.write"), (approver, "broadcast.approve")):
        if permission not in person.permissions:
            raise Forbidden(
                f"{person.email} chưa có quyền {permission}. Xin chọn người khác hoặc đổi vai trò."
            )
    first, second = By.staff(writer), By.staff(approver)
    one = workflow.write(values, first, chosen)
    workflow.submit(one.id, first)
    workflow.approve(one.id, one.revision, second, sure=True)
    if not one.is_emergency:  # an emergency leaves with its approval
        workflow.schedule(one.id, now(), first)
    return one


def staff_of(email: str) -> Staff:
    """Raises Misconfigured for nobody's address."""
    found = db.session.scalar(db.select(Staff).where(Staff.email == email.lower(), Staff.is_enabled))
    if found is None:
        raise Misconfigured(f"Không có cán bộ nào dùng {email}. Xin thêm bằng `motcua staff add` trước.")
    return found
