"""`/console/official-accounts`: connecting the province's OA, and the one address Zalo returns to."""

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask_login import current_user

from motcua import audit
from motcua.accounts.permissions import requires
from motcua.alerts import watching
from motcua.conversation import hearing
from motcua.core import throttle
from motcua.core.database import db
from motcua.core.errors import MotcuaError, NotFound
from motcua.messaging import line, outbox, template_sync, testers
from motcua.tenancy import consent, domains, routes
from motcua.tenancy.models import OfficialAccount

bp = Blueprint("official_accounts", __name__, url_prefix="/console/official-accounts")
return_bp = Blueprint("zalo_consent", __name__)

TEST = "Kết nối hoạt động: tin này đi từ trang quản trị, qua hệ thống và Zalo, đến điện thoại của anh/chị."
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
        heard={one.oa_id: hearing.heard_of(one.oa_id) for one in accounts},
        is_linked=testers.citizen_of(current_user.id) is not None,
        kinds=watching.KINDS,
        circuits={one.key: watching.circuits_of(one) for one in accounts},
        proofs={host: domains.proof_of(host) for host in g.tenant.settings["hosts"]},
        states=STATES,
        staff=current_user,
        return_address=return_address(),
        webhook_address=webhook_address(),
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
        _go_on_with(account)
        flash(f"Đã kết nối {account.name}.", "success")
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
    return redirect(url_for("official_accounts.show"))


@bp.post("/<key>/tokens")
@requires("oa.manage")
def paste_tokens(key: str):
    """A pair from Zalo's API Explorer, for an app that cannot use the consent page yet."""
    pair = [request.form.get(name, "").strip() for name in ("access_token", "refresh_token")]
    try:
        account = consent.paste(key, *pair, line.hosts())
        _go_on_with(account)
        flash(f"Đã kết nối {account.name}.", "success")
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
    return redirect(url_for("official_accounts.show"), 303)


@bp.post("/<key>/webhook-secret")
@requires("oa.manage")
def keep_webhook_secret(key: str):
    account = _account(key)
    secret = request.form.get("webhook_secret", "").strip()
    account.webhook_secret = secret or None
    db.session.commit()
    own = f"Đã lưu OA Secret Key riêng của {account.name}."
    flash(own if secret else f"{account.name} dùng OA Secret Key chung của ứng dụng.", "success")
    return redirect(url_for("official_accounts.show"), 303)


@bp.post("/<key>/retry")
@requires("oa.manage")
def retry(key: str):
    """The admin mended what Zalo complained of: do not wait for the pause to end."""
    _go_on_with(_account(key))
    flash("Hệ thống đang gửi lại. Nếu Zalo vẫn từ chối, cảnh báo sẽ hiện lại trong ít phút.", "success")
    return redirect(url_for("official_accounts.show"), 303)


@bp.post("/test")
@requires("oa.manage")
def test():
    """A message to one's own Zalo, the whole way round; or first the code that links it."""
    if testers.citizen_of(current_user.id) is None:
        code = testers.offer_code(current_user.id)
        flash(f"Xin mở Zalo, nhắn cho OA của tỉnh: NỐI MÃ {code}. Mã dùng một lần, trong 10 phút.", "success")
        return redirect(url_for("official_accounts.show"), 303)
    try:
        testers.send(current_user.id, TEST, "vi", ["Menu chính"])
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
    else:
        audit.record("official_account.test", "")
        db.session.commit()
        flash(
            "Đã gửi. Tin đến Zalo của anh/chị trong vài giây; nếu không, xin xem các cảnh báo ở đây.",
            "success",
        )
    return redirect(url_for("official_accounts.show"), 303)


@bp.post("/domains/<host>")
@requires("oa.manage")
def prove_domain(host: str):
    if host not in g.tenant.settings["hosts"]:
        raise NotFound
    try:
        domains.keep(host, request.form.get("token", ""), request.form.get("sentence", ""))
        flash(f"Đã đặt mã xác minh cho {host}. Xin quay lại trang của Zalo và bấm “Xác thực”.", "success")
    except MotcuaError as error:
        flash(error.message, "error")
    return redirect(url_for("official_accounts.show"), 303)


def _go_on_with(account: OfficialAccount) -> None:
    """The cause is mended: what waited leaves now, and the alert is closed."""
    for kind in watching.KINDS:
        throttle.close_circuit(watching.circuit_of(account, kind))
    outbox.hurry()
    template_sync.wake()
    watching.look()


def _account(key: str) -> OfficialAccount:
    account = db.session.scalar(db.select(OfficialAccount).where(OfficialAccount.key == key))
    if account is None:
        raise NotFound
    return account


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


def webhook_address() -> str:
    """What must be registered at Zalo as the app's webhook; one for all provinces of the app."""
    settings = current_app.config["SETTINGS"]
    return settings.public_url(settings.vendor_host, "/webhooks/zalo")
