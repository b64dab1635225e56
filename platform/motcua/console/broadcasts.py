"""`/console/broadcasts`: announcements from the first word to the last phone."""

from datetime import datetime

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user

from motcua import audit
from motcua.accounts.permissions import requires
from motcua.broadcasts import (
    articles,
    audience,
    choosing,
    content,
    counting,
    hours,
    not_reached,
    progress,
    sealing,
    states,
    workflow,
)
from motcua.broadcasts.audience import Audience
from motcua.broadcasts.models import Broadcast
from motcua.broadcasts.sealing import Words
from motcua.broadcasts.workflow import By
from motcua.core import scope
from motcua.core.clock import VIETNAM, now
from motcua.core.database import db, tenant_scope
from motcua.core.days import read_day, read_hour
from motcua.core.errors import Invalid, MotcuaError, NotFound
from motcua.core.language import said, t
from motcua.messaging.wording.texts import LANGUAGES, VIETNAMESE

from . import renewing

bp = Blueprint("broadcasts", __name__, url_prefix="/console/broadcasts")

NEWEST = 100
SHOWN_MISSED = 100
ARTICLE_STATES = {
    "creating": "Đang tạo bài viết",
    "processing": "Zalo đang xử lý bài viết",
    "ready": "Bài viết đã sẵn sàng",
    "sending": "Đang gửi",
    "sent": "Zalo đã nhận và gửi",
    "failed": "Không gửi được",
    "uncertain": "Chưa rõ Zalo đã gửi chưa: xin xem trong trang quản lý OA trước khi làm gì thêm",
}


@bp.context_processor
def words():
    return {
        "staff": current_user,
        "kinds": content.KIND_NAMES,
        "channels": content.CHANNEL_NAMES,
        "states": states.NAMES,
        "actions": states.ACTION_NAMES,
    }


@bp.get("/")
@requires("broadcast.view")
def listed():
    found = db.session.scalars(db.select(Broadcast).order_by(Broadcast.id.desc()).limit(NEWEST)).all()
    waiting = [one for one in found if "approve" in workflow.possible(one, current_user)]
    return render_template("console/broadcasts/list.html", found=found, waiting=waiting)


@bp.get("/new")
@requires("broadcast.write")
def new():
    return _editor(None, {"kind": "policy", "channel": "chat"}, {})


@bp.post("/new")
@requires("broadcast.write")
def write():
    try:
        one = workflow.write(content.read(request.form), By.staff(current_user))
    except content.ContentInvalid as error:
        return _faulty(None, error)
    db.session.commit()
    return redirect(url_for("broadcast_audience.show", number=one.id), 303)


@bp.get("/<int:number>/edit")
@requires("broadcast.write")
def edit(number: int):
    one = workflow.get(number)
    if one.state not in states.CHANGEABLE:
        flash(
            "Thông báo đã bắt đầu gửi nên không sửa được nữa. Xin soạn một thông báo mới để đính chính.",
            "error",
        )
        return _to(one)
    return _editor(one, {name: getattr(one, name) for name in (*content.LABELS, "pays", "at_night")}, {})


@bp.post("/<int:number>/edit")
@requires("broadcast.write")
def save(number: int):
    one = workflow.get(number)
    try:
        workflow.edit(number, content.read(request.form), By.staff(current_user))
    except content.ContentInvalid as error:
        return _faulty(one, error)
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
        return _to(one)
    db.session.commit()
    flash("Đã lưu. Thông báo ở lại bản nháp cho đến khi gửi duyệt.", "success")
    return _to(one)


@bp.get("/<int:number>")
@requires("broadcast.view")
def show(number: int):
    """Exactly what will be sent and to how many; while it runs, how far it is."""
    quotas = articles.quotas() if "quota" in request.args else None  # first: it ends the transaction
    one = workflow.get(number)
    begun, words = one.started_at is not None, sealing.of(one)
    return render_template(
        "console/broadcasts/show.html",
        one=one,
        messages=_to_read(words),
        words=words,
        is_sealed=sealing.is_sealed(one),
        audience=choosing.described(one),
        counts=None if begun or one.state == states.CANCELLED else counting.count(one),
        progress=progress.of(one) if begun else None,
        articles=articles.of_broadcast(one) if one.channel == "article" else [],
        article_states=ARTICLE_STATES,
        quotas=quotas,
        history=workflow.history(one),
        possible=workflow.possible(one, current_user),
        page_url=content.page_url(one),
        asleep=one.sleeps_at_night and not hours.may_send_at(now()),
    )


@bp.post("/<int:number>")
@requires("broadcast.view")
def act(number: int):
    """One step; `workflow.possible` says who may take it."""
    one = workflow.get(number)
    action, note = request.form.get("action", ""), request.form.get("note", "")
    if action not in workflow.possible(one, current_user) or action in ("edit", "cancel"):
        return _not_now(one)
    try:
        _take(number, action, note)
        db.session.commit()
    except NotFound:
        raise
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
    else:
        flash(t("{step}: đã ghi.", step=said(states.ACTION_NAMES[action])), "success")
    return _to(one)


