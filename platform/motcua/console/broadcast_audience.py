"""`/console/broadcasts/<number>/audience`: whom an announcement is for, counted as it is chosen; a list of people."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup

from motcua.accounts import gate
from motcua.accounts.permissions import requires
from motcua.broadcasts import audience, choosing, counting, list_file, listed, paying, states, workflow
from motcua.broadcasts.audience import Audience
from motcua.broadcasts.models import Broadcast
from motcua.broadcasts.workflow import By
from motcua.core.database import db
from motcua.core.errors import MotcuaError, NotFound
from motcua.core.language import t
from motcua.zalo.audience import AGES

from .shell import grouped

bp = Blueprint("broadcast_audience", __name__, url_prefix="/console/broadcasts/<int:number>/audience")

MOST_BYTES = 8_000_000


@bp.url_value_preprocessor
def allow_a_large_file(endpoint, values):
    # Before the form is read for its token, and only for somebody who has signed in.
    if endpoint == "broadcast_audience.upload" and gate.has_cookie():
        request.max_content_length = MOST_BYTES


@bp.context_processor
def words():
    return {"staff": current_user}


@bp.get("")
@requires("broadcast.write")
def show(number: int):
    one = workflow.get(number)
    if one.state not in states.CHANGEABLE:
        flash("Thông báo đã bắt đầu gửi nên không đổi người nhận được nữa.", "error")
        return redirect(url_for("broadcasts.show", number=number), 303)
    return render_template(
        "console/broadcasts/audience.html",
        one=one,
        chosen=Audience.of(one),
        counts=counting.count(one),
        topics=audience.topics(),
        communes=choosing.communes(),
        fields=choosing.procedure_fields(),
        last_contact=audience.LAST_CONTACT,
        languages=choosing.LANGUAGES,
        ages=AGES,
        faults=listed.faults(one),
        sizes=listed.sizes(one),
        can_pay=bool(paying.prices(one)),
    )


@bp.post("")
@requires("broadcast.write")
def aim(number: int):
    def change(one: Broadcast) -> str:
        chosen = choosing.read(request.form, one)
        if chosen == Audience.of(one):
            return "Người nhận vẫn như cũ. Số đếm dưới đây là của lúc này."
        workflow.aim(number, chosen, By.staff(current_user))
        return "Đã chọn. Số đếm dưới đây là của lúc này."

    return _change(number, change)


@bp.post("/list")
@requires("broadcast.write")
def upload(number: int):
    given = request.files.get("file")
    data = given.read(MOST_BYTES + 1) if given else b""
    if given:
        given.close()  # a large one lies in a temporary file

    def change(one: Broadcast) -> str:
        lines = list_file.read(data)
        one = workflow.list_changed(number, By.staff(current_user), f"Tải lên danh sách {len(lines)} dòng")
        merged = listed.replace(one, lines)
        return _told(one, merged)

    return _change(number, change)


@bp.post("/list/mend")
@requires("broadcast.write")
def mend(number: int):
    typed = {
        int(name.removeprefix("line-")): value
        for name, value in request.form.items()
        if name.startswith("line-") and name.removeprefix("line-").isdecimal() and len(name) < 24
    }

    def change(_: Broadcast) -> str:
        one = workflow.list_changed(number, By.staff(current_user), "Sửa các dòng lỗi của danh sách")
        if request.form.get("drop"):
            listed.drop_faults(one)
            return _told(one, 0)
        return _told(one, listed.mend(one, typed))

    return _change(number, change)


def _told(one: Broadcast, merged: int) -> str:
    good, faulty = listed.sizes(one)
    sentences = [t("Danh sách có {count} người.", count=grouped(good))]
    if merged:
        sentences.append(t("{count} dòng trùng đã gộp.", count=grouped(merged)))
    left = t("Còn {count} dòng cần sửa.", count=grouped(faulty)) if faulty else t("Không có dòng lỗi.")
    return Markup(" ").join([*sentences, left])


def _change(number: int, change):
    """Do it, say what came of it, and show the page anew."""
    one = workflow.get(number)
    try:
        sentence = change(one)
        db.session.commit()
    except NotFound:
        raise
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
    else:
        flash(sentence, "success")
    return redirect(url_for("broadcast_audience.show", number=number), 303)
