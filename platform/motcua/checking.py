"""What a province still needs before citizens may be served, computed from facts."""

from dataclasses import dataclass

from motcua.accounts.models import ApiKey, Staff
from motcua.catalogue.models import Agency, TenantProcedure
from motcua.conversation.models import WebhookEvent
from motcua.core.database import Base, db, tenant_scope
from motcua.core.errors import NotFound
from motcua.messaging.models import Message, MessageText
from motcua.tenancy.models import OfficialAccount, Tenant, ZaloApp


@dataclass(frozen=True)
class Item:
    name: str
    done: bool
    found: str


def go_live_checklist(slug: str) -> list[Item]:
    """Every item with what was found. Raises NotFound for an unknown tenant."""
    if db.session.get(Tenant, slug) is None:
        raise NotFound(f"Chưa có tỉnh {slug}. Xin chạy `motcua tenant apply tenants/{slug}` trước.")
    with tenant_scope(slug):
        accounts = db.session.scalars(db.select(OfficialAccount).order_by(OfficialAccount.id)).all()
        known_apps = set(db.session.scalars(db.select(ZaloApp.app_id)))
        seen = _count(Message, Message.state.in_(("delivered", "seen")))
        return [
            _at_least_one("Cơ quan", _count(Agency)),
            _at_least_one("Thủ tục đang bật", _count(TenantProcedure, TenantProcedure.is_enabled)),
            _at_least_one("Mẫu tin nhắn", _count(MessageText)),
            Item(
                "Khóa ứng dụng Zalo",
                bool(accounts) and {one.app_id for one in accounts} <= known_apps,
                ", ".join(sorted({one.app_id for one in accounts})) or "chưa khai OA",
            ),
            Item(
                "OA đã kết nối",
                any(one.state == "connected" for one in accounts),
                ", ".join(f"{one.name} ({one.state})" for one in accounts) or "chưa khai OA",
            ),
            _at_least_one("Webhook đã nhận", _count(WebhookEvent)),
            _at_least_one("Khóa API còn hiệu lực", _count(ApiKey, ApiKey.revoked_at.is_(None))),
            Item(
                "Quản trị viên",
                (n := _count(Staff, Staff.role == "province_admin", Staff.is_enabled)) >= 2,
                f"{n}, cần 2",
            ),
            _at_least_one("Tin thử đã đến máy", seen),
        ]


def _at_least_one(name: str, count: int) -> Item:
    return Item(name, count > 0, str(count))


def _count(model: type[Base], *conditions) -> int:
    return db.session.scalar(db.select(db.func.count()).select_from(model).where(*conditions))
