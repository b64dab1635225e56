"""`/console/api-keys`: the keys of the province's one-stop system."""

from datetime import datetime, time, timedelta

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for

from motcua.accounts import api_keys
from motcua.accounts.permissions import API_KEY_MODES, requires
from motcua.core.clock import VIETNAM
from motcua.core.database import db
from motcua.core.days import read_day
from motcua.core.errors import Invalid, NotFound
from motcua.tenancy import current

bp = Blueprint("api_keys", __name__, url_prefix="/console/api-keys")

LONGEST_LABEL = 80
MODES = {
    "live": ("Thật", "Gửi, đọc hồ sơ; người dân nhận tin."),
    "test": ("Thử", "Mọi thứ được kiểm tra và trả lời như thật, không gì được lưu, không ai nhận tin."),
    "read_only": ("Chỉ đọc", "Đọc hồ sơ và in giấy tiếp nhận."),
}


@bp.get("/")
@requires("api_key.manage")
def listed():
    return _page({"label": "", "mode": "test", "expires": ""}, {})


@bp.post("/")
@requires("api_key.manage")
def create():
    given = {name: request.form.get(name, "").strip() for name in ("label", "mode", "expires")}
    try:
        expires_at = _checked(given)
    except Invalid as error:
        flash(error.message, "error")
        return _page(given, error.details), 422
    key = api_keys.issue(given["label"], given["mode"], expires_at)
    db.session.commit()
    # Shown on this very answer and nowhere else: not in the address, not in the session's cookie.
    return _page({"label": "", "mode": "test", "expires": ""}, {}, fresh=key)


@bp.get("/<key>/revoke")
@requires("api_key.manage")
def ask_revoke(key: str):
    return _asked(key)


@bp.post("/<key>/revoke")
@requires("api_key.manage")
def revoke(key: str):
    """Nothing takes it back, so the key's name is typed once more."""
    if request.form.get("name", "").strip() != key:
        return _asked(key, f"Chưa thu hồi. Xin gõ đúng mã khóa {key}."), 422
    if not api_keys.revoke(key):
        raise NotFound
    db.session.commit()
    flash(f"Đã thu hồi khóa {key}. Hệ thống dùng khóa này không gửi được nữa.", "success")
    return redirect(url_for("api_keys.listed"), 303)


def _asked(key: str, error: str = "") -> str:
    found = api_keys.in_force(key)
    if found is None:
        raise NotFound
    return render_template("console/api_key_revoke.html", key=found, error=error)


def _checked(given: dict[str, str]) -> datetime | None:
    """When the key ends. Raises Invalid with the fields that are wrong."""
    faults = {}
    if not 1 <= len(given["label"]) <= LONGEST_LABEL:
        faults["label"] = f"Xin ghi ai dùng khóa này, từ 1 đến {LONGEST_LABEL} ký tự."
    if given["mode"] not in API_KEY_MODES:
        faults["mode"] = "Xin chọn một loại khóa trong danh sách."
    expires_at = None
    if given["expires"]:
        try:
            last = read_day(given["expires"])
        except ValueError:
            faults["expires"] = "Ngày chưa đúng. Xin ghi ngày/tháng/năm, như 31/12/2026."
        else:
            expires_at = datetime.combine(last + timedelta(days=1), time.min, VIETNAM)
            if last < current.today():
                faults["expires"] = "Ngày cuối đã qua. Xin chọn từ hôm nay trở đi, hoặc để trống."
    if faults:
        raise Invalid(details=faults)
    return expires_at


def _page(given: dict, faults: dict, fresh: str = ""):
    settings = current_app.config["SETTINGS"]
    host = g.tenant.settings["hosts"][0]
    return render_template(
        "console/api_keys.html",
        keys=api_keys.all_keys()[::-1],
        modes=MODES,
        given=given,
        faults=faults,
        fresh=fresh,
        address=settings.public_url(host, "/api/v1/dossiers"),
        description=url_for("api-docs.openapi_json"),
    )
