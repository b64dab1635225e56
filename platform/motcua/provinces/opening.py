"""Trial, live, suspended: who moved a province from one to the other, and why."""

from motcua.core import scope
from motcua.core.database import after_commit, db, tenant_scope
from motcua.core.errors import Conflict, Invalid, NotFound
from motcua.core.queue import LANES
from motcua.messaging import outbox
from motcua.messaging.pace import turns
from motcua.tenancy.models import Tenant

from . import plan_months, readiness
from .models import TenantDecision

TRIAL, LIVE, SUSPENDED = "trial", "live", "suspended"
NAMES = {TRIAL: "Dùng thử", LIVE: "Đang phục vụ", SUSPENDED: "Tạm ngừng"}
SHORTEST_REASON, LONGEST_REASON = 10, 500
MOST_MESSAGES = 1_000_000_000


class NotReady(Conflict):
    code = "province_not_ready"


def go_live(slug: str, by: str, reason: str = "", *, may_hurry: bool = False) -> None:
    """Serve everybody; commits. Raises NotReady while the checklist is not complete, unless `may_hurry` and a reason.

    Raises Conflict for a province that is not on trial.
    """
    missing = readiness.checklist_of(slug).missing
    if missing and not (may_hurry and reason.strip()):
        names = ", ".join(one.name for one in missing)
        raise NotReady(
            f"Chưa thể mở chính thức, còn thiếu: {names}. Xin hoàn tất các mục đó, hoặc ghi lý do mở sớm."
            if may_hurry
            else f"Chưa thể mở chính thức, còn thiếu: {names}. Xin hoàn tất các mục đó."
        )
    if missing:
        reason = _checked(reason)
    _move(slug, (TRIAL,), LIVE, by, reason, {"missing": [one.key for one in missing]})


def suspend(slug: str, by: str, reason: str) -> None:
    """Nothing leaves, pages say so, webhooks are kept; commits. Raises Invalid without a reason, Conflict if it is."""
    _move(slug, (TRIAL, LIVE), SUSPENDED, by, _checked(reason), {})


def resume(slug: str, by: str, reason: str = "") -> str:
    """As before it was suspended; commits. Returns what it is again. Raises Conflict if it is not suspended."""
    last = db.session.scalar(
        db.select(TenantDecision)
        .where(
            TenantDecision.tenant_id == slug,
            TenantDecision.kind == "status",
            TenantDecision.after["status"].astext == SUSPENDED,
        )
        .order_by(TenantDecision.id.desc())
        .limit(1)
    )
    before = last.before.get("status", TRIAL) if last else TRIAL
    _move(slug, (SUSPENDED,), before, by, reason, {})
    return before


def change_plan(slug: str, by: str, reason: str, weight: int, messages_per_month: int | None) -> None:
    """Its share of a lane, and how many messages a month it may send (None: as many as it owes); commits.

    Raises Invalid for a weight outside 1 to 10, or a number below 0.
    """
    if not 1 <= weight <= 10:
        raise Invalid("Phần gửi của tỉnh là số từ 1 đến 10. Xin ghi lại.")
    if messages_per_month is not None and not 0 <= messages_per_month <= MOST_MESSAGES:
        raise Invalid("Số tin mỗi tháng là số từ 0 trở lên. Xin ghi lại, hoặc bỏ trống để không giới hạn.")
    plan = {"weight": weight, "messages_per_month": messages_per_month}
    plan_months.begin(slug, _found(slug).settings.get("plan"), plan)
    tenant = _locked(slug)
    before = tenant.settings.get("plan") or {}
    if before == plan:
        raise Conflict("Gói không thay đổi. Xin tải lại trang.")
    tenant.settings = tenant.settings | {"plan": plan}
    tenant.decided = tenant.decided | {"plan": plan}
    _write(slug, "plan", before, plan, by, reason)
    db.session.commit()
    with tenant_scope(slug):
        outbox.plan_changed()
        after_commit(lambda: _wake(slug))
        db.session.commit()


def decisions(slug: str, limit: int = 50) -> list[TenantDecision]:
    """The newest first."""
    return list(
        db.session.scalars(
            db.select(TenantDecision)
            .where(TenantDecision.tenant_id == slug)
            .order_by(TenantDecision.id.desc())
            .limit(limit)
        )
    )


def _move(slug: str, from_one_of: tuple[str, ...], to: str, by: str, reason: str, more: dict) -> None:
    tenant = _locked(slug)
    if tenant.status not in from_one_of:
        now_is = NAMES[tenant.status]
        db.session.rollback()
        raise Conflict(f"Tỉnh {slug} hiện là “{now_is}” nên không làm được việc này. Xin tải lại trang.")
    before = tenant.status
    tenant.status = to
    tenant.decided = tenant.decided | {"status": to}
    _write(slug, "status", {"status": before}, {"status": to} | more, by, reason)
    after_commit(lambda: _wake(slug))
    db.session.commit()


def _locked(slug: str) -> Tenant:
    return _found(slug, with_for_update=True)


def _found(slug: str, **how) -> Tenant:
    if scope.current() is not None:
        raise RuntimeError("The vendor decides outside every province's scope.")
    db.session.rollback()
    tenant = db.session.get(Tenant, slug, populate_existing=True, **how)
    if tenant is None:
        raise NotFound(f"Chưa có tỉnh {slug}. Xin chạy `motcua tenant list` để xem tên các tỉnh.")
    return tenant


def _write(slug: str, kind: str, before: dict, after: dict, by: str, reason: str) -> None:
    db.session.add(
        TenantDecision(
            tenant_id=slug,
            kind=kind,
            before=before,
            after=after,
            made_by=by,
            reason=reason.strip()[:LONGEST_REASON],
        )
    )


def _wake(slug: str) -> None:
    for lane in LANES:
        turns.wake(lane, (slug,), force=True)


def _checked(reason: str) -> str:
    reason = reason.strip()
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise Invalid(f"Xin ghi lý do, từ {SHORTEST_REASON} đến {LONGEST_REASON} ký tự.")
    return reason
