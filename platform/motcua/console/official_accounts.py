"""`/console/official-accounts`: connecting the province's OA, and the one address Zalo returns to."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user

from motcua.accounts.permissions import requires
from motcua.core.database import db
from motcua.core.errors import MotcuaError
from motcua.messaging import line
from motcua.tenancy import consent, routes
from motcua.tenancy.models import OfficialAccount

bp = Blueprint("official_accounts", __name__, url_prefix="/console/official-accounts")
return_bp = Blueprint("zalo_consent", __name__)

STATES = {
    "not_connected": "Chưa kết nối. Bấm “Kết nối” rồi chọn đúng OA trên trang của Zalo.",
    "connected": "Đang hoạt động.",
    "needs_consent": "Zalo đã thu hồi quyền. Bấm “Kết nối” để cấp quyền lại; tin đang chờ sẽ được gửi tiếp.",
}


@bp.get("/")
@requires("oa.manage")
def show():
    accounts = db.session.scalars(db.select(OfficialAccount).order_by(OfficialAccount.id)).all()
    return render_template(
        "console/official_accounts.html",
        accounts=accounts,
        states=STATES,
        staff=current_user,
        return_address=return_address(),
    )


@bp.get("/<key>/connect")
@requires("oa.manage")
def connect(key: str):
    # A link, not a form: browsers hold a form's redirects to form-action, and Zalo is elsewhere.
    settings = current_app.config["SETTINGS"]
    return redirect(consent.begin(settings.secret_key, key, current_user.id, return_address(), line.hosts()))


@bp.get("/finish")
@requires("oa.manage")
def finish():
    settings = current_app.config["SETTINGS"]
    state, code, oa_id = (request.args.get(name, "") for name in ("state", "code", "oa_id"))
    try:
        account = consent.finish(settings.secret_key, state, code, oa_id, current_user.id, line.hosts())
        flash(f"Đã kết nối {account.name}.", "success")
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
    return redirect(url_for("official_accounts.show"))


@return_bp.get("/zalo/consent")
def back_from_zalo():
    """On the vendor's host: send the browser on to the province that asked, where its session is."""
    settings = current_app.config["SETTINGS"]
    tenant = routes.find_tenant(consent.tenant_of(settings.secret_key, request.args.get("state", "")))
    if tenant is None:
        raise consent.ConsentRefused
    answer = {name: request.args.get(name, "") for name in ("state", "code", "oa_id")}
    path = url_for("official_accounts.finish", **answer)
    # A page, not a redirect: where Zalo's consent form limits its targets, a second host would be blocked.
    return render_template(
        "console/back_from_zalo.html", target=settings.public_url(tenant.settings["hosts"][0], path)
    )


def return_address() -> str:
    """What must be registered at Zalo as the app's callback."""
    settings = current_app.config["SETTINGS"]
    return settings.public_url(settings.vendor_host, url_for("zalo_consent.back_from_zalo"))
