"""`/vendor/notices/`: what provinces' admins are told in their console."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for

from motcua.accounts import gate
from motcua.accounts.permissions import requires
from motcua.core.database import db
from motcua.core.days import read_day
from motcua.core.errors import Invalid, MotcuaError
from motcua.provinces import notices
from motcua.tenancy.models import Tenant

from . import navigation

bp = navigation.blueprint("vendor_notices", __name__, "/notices")


@bp.get("/")
@requires("vendor.announce")
def listed():
    return render_template(
        "vendor/notices.html",
        notices=notices.all_notices(),
        importances=notices.IMPORTANCE_NAMES,
        tenants=db.session.scalars(db.select(Tenant.id).order_by(Tenant.id)).all(),
        given=request.args,
    )


@bp.post("/")
@requires("vendor.announce")
def publish():
    given = request.form
    try:
        made = notices.publish(
            given.get("title", ""), given.get("body", ""), given.get("importance", ""),
            gate.vendor_person().full_name, given.getlist("tenants") or None, _day(given.get("ends_on", "")),
        )  # fmt: skip
        notices.mail_soon(made)
        db.session.commit()
        flash("Đã đăng. Quản trị viên thấy thông báo ở đầu mọi trang cho tới khi họ cất đi.", "success")
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
    return redirect(url_for("vendor_notices.listed"), 303)


@bp.post("/<int:number>/withdraw")
@requires("vendor.announce")
def withdraw(number: int):
    notices.withdraw(number)
    db.session.commit()
    flash("Đã rút. Không ai còn thấy thông báo này.", "success")
    return redirect(url_for("vendor_notices.listed"), 303)


def _day(words: str) -> date | None:
    try:
        return read_day(words) if words else None
    except ValueError:
        raise Invalid("Ngày chưa đúng. Xin ghi ngày/tháng/năm, như 31/12/2026.") from None
