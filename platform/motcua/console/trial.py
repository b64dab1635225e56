"""`/console/trial/`: the phones that a province on trial may write to."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user

from motcua.accounts.permissions import requires
from motcua.core.database import db
from motcua.core.errors import MotcuaError, NotFound
from motcua.messaging.limits import guests
from motcua.messaging.models import TrialGuest
from motcua.zalo.phone import mask_phone

bp = Blueprint("trial", __name__, url_prefix="/console/trial")


@bp.get("/")
@requires("trial.manage")
def show():
    return render_template(
        "console/trial.html",
        guests=guests.guests(),
        mask_phone=mask_phone,
        most=guests.MOST_GUESTS,
        is_trial=g.tenant.status == "trial",
        staff=current_user,
    )


@bp.post("/")
@requires("trial.manage")
def invite():
    """One number a line."""
    numbers = [line.strip() for line in request.form.get("phones", "").splitlines() if line.strip()]
    try:
        added = sum(guests.invite(number, current_user.full_name) for number in numbers)
        db.session.commit()
        flash(f"Đã mời thêm {added} số." if added else "Các số này đã được mời.", "success")
    except MotcuaError as error:
        db.session.rollback()
        flash(f"{error.message} Chưa mời số nào.", "error")
    return redirect(url_for("trial.show"), 303)


@bp.post("/<int:number>/dismiss")
@requires("trial.manage")
def dismiss(number: int):
    guest = db.session.scalar(db.select(TrialGuest).where(TrialGuest.id == number))
    if guest is None:
        raise NotFound
    guests.dismiss(guest.phone)
    db.session.commit()
    flash("Đã bỏ số này; từ nay không tin nào tới số đó khi còn dùng thử.", "success")
    return redirect(url_for("trial.show"), 303)
