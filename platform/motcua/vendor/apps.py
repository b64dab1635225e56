"""`/vendor/apps/`: the apps at Zalo that provinces' OAs grant, with their keys."""

from flask import flash, redirect, render_template, request, url_for

from motcua.accounts.permissions import requires
from motcua.console.official_accounts import return_address, webhook_address
from motcua.core.database import db
from motcua.core.errors import MotcuaError
from motcua.provinces import channels
from motcua.tenancy.models import ZaloApp

from . import navigation
from .tenant import whole_number

bp = navigation.blueprint("vendor_apps", __name__, "/apps")


@bp.get("/")
@requires("vendor.onboard")
def listed():
    return render_template(
        "vendor/apps.html",
        apps=db.session.scalars(db.select(ZaloApp).order_by(ZaloApp.app_id)).all(),
        return_address=return_address(),
        webhook_address=webhook_address(),
    )


@bp.post("/")
@requires("vendor.onboard")
def keep():
    given = {name: value.strip() for name, value in request.form.items()}
    per_minute = given.get("calls_per_minute", "").replace(".", "")
    try:
        app = channels.keep_app(
            given.get("app_id", ""), given.get("app_secret", ""), given.get("webhook_secret", ""),
            whole_number(per_minute) if per_minute else None,
        )  # fmt: skip
        flash(f"Đã lưu khóa của ứng dụng {app.app_id}, mã hóa trong cơ sở dữ liệu.", "success")
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
    return redirect(url_for("vendor_apps.listed"), 303)
