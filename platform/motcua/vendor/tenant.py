"""`/vendor/tenants/<slug>`: one province: its checklist, its way to live and back, its plan, its people, its OAs."""

from flask import current_app, flash, redirect, render_template, request, url_for

from motcua.accounts import gate, invitations, realms
from motcua.accounts.models import Staff
from motcua.accounts.permissions import requires
from motcua.core.database import db, tenant_scope
from motcua.core.errors import MotcuaError, NotFound
from motcua.provinces import channels, confirming, opening, overview
from motcua.tenancy import features, routes
from motcua.tenancy.models import OfficialAccount, ZaloApp

from . import navigation
from .tenants import LANES, invited

bp = navigation.blueprint("vendor_tenant", __name__, "/tenants/<slug>")

KINDS = {
    "founded": "Thêm tỉnh",
    "status": "Trạng thái",
    "plan": "Gói",
    "account": "OA",
    "settings": "Thông tin của tỉnh",
}


@bp.get("/")
@requires("vendor.tenants")
def show(slug: str):
    one = overview.glance_at(slug)
    if one is None:
        raise NotFound
    with tenant_scope(slug):
        admins = db.session.scalars(
            db.select(Staff).where(Staff.role == "province_admin", Staff.is_enabled).order_by(Staff.id)
        ).all()
        accounts = db.session.scalars(db.select(OfficialAccount).order_by(OfficialAccount.id)).all()
    return render_template(
        "vendor/tenant.html",
        one=one,
        admins=admins,
        accounts=accounts,
        apps=db.session.scalars(db.select(ZaloApp.app_id).order_by(ZaloApp.app_id)).all(),
        decisions=opening.decisions(slug),
        features=features.standings(slug),
        kinds=KINDS,
        lanes=LANES,
        states=overview.STATES,
        may_hurry=gate.may("vendor.operate"),
        province_url=_address(one.host, "/"),
        page_url=lambda endpoint: _page_of(one.host, endpoint),
    )


def _page_of(host: str, endpoint: str) -> str | None:
    """The province's own page; whoever opens it signs in there."""
    return _address(host, url_for(endpoint)) if endpoint in current_app.view_functions else None


def _address(host: str, path: str) -> str:
    return current_app.config["SETTINGS"].public_url(host, path)


@bp.post("/go-live")
@requires("vendor.operate")
def go_live(slug: str):
    def act(by: str) -> str:
        opening.go_live(slug, by, request.form.get("reason", ""), may_hurry=True)
        return "Tỉnh đã mở chính thức: từ nay mọi người dân đều nhận tin."

    return _acted(slug, act)


@bp.post("/suspend")
@requires("vendor.operate")
def suspend(slug: str):
    def act(by: str) -> str:
        if request.form.get("slug", "").strip() != slug:
            raise opening.NotReady(f"Xin gõ đúng tên định danh “{slug}” để xác nhận tạm ngừng.")
        opening.suspend(slug, by, request.form.get("reason", ""))
        return "Đã tạm ngừng: không tin nào đi, trang của tỉnh báo tạm ngừng, webhook vẫn được giữ."

    return _acted(slug, act)


@bp.post("/resume")
@requires("vendor.operate")
def resume(slug: str):
    return _acted(
        slug,
        lambda by: (
            f"Tỉnh chạy lại: {opening.NAMES[opening.resume(slug, by, request.form.get('reason', ''))].lower()}."
        ),
    )


@bp.post("/plan")
@requires("vendor.operate")
def plan(slug: str):
    def act(by: str) -> str:
        most = request.form.get("messages_per_month", "").replace(".", "").strip()
        opening.change_plan(
            slug, by, request.form.get("reason", ""), whole_number(request.form.get("weight", "")),
            whole_number(most) if most else None,
        )  # fmt: skip
        return "Đã đổi gói; tin kế tiếp theo mức mới."

    return _acted(slug, act)


@bp.post("/backups")
@requires("vendor.operate")
def note_backup(slug: str):
    if routes.find_tenant(slug) is None:
        raise NotFound

    def act(by: str) -> str:
        confirming.note_backup(request.form.get("place", ""), by, tenant_id=slug)
        return "Đã ghi: bản sao lưu có lúc này."

    return _acted(slug, act)


@bp.post("/accounts")
@requires("vendor.onboard")
def add_account(slug: str):
    def act(by: str) -> str:
        account = channels.add(
            slug, by, {name: request.form.get(name, "").strip() for name in channels.FIELDS}
        )
        return f"Đã khai {account.name}. Quản trị viên của tỉnh bấm “Kết nối” ở mục Official Account."

    return _acted(slug, act)


@bp.post("/invitations")
@requires("vendor.onboard")
def invite(slug: str):
    """Another admin, or one whose link ran out: then the earlier link opens nothing."""
    if routes.find_tenant(slug) is None:
        raise NotFound
    email, name = (request.form.get(one, "").strip() for one in ("email", "full_name"))
    by = gate.vendor_person().full_name
    try:
        with tenant_scope(slug):
            known = invitations.find(realms.STAFF, email.lower())
            if known is not None:
                link = invitations.send(known, by=by)
            else:
                link = invitations.invite(email, name, "province_admin", by=by)
            db.session.commit()
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
        return redirect(url_for("vendor_tenant.show", slug=slug), 303)
    return invited(slug, known.full_name if known else name, link)


def _acted(slug: str, act):
    try:
        flash(act(gate.vendor_person().full_name), "success")
    except MotcuaError as error:
        if isinstance(error, NotFound):
            raise
        db.session.rollback()
        flash(error.message, "error")
    return redirect(url_for("vendor_tenant.show", slug=slug), 303)


def whole_number(words: str) -> int:
    """What somebody typed; -1, which every rule refuses, where it is no number."""
    return int(words) if words.isascii() and words.isdecimal() and len(words) < 12 else -1
