"""`/console/agencies`: the province's agencies, what citizens see of each, and what was changed when."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from motcua.accounts.permissions import requires
from motcua.catalogue import agencies
from motcua.catalogue.models import Agency
from motcua.core.database import db
from motcua.core.days import read_day
from motcua.core.errors import Invalid, MotcuaError, NotFound
from motcua.dossiers import promising
from motcua.tenancy import current
from motcua.tenancy.hours_text import EXAMPLE, hours_line

bp = Blueprint("agencies", __name__, url_prefix="/console/agencies")

KINDS = {
    "department": "Sở, ngành",
    "centre": "Trung tâm",
    "commune": "UBND xã, phường",
    "province_committee": "UBND tỉnh",
    "police": "Công an",
    "other": "Khác",
}
LEVELS = {"province": "Cấp tỉnh", "commune": "Cấp xã"}
FIELDS = {
    "name": "Tên",
    "desk_name": "Nơi nhận hồ sơ",
    "address": "Địa chỉ",
    "phone": "Điện thoại",
    "departments": "Bộ phận",
    "office_hours": "Giờ làm việc",
    "valid_to": "Ngày cuối",
}

HOURS_CHANGED = (
    "Đã lưu. Người dân thấy ngay. "
    "Giờ làm việc đã đổi: xin mở Lịch làm việc để xem trước và tính lại ngày hẹn."
)


@bp.get("/")
@requires("agency.edit")
def listed():
    """`?q=` finds by name."""
    asked = " ".join(request.args.get("q", "").split())[:100]
    found = [one for one in agencies.all_agencies() if asked.lower() in one.name.lower()]
    return render_template(
        "console/agencies/listed.html",
        agencies=found,
        asked=asked,
        levels=LEVELS,
        kinds=KINDS,
        is_own=agencies.is_own,
        today=current.today(),
    )


@bp.get("/new")
@requires("agency.edit")
def new():
    return _form(None, {}, {})


@bp.post("/new")
@requires("agency.edit")
def add():
    given = _given()
    try:
        made = agencies.add(
            request.form.get("kind", ""), request.form.get("level", ""), given, current_user.full_name
        )
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
        return _form(None, given, error.details), 422
    db.session.commit()
    flash(f"Đã thêm {made.name}.", "success")
    return redirect(url_for("agencies.show", code=made.code), 303)


@bp.get("/<code>")
@requires("agency.edit")
def show(code: str):
    agency = agencies.find(code)
    return _form(agency, _of(agency), {})


@bp.post("/<code>")
@requires("agency.edit")
def save(code: str):
    given = _given()
    try:
        changed = agencies.change(code, given, current_user.full_name)
    except Invalid as error:
        db.session.rollback()
        flash(error.message, "error")
        return _form(agencies.find(code), given, error.details), 422
    db.session.commit()
    sentence = "Đã lưu. Người dân thấy ngay." if changed else "Không có gì thay đổi."
    if "office_hours" in changed:
        sentence = HOURS_CHANGED
    flash(sentence, "success")
    return redirect(url_for("agencies.show", code=code), 303)


@bp.post("/<code>/close")
@requires("agency.edit")
def close(code: str):
    def act() -> str:
        try:
            last_day = read_day(request.form.get("last_day", ""))
        except ValueError as error:
            raise Invalid("Chưa có ngày cuối. Xin ghi ngày/tháng/năm, như 31/12/2026.") from error
        reason = " ".join(request.form.get("reason", "").split())[:300]
        agencies.close(code, last_day, current_user.full_name, reason)
        return f"Đã đặt ngày cuối {last_day:%d/%m/%Y}. Sau ngày đó người dân không còn thấy cơ quan này."

    return _do(code, act)


@bp.post("/<code>/reopen")
@requires("agency.edit")
def reopen(code: str):
    def act() -> str:
        agencies.reopen(code, current_user.full_name)
        return "Cơ quan hoạt động trở lại."

    return _do(code, act)


def _do(code: str, act: Callable[[], str]):
    try:
        sentence = act()
    except NotFound:
        raise
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
    else:
        db.session.commit()
        flash(sentence, "success")
    return redirect(url_for("agencies.show", code=code), 303)


def _given() -> dict[str, str]:
    names = ("name", "desk_name", "address", "phone", "departments", "office_hours")
    return {name: request.form.get(name, "")[:8000] for name in names}


def _of(agency: Agency) -> dict[str, str]:
    given = {name: getattr(agency, name) or "" for name in _given()}
    return given | {"departments": "\n".join(agency.departments)}


def _form(agency: Agency | None, given: dict, faults: dict):
    shown_hours = hours_line(promising.offices().of(agency.code if agency else None).hours)
    return render_template(
        "console/agencies/agency.html",
        agency=agency,
        given=given,
        faults=faults,
        hours=shown_hours,
        example=EXAMPLE,
        kinds=KINDS,
        levels=LEVELS,
        fields=FIELDS,
        history=agencies.history(agency.code) if agency else [],
        is_own=agency is not None and agencies.is_own(agency),
        is_closed=agency is not None and agency.valid_to is not None,
        today=current.today(),
    )
