"""`/console/visits`: today's list of a desk, worked through by keyboard; the week; a sheet to print."""

from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from motcua.accounts.permissions import requires
from motcua.appointments import booking, day_list, desks, states, telling
from motcua.appointments.models import Desk
from motcua.core.database import db
from motcua.core.days import read_day
from motcua.core.errors import Conflict
from motcua.tenancy import current

from . import own_agency

bp = Blueprint("visit_desk", __name__, url_prefix="/console/visits")

# Mark -> (what the button says, the key that presses it).
MARKS = {
    "arrived": ("Đã đến", "a"),
    "served": ("Xong", "s"),
    "no_show": ("Không đến", "v"),
    "booked": ("Bỏ đánh dấu", "z"),
}


@bp.context_processor
def words():
    return {"telling": telling, "staff": current_user}


@bp.get("/")
@requires("visit.view")
def today():
    desk, day = _desk(), _day("day", current.today())
    return render_template(
        "console/visits/day.html",
        all_desks=desks.all_desks(own_agency.bound_to()),
        desk=desk,
        day=day,
        before=day - timedelta(1),
        after=day + timedelta(1),
        is_today=day == current.today(),
        rows=day_list.of_day(desk, day) if desk else [],
        marks=MARKS,
        names=states.NAMES,
    )


@bp.get("/sheet")
@requires("visit.view")
def sheet():
    """The same list on paper."""
    desk, day = _desk(), _day("day", current.today())
    rows = [one for one in day_list.of_day(desk, day) if one.visit.state != "cancelled"] if desk else []
    return render_template("console/visits/sheet.html", desk=desk, day=day, rows=rows)


@bp.get("/week")
@requires("visit.view")
def week():
    day = _day("day", current.today())
    monday = day - timedelta(day.weekday())
    every = desks.all_desks(own_agency.bound_to())
    return render_template(
        "console/visits/week.html",
        weeks=[(desk, day_list.of_week(desk, monday)) for desk in every],
        days=[monday + timedelta(ahead) for ahead in range(7)],
        before=monday - timedelta(7),
        after=monday + timedelta(7),
    )


@bp.post("/<int:number>/mark")
@requires("visit.serve")
def mark(number: int):
    try:
        visit = booking.mark(number, request.form.get("state", ""), agency=own_agency.bound_to())
    except Conflict as error:
        db.session.rollback()
        flash(error.message, "error")
        return redirect(url_for("visit_desk.today", desk=request.form.get("desk")), 303)
    return redirect(url_for("visit_desk.today", desk=visit.desk_id, _anchor=f"so-{visit.number}"), 303)


def _desk() -> Desk | None:
    """The one asked for, else the first that takes bookings, else the first there is."""
    every = desks.all_desks(own_agency.bound_to())
    asked = request.args.get("desk", "")
    if asked:
        return next((one for one in every if str(one.id) == asked), None)
    return next((one for one in every if one.takes_bookings), every[0] if every else None)


def _day(name: str, usual: date) -> date:
    try:
        day = read_day(request.args.get(name, ""))
    except ValueError:
        return usual
    return day if abs((day - usual).days) < 3660 else usual
