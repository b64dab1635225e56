"""The Official Accounts of a province without a folder, and the apps at Zalo that all provinces share."""

import re

from marshmallow import ValidationError

from motcua.core.database import db, tenant_scope
from motcua.core.errors import Conflict, Invalid
from motcua.tenancy.folder_schema import OfficialAccountSection
from motcua.tenancy.models import FOLDER, OfficialAccount, Tenant, ZaloApp
from motcua.tenancy.routes import find_tenant

from . import keeping
from .founding import OA_FORM, sentences
from .models import TenantDecision

FIELDS = ("key", "oa_id", "app_id", "name")
MOST_CALLS_PER_MINUTE = 1_000_000


def add(slug: str, by: str, given: dict) -> OfficialAccount:
    """Give the province an OA, or correct one that was never connected; commits. `given` by FIELDS.

    Raises Invalid; Conflict where another province holds it, where it is connected, or where the folder decides.
    """
    tenant = _without_folder(slug)
    try:
        account = OfficialAccountSection().load(given | {"key": given.get("key") or "main"})
    except ValidationError as error:
        raise Invalid(" ".join(sentences(error.normalized_messages()))) from error
    if db.session.get(ZaloApp, account.app_id) is None:
        raise Invalid(f"Chưa có khóa của ứng dụng {account.app_id}. Xin khai ở mục Ứng dụng Zalo trước.")
    with tenant_scope(slug):
        held = db.session.scalar(db.select(OfficialAccount).where(OfficialAccount.key == account.key))
        if held is not None and held.state != "not_connected" and held.oa_id != account.oa_id:
            raise Conflict(f"OA “{account.key}” đã kết nối với {held.name}. Xin đặt tên gọi khác cho OA mới.")
        before = {"oa_id": held.oa_id, "app_id": held.app_id} if held else {}
        keeping.claim("oa", account.oa_id, slug, "Xin kiểm tra lại mã OA.")
        if held is not None and held.oa_id != account.oa_id:
            keeping.let_go("oa", held.oa_id, slug)
        made = keeping.keep_account(account)
        after = {"key": account.key, "oa_id": account.oa_id, "app_id": account.app_id}
        db.session.add(
            TenantDecision(tenant_id=tenant.id, kind="account", before=before, after=after, made_by=by)
        )
        db.session.commit()
    return made


def keep_app(
    app_id: str, app_secret: str, webhook_secret: str, calls_per_minute: int | None = None
) -> ZaloApp:
    """An app's keys, encrypted; empty ones stay as they are; commits. Raises Invalid for a new one without keys."""
    if not re.fullmatch(OA_FORM, app_id):
        raise Invalid("Mã ứng dụng gồm 15–20 chữ số. Xin chép từ trang ứng dụng ở Zalo.")
    if calls_per_minute is not None and not 1 <= calls_per_minute <= MOST_CALLS_PER_MINUTE:
        raise Invalid(f"Số lời gọi mỗi phút là số từ 1 đến {MOST_CALLS_PER_MINUTE}. Xin ghi lại.")
    app = db.session.get(ZaloApp, app_id)
    if app is None and not (app_secret and webhook_secret):
        raise Invalid("Ứng dụng mới cần cả khóa bí mật và OA Secret Key. Xin chép từ trang ứng dụng ở Zalo.")
    app = app or ZaloApp(app_id=app_id)
    if app_secret:
        app.app_secret = app_secret
    if webhook_secret:
        app.webhook_secret = webhook_secret
    if calls_per_minute:
        app.calls_per_minute = calls_per_minute
    db.session.add(app)
    db.session.commit()
    return app


def _without_folder(slug: str) -> Tenant:
    tenant = find_tenant(slug)
    if tenant is None:
        raise Invalid(f"Chưa có tỉnh {slug}. Xin tải lại trang.")
    if tenant.origin == FOLDER:
        raise Conflict(f"OA của {slug} khai trong tenant.toml của tỉnh. Xin sửa tệp đó rồi nạp lại.")
    return tenant
