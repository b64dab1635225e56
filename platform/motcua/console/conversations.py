"""`/console/conversations`: citizens who asked for a person, and the officer's answers."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from motcua import audit
from motcua.accounts.models import Staff
from motcua.accounts.permissions import requires
from motcua.conversation import handover
from motcua.core.database import db
from motcua.core.errors import MotcuaError, NotFound

from . import own_agency

bp = Blueprint("conversations", __name__, url_prefix="/console/conversations")

SPEAKERS = {"citizen": "Người dân", "officer": "Cán bộ"}


@bp.get("/")
@requires("conversation.view")
def listed():
    return render_template(
        "console/conversations.html", open_ones=handover.listed(own_agency.bound_to()), staff=current_user
    )


@bp.get("/<int:number>")
@requires("conversation.view")
def show(number: int):
    found, citizen = handover.get(number, own_agency.bound_to())
    audit.note_access("conversation.read", str(number))
    lines = handover.lines_of(found)
    officers = {one.staff_id for one in lines if one.staff_id}
    names = dict(db.session.execute(db.select(Staff.id, Staff.full_name).where(Staff.id.in_(officers))).all())
    return render_template(
        "console/conversation.html",
        handover=found,
        citizen=citizen,
        lines=lines,
        names=names,
        longest=handover.LONGEST_REPLY,
        staff=current_user,
    )


@bp.post("/<int:number>/reply")
@requires("conversation.answer")
def reply(number: int):
    agency, text = own_agency.bound_to(), request.form.get("text", "")
    return _do(number, lambda: handover.reply(number, current_user.id, text, agency=agency))


@bp.post("/<int:number>/close")
@requires("conversation.answer")
def close(number: int):
    return _do(number, lambda: handover.close(number, agency=own_agency.bound_to()))


def _do(number: int, action):
    try:
        action()
    except NotFound:
        raise
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
    return redirect(url_for("conversations.show", number=number), 303)
