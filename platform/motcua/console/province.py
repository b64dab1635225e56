"""`/console/province/`: the province's names, hours, colours and contact, where no folder says them."""

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask_login import current_user

from motcua.accounts.permissions import requires
from motcua.core.database import db
from motcua.core.errors import Invalid, MotcuaError
from motcua.provinces import presenting

from .agencies import HOURS_CHANGED

bp = Blueprint("province", __name__, url_prefix="/console/province")

LABELS = {
    "name": "Tên đầy đủ",
    "short_name": "Tên ngắn",
    "weekdays": "Ngày làm việc",
    "spans": "Giờ làm việc",
    "same_day_cutoff": "Giờ chốt nhận trong ngày",
    "primary_color": "Màu chính",
    "accent_color": "Màu nhấn",
    "monogram": "Hai chữ cái thay biểu trưng",
    "hotline": "Đường dây nóng",
    "portal_url": "Cổng dịch vụ công",
    "address": "Địa chỉ",
}
WEEKDAYS = {
    1: "Thứ Hai",
    2: "Thứ Ba",
    3: "Thứ Tư",
    4: "Thứ Năm",
    5: "Thứ Sáu",
    6: "Thứ Bảy",
    7: "Chủ Nhật",
}


@bp.get("/")
@requires("province.edit")
def show():
    return _page(presenting.present(), {})


@bp.post("/")
@requires("province.edit")
def save():
    given = {name: request.form.get(name, "").strip()[:500] for name in presenting.FIELDS}
    given["weekdays"] = [int(one) for one in request.form.getlist("weekdays") if one in "1234567" and one]
    try:
        changed = presenting.change(given, current_user.full_name)
        db.session.commit()
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
        return _page(given, error.details if isinstance(error, Invalid) else {}), error.status
    if set(changed) & {*presenting.HOURS}:
        flash(HOURS_CHANGED, "success")
    else:
        flash("Đã lưu. Người dân thấy ngay." if changed else "Không có gì thay đổi.", "success")
    return redirect(url_for("province.show"), 303)


def _page(given: dict, faults: dict):
    settings = current_app.config["SETTINGS"]
    return render_template(
        "console/province.html",
        given=given,
        faults=faults,
        is_editable=presenting.is_editable(),
        labels=LABELS,
        weekdays=WEEKDAYS,
        history=presenting.history(),
        public_address=settings.public_url(g.tenant.settings["hosts"][0], "/"),
    )