def _take(number: int, action: str, note: str) -> None:
    by, form = By.staff(current_user), request.form
    match action:
        case "submit":
            workflow.submit(number, by)
        case "approve":
            revision = form.get("revision", 0, type=int)
            seen, sure = form.get("words", ""), form.get("sure") == "1"
            workflow.approve(number, revision, by, seen=seen, note=note, sure=sure)
        case "schedule":
            workflow.schedule(number, _when(), by)
        case "refuse":
            workflow.refuse(number, by, note)
        case "pause":
            workflow.pause(number, by, note)
        case "resume":
            workflow.resume(number, by, note)


def _when() -> datetime:
    if request.form.get("when") != "later":
        return now()
    try:
        day, clock = read_day(request.form.get("day", "")), read_hour(request.form.get("time", ""))
    except ValueError:
        raise Invalid("Xin chọn cả ngày và giờ gửi, hoặc chọn gửi ngay.") from None
    at = datetime.combine(day, clock, VIETNAM)
    if at < now():
        raise Invalid("Giờ gửi đã qua. Xin chọn giờ sau lúc này, hoặc chọn gửi ngay.")
    return at


@bp.get("/<int:number>/cancel")
@requires("broadcast.view")
def confirm_cancelling(number: int):
    """What ends with it, and the number to be typed: a cancelled broadcast cannot be opened again."""
    one = workflow.get(number)
    if "cancel" not in workflow.possible(one, current_user):
        return _not_now(one)
    return render_template("console/broadcasts/cancel.html", one=one, note="", error="")


@bp.post("/<int:number>/cancel")
@requires("broadcast.view")
def cancel(number: int):
    one, note = workflow.get(number), request.form.get("note", "")
    if "cancel" not in workflow.possible(one, current_user):
        return _not_now(one)
    if request.form.get("name", "").strip() != one.code:
        error = t("Số thông báo chưa đúng. Xin gõ lại {code}.", code=one.code)
        return render_template("console/broadcasts/cancel.html", one=one, note=note, error=error), 422
    try:
        workflow.cancel(number, By.staff(current_user), note)
        db.session.commit()
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
    else:
        flash("Đã hủy thông báo.", "success")
    return _to(one)


@bp.get("/<int:number>/progress")
@requires("broadcast.view")
def fragment(number: int):
    """How far it is, and nothing else of its page."""
    one = workflow.get(number)
    return renewing.part(
        "console/broadcasts/_progress.html",
        is_running=one.state == states.RUNNING,
        one=one,
        progress=progress.of(one),
        asleep=one.sleeps_at_night and not hours.may_send_at(now()),
    )


@bp.get("/<int:number>/not-reached")
@requires("broadcast.view")
def missed(number: int):
    one = workflow.get(number)
    reasons, shown, place = not_reached.by_reason(one), [], not_reached.Place()
    named, forgotten = sum(times for _, times in reasons), not_reached.forgotten(one)
    while place is not None and len(shown) < SHOWN_MISSED:
        rows, place = not_reached.page(one, place)
        shown += rows
    return render_template(
        "console/broadcasts/not_reached.html",
        one=one,
        reasons=[*reasons, (not_reached.FORGOTTEN, forgotten)] if forgotten else reasons,
        total=named + forgotten,
        named=named,
        progress=progress.of(one),
        by_conditions=Audience.of(one).source == "conditions" and not audience.reaches_every_follower(one),
        shown=shown[:SHOWN_MISSED],
        whole=_may_see_numbers(),
    )


@bp.get("/<int:number>/not-reached.csv")
@requires("broadcast.view")
def missed_csv(number: int):
    one, whole, tenant_id = workflow.get(number), _may_see_numbers(), scope.required()
    audit.note_access("broadcast.missed", str(number), {"whole_numbers": whole})
    app = current_app._get_current_object()

    def lines():
        """A page at a time; between two the server may go on in any thread, so nothing of ours stays open."""
        place = not_reached.Place()
        while place is not None:
            with app.app_context(), tenant_scope(tenant_id):
                text, place = not_reached.csv_page(workflow.get(number), place, whole=whole)
            yield text

    response = Response(lines(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="khong-nhan-duoc-{one.code}.csv"'
    return response


def _may_see_numbers() -> bool:
    return "broadcast.numbers" in current_user.permissions


def _not_now(one: Broadcast):
    flash("Bước này không làm được lúc này, hoặc cần một người khác. Xin tải lại trang.", "error")
    return _to(one)


def _to_read(words: Words) -> dict[str, str]:
    """Also the English around a Vietnamese announcement: whoever approves reads all that anybody will."""
    messages, vietnamese = words.messages, words.messages[VIETNAMESE]
    return {one: messages[one] for one in LANGUAGES if one == VIETNAMESE or messages[one] != vietnamese}


def _faulty(one: Broadcast | None, error: content.ContentInvalid):
    db.session.rollback()
    flash(error.message, "error")
    return _editor(one, request.form, error.details), 422


def _editor(one: Broadcast | None, given, faults: dict):
    return render_template(
        "console/broadcasts/edit.html",
        one=one,
        given=given,
        faults=faults,
        labels=content.LABELS,
        longest=content.LONGEST,
    )


def _to(one: Broadcast):
    return redirect(url_for("broadcasts.show", number=one.id), 303)
