"""`/console/requests`: what citizens ask about their dossiers."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from motcua.accounts.permissions import requires
from motcua.core.database import db
from motcua.core.errors import Invalid
from motcua.dossiers import requests

from . import own_agency

bp = Blueprint("requests", __name__, url_prefix="/console")


@bp.get("/requests")
@requires("dossier.view")
def listed():
    return render_template(
        "console/requests.html",
        rows=requests.listed(agency=own_agency.bound_to()),
        in_words=requests.in_words,
        staff=current_user,
    )


@bp.post("/requests/<int:number>")
@requires("dossier.act")
def answer(number: int):
    try:
        done = requests.answer(
            number,
            request.form.get("state", ""),
            request.form.get("answer", ""),
            current_user.id,
            agency=own_agency.bound_to(),
        )
    except Invalid as error:
        db.session.rollback()
        flash(error.message, "error")
        return redirect(url_for("requests.listed"), 303)
    db.session.commit()
    flash(f"Đã trả lời yêu cầu “{done.name}”.", "success")
    return redirect(url_for("requests.listed"), 303)


@bp.get("/warnings")
@requires("dossier.view")
def warnings():
    """Where the flags stood once; whoever kept the address finds them among all warnings."""
    return redirect(url_for("desk.warnings", kind=request.args.get("kind"), _anchor="xem-lai"), 301)
