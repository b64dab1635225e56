"""`/console/pauses/`: holding what the province sends, all of it, one OA's, or its broadcasts."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from motcua.accounts.permissions import requires
from motcua.core.database import db
from motcua.core.errors import MotcuaError
from motcua.messaging import pauses
from motcua.messaging.leaving import LetGo
from motcua.tenancy.models import OfficialAccount

from . import delivery_words

bp = Blueprint("pauses", __name__, url_prefix="/console/pauses")


@bp.get("/")
@requires("delivery.pause")
def show():
    accounts = db.session.scalars(db.select(OfficialAccount).order_by(OfficialAccount.id)).all()
    names = {
        pauses.EVERYTHING: "Mọi tin của tỉnh",
        pauses.BROADCASTS: "Thông báo gửi hàng loạt",
    } | {one.oa_id: f"Tin qua {one.name}" for one in accounts}
    return render_template(
        "console/pauses.html", names=names, pauses=pauses.open_pauses(), staff=current_user
    )


@bp.post("/")
@requires("delivery.pause")
def pause():
    return _acted(
        lambda what: pauses.pause(request.form.get("reason", ""), current_user.full_name, what),
        "Đã dừng. Tin đang trên đường không gọi lại được; tin chờ vẫn còn và hết hạn như thường.",
    )


@bp.post("/resume")
@requires("delivery.pause")
def resume():
    return _acted(lambda what: pauses.resume(current_user.full_name, what), "Đang gửi tiếp.")


def _acted(act, sentence: str):
    """`act` may return what it let go: what of it does not leave at once is said."""
    try:
        done = act(request.form.get("what", ""))
        db.session.commit()
        flash(sentence, "success")
        for more in delivery_words.kept_back(done) if isinstance(done, LetGo) else ():
            flash(more, "info")
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
    return redirect(url_for("pauses.show"), 303)
