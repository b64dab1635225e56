"""`/console/deliveries`: messages that did not simply arrive, and what a person decides of the uncertain ones."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from motcua.accounts.models import Staff
from motcua.accounts.permissions import requires
from motcua.core.database import db
from motcua.core.days import read_day
from motcua.core.errors import Invalid, MotcuaError, NotFound
from motcua.core.queue import LANES
from motcua.messaging import deliveries
from motcua.messaging.models import CHANNELS

from . import delivery_words, labels, own_agency

bp = Blueprint("deliveries", __name__, url_prefix="/console/deliveries")


@bp.context_processor
def words():
    return {"staff": current_user, "words": delivery_words, "labels": labels}


@bp.get("/")
@requires("delivery.view")
def listed():
    wanted = _wanted()
    try:
        page = deliveries.page(wanted, own_agency.messages())
    except ValueError as error:
        raise Invalid("Trang này không còn. Xin mở lại danh sách từ đầu.") from error
    return render_template(
        "console/deliveries.html",
        wanted=wanted,
        page=page,
        counts=deliveries.counts(only=own_agency.messages()),
        most=deliveries.MOST_COUNTED,
        states=deliveries.STATES,
        channels=CHANNELS,
    )


@bp.get("/<int:number>")
@requires("delivery.view")
def show(number: int):
    message, citizen = deliveries.get(number, own_agency.messages())
    acts = deliveries.acts_on(number)
    names = dict(
        db.session.execute(
            db.select(Staff.id, Staff.full_name).where(Staff.id.in_({one.staff_id for one in acts}))
        ).all()
    )
    return render_template(
        "console/delivery.html",
        message=message,
        citizen=citizen,
        acts=acts,
        names=names,
        longest=deliveries.LONGEST_REASON,
    )


@bp.post("/<int:number>/received")
@requires("delivery.settle")
def receive(number: int):
    return _decide(number, deliveries.settle_as_received, "Đã ghi là người dân đã nhận tin này.")


@bp.post("/<int:number>/resend")
@requires("delivery.settle")
def resend(number: int):
    if request.form.get("twice") != "yes" and deliveries.get(number, own_agency.messages()):
        flash("Xin đánh dấu rằng bạn hiểu người dân có thể nhận tin này hai lần, rồi bấm lại.", "error")
        return redirect(url_for("deliveries.show", number=number), 303)
    return _decide(number, deliveries.send_again, "Tin đã vào hàng chờ và sẽ được gửi lại ngay.")


def _decide(number: int, act, done: str):
    deliveries.get(number, own_agency.messages())
    try:
        act(number, current_user.id, request.form.get("reason", ""))
        flash(done, "success")
    except NotFound:
        raise
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
    return redirect(url_for("deliveries.show", number=number), 303)


def _wanted() -> deliveries.Wanted:
    """Unknown words in the address are as good as none."""
    asked = request.args
    try:
        day = read_day(asked.get("day", ""))
    except ValueError:
        day = None
    return deliveries.Wanted(
        state=asked["state"] if asked.get("state") in deliveries.STATES else "uncertain",
        lane=asked["lane"] if asked.get("lane") in LANES else None,
        channel=asked["channel"] if asked.get("channel") in CHANNELS else None,
        day=day if day and 2000 <= day.year <= 2200 else None,
        after=asked.get("after", ""),
    )
