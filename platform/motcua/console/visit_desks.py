"""`/console/visits/desks`: which desks take bookings, how many people, when; and the days they are closed."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from motcua.accounts.permissions import requires
from motcua.appointments import day_list, desk_form, desks, reminding, telling
from motcua.appointments.models import Desk
from motcua.core.database import db
from motcua.core.days import read_day
from motcua.core.errors import Invalid
from motcua.tenancy import current

bp = Blueprint("visit_desks", __name__, url_prefix="/console/visits/desks")

LONGEST_REASON = 200
NEW = {"slot_minutes": 30, "capacity": 4, "horizon_days": 14, "takes_bookings": "1"}


@bp.context_processor
def words():
    return {"telling": telling, "staff": current_user, "week": desk_form.DAYS}


@bp.get("/")
@requires("visit.manage")
def listed():
    return render_template(
        "console/visits/desks.html", desks=desks.all_desks(), agencies=desks.agencies_by_code()
    )


@bp.get("/new")
@requires("visit.manage")
def new():
    return _form(None, NEW)


@bp.post("/")
@requires("visit.manage")
def add():
    desk = Desk(fields=[], procedure_codes=[])
    return _save(desk, None)


@bp.get("/<int:number>")
@requires("visit.manage")
def show(number: int):
    desk = desks.get(number)
    return _form(desk, _given(desk))


@bp.post("/<int:number>")
@requires("visit.manage")
def save(number: int):
    desk = desks.get(number)
    return _save(desk, desk)


@bp.post("/<int:number>/closures")
@requires("visit.manage")
def close(number: int):
    """First show whom it would send away; with the desk's name, or `sure` where it is nobody, close the day."""
    desk = desks.get(number)
    day, reason = _day(), request.form.get("reason", "").strip()
    if day is None or day < current.today() or not 0 < len(reason) <= LONGEST_REASON:
        flash(
            f"Xin chọn một ngày từ hôm nay trở đi và ghi lý do, nhiều nhất {LONGEST_REASON} ký tự.", "error"
        )
        return redirect(url_for("visit_desks.show", number=number, _anchor="nghi"), 303)
    affected = day_list.to_come_on(desk, day)
    typed = request.form.get("name")
    is_sure = (typed or "").strip() == desk.name if affected else request.form.get("sure")
    if not is_sure:
        error = "" if typed is None else f"Chưa đóng. Xin gõ đúng {desk.name}."
        page = render_template(
            "console/visits/closing.html", desk=desk, day=day, reason=reason, affected=affected, error=error
        )
        return page, 422 if error else 200
    desks.close_on(desk, day, reason, current_user.id)
    db.session.flush()
    told = reminding.call_off_closed()
    db.session.commit()
    flash(f"Đã đóng quầy ngày {day:%d/%m/%Y}. Đã báo {told} người và mời chọn giờ khác.", "success")
    return redirect(url_for("visit_desks.show", number=number, _anchor="nghi"), 303)


@bp.post("/<int:number>/closures/remove")
@requires("visit.manage")
def reopen(number: int):
    desk = desks.get(number)
    if day := _day():
        desks.open_on(desk, day)
        db.session.commit()
        flash(f"Đã mở lại quầy ngày {day:%d/%m/%Y}.", "success")
    return redirect(url_for("visit_desks.show", number=number, _anchor="nghi"), 303)


def _save(desk: Desk, shown: Desk | None):
    try:
        values = desk_form.read(request.form)
        if values["agency_code"] not in desks.agencies_by_code():
            raise Invalid("Chưa có cơ quan này. Xin chọn một cơ quan trong danh sách.")
        for name, value in values.items():
            setattr(desk, name, value)
        db.session.add(desk)
        db.session.flush()
    except Invalid as error:
        db.session.rollback()
        flash(error.message, "error")
        return _form(shown, request.form), 422
    except IntegrityError:
        db.session.rollback()
        flash("Cơ quan này đã có quầy cùng tên. Xin đặt tên khác.", "error")
        return _form(shown, request.form), 422
    told = reminding.call_off_closed() if shown else 0
    db.session.commit()
    flash(f"Đã lưu quầy “{desk.name}”.", "success")
    if told:
        flash(f"Giờ mới làm {told} lượt hẹn không còn; đã báo và mời chọn giờ khác.", "success")
    return redirect(url_for("visit_desks.show", number=desk.id), 303)


def _form(desk: Desk | None, given):
    return render_template(
        "console/visits/desk.html",
        desk=desk,
        given=given,
        agencies=desks.agencies_by_code(),
        closures=desks.closures(desk, current.today()) if desk else [],
        today=current.today(),
    )


def _given(desk: Desk) -> dict:
    """The desk as its form shows it."""
    hours = desk.hours or {}
    return {
        "agency_code": desk.agency_code,
        "name": desk.name,
        "address": desk.address or "",
        "fields_taken": "\n".join(desk.fields),
        "procedure_codes": "\n".join(desk.procedure_codes),
        "slot_minutes": desk.slot_minutes,
        "capacity": desk.capacity,
        "horizon_days": desk.horizon_days,
        "takes_bookings": "1" if desk.takes_bookings else "",
        "own_hours": "1" if desk.hours is not None else "",
    } | {f"hours_{day}": ", ".join(f"{a}-{b}" for a, b in hours.get(day, ())) for day in desk_form.DAYS}


def _day() -> date | None:
    try:
        return read_day(request.form.get("day", ""))
    except ValueError:
        return None
