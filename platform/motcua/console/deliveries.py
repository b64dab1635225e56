"""`/console/deliveries`: messages that did not simply arrive, and what a person decides of the uncertain ones."""

import re

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from motcua.accounts.models import Staff
from motcua.accounts.permissions import requires
from motcua.core.database import db
from motcua.core.days import read_day
from motcua.core.errors import Invalid
from motcua.core.language import t
from motcua.core.queue import LANES
from motcua.messaging import deliveries
from motcua.messaging.models import CHANNELS

from . import delivery_words, labels, own_agency
from .shell import grouped

NONE_CHOSEN = (
    "Chưa có tin nào được chọn. Xin đánh dấu các tin trong bảng, "
    "hoặc đợi đến khi tin đã chờ quá 30 phút, rồi bấm lại."
)
MESSAGE = re.compile(r"[0-9]{1,18}")

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
        longest=deliveries.LONGEST_REASON,
        most_at_once=deliveries.MOST_AT_ONCE,
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
    return _decide_one(number, "received", "Đã ghi là người dân đã nhận tin này.")


@bp.post("/<int:number>/resend")
@requires("delivery.settle")
def resend(number: int):
    return _decide_one(number, "resend", "Tin đã vào hàng chờ và sẽ được gửi lại ngay.")


def _decide_one(number: int, act: str, done: str):
    deliveries.get(number, own_agency.messages())
    decided = _decide([number], act)
    if decided and decided.at_once:
        flash(done, "success")
    elif decided and decided.count == 0:
        flash(
            "Tin này vừa được làm rõ nên không cần quyết định nữa. Xin xem lại trạng thái của tin.", "error"
        )
    return redirect(url_for("deliveries.show", number=number), 303)


@bp.post("/decided")
@requires("delivery.settle")
def decide():
    """Many at once: those ticked, or all that wait for a person under the filter in the address."""
    wanted = _wanted()
    filters = {"lane": wanted.lane, "channel": wanted.channel, "day": wanted.day}
    back = redirect(url_for("deliveries.listed", state="uncertain", **filters), 303)
    act = "resend" if request.form.get("act") == "resend" else "received"
    if request.form.get("all") == "yes":
        chosen = deliveries.for_a_person(wanted, own_agency.messages())
    else:
        ticked = {int(one) for one in request.form.getlist("message") if MESSAGE.fullmatch(one)}
        chosen = sorted(ticked)[: deliveries.MOST_AT_ONCE]
    if not chosen:
        flash(NONE_CHOSEN, "error")
        return back
    decided = _decide(chosen, act)
    if decided and decided.at_once:
        done = "Đã ghi {count} tin là đã nhận." if act == "received" else "{count} tin sẽ được gửi lại ngay."
        flash(t(done, count=grouped(decided.at_once)), "success")
    if decided and (clear := len(chosen) - decided.count):
        flash(t("{count} tin vừa được làm rõ nên được để yên.", count=grouped(clear)), "info")
    return back


def _decide(chosen: list[int], act: str) -> deliveries.Decided | None:
    """None when something was missing. That, and what does not leave at once, has been said."""
    if act == "resend" and request.form.get("twice") != "yes":
        flash("Xin đánh dấu rằng bạn hiểu người dân có thể nhận tin này hai lần, rồi bấm lại.", "error")
        return None
    try:
        decided = deliveries.decide(
            chosen, act, current_user.id, request.form.get("reason", ""), own_agency.messages()
        )
    except Invalid as error:
        db.session.rollback()
        flash(error.message, "error")
        return None
    for sentence in delivery_words.kept_back(decided.again):
        flash(sentence, "info")
    return decided


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
