"""`/console/message-switches`: which messages go to citizens, by event and channel, and who decided that."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from motcua.accounts.permissions import requires
from motcua.core import scope
from motcua.core.database import db
from motcua.core.errors import MotcuaError
from motcua.core.language import t
from motcua.messaging import events
from motcua.messaging.channels import rules
from motcua.messaging.limits import switches

bp = Blueprint("message_switches", __name__, url_prefix="/console/message-switches")

CHANNELS = {
    events.CONSULTATION: "Tin tư vấn (miễn phí, trong 48 giờ)",
    events.ZBS: "Mẫu ZBS (mất phí)",
}


@bp.get("/")
@requires("message.view")
def show():
    return render_template(
        "console/messages/switches.html",
        groups=events.SWITCHABLE,
        channels=CHANNELS,
        touched=switches.all_switches(),
        off=switches.off(),
        is_locked=switches.is_locked,
        staff=current_user,
    )


@bp.post("/")
@requires("message.edit")
def turn():
    """A box a switch; one that is not ticked is off."""
    ticked = set(request.form.getlist("on"))
    wanted = {
        (name, channel): f"{name}:{channel}" in ticked
        for name in events.BY_NAME
        for channel in events.CHANNELS
        if not switches.is_locked(name, channel)
    }
    try:
        changed = switches.turn(wanted, current_user.full_name)
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
        return redirect(url_for("message_switches.show"), 303)
    db.session.commit()
    rules.changed(scope.required())
    flash(t("Đã đổi {count} mục.", count=changed) if changed else "Không có gì thay đổi.", "success")
    return redirect(url_for("message_switches.show"), 303)
