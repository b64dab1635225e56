"""`/console/feedback`: reports from the street, their clocks, duplicates, routes and what is published."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from motcua.accounts.permissions import requires
from motcua.catalogue import communes, listing
from motcua.core import language
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import MotcuaError, NotFound
from motcua.feedback import handling, kinds, likeness, publishing, routing, seeing
from motcua.feedback.pages import picture
from motcua.feedback.wording import ACTION_NAMES, RATINGS, STATE_NAMES, without_private

bp = Blueprint("feedback_desk", __name__, url_prefix="/console/feedback")

OVERDUE = {
    "triage": "Quá hạn 2 ngày làm việc để tiếp nhận, chuyển hoặc từ chối",
    "answer": "Quá hạn 15 ngày làm việc để trả lời",
    "publish": "Quá hạn 2 ngày làm việc để công khai kết quả",
}


@bp.context_processor
def words():
    return {
        "staff": current_user,
        "states": STATE_NAMES,
        "actions": ACTION_NAMES,
        "ratings": RATINGS,
        "kind_name": lambda key: kinds.name_of(key, language.current()),
        "place_name": communes.namer(),
        "overdue": lambda one: OVERDUE.get(handling.overdue(one, now())),
    }


@bp.get("/")
@requires("feedback.view")
def listed():
    wanted = seeing.Wanted(
        state=request.args.get("state", "open"),
        kind=request.args.get("kind", ""),
        commune=request.args.get("commune", ""),
        after=request.args.get("after", type=int),
    )
    return render_template(
        "feedback/desk.html",
        page=seeing.listed(wanted, current_user),
        counts=seeing.counts(current_user),
        wanted=wanted,
        kinds=kinds.all_kinds(),
        communes=communes.existing(),
    )


@bp.get("/<int:number>")
@requires("feedback.view")
def show(number: int):
    one = handling.get(number, current_user)
    possible = [action for action, (states, *_) in handling.STEPS.items() if one.state in states]
    return render_template(
        "feedback/one.html",
        one=one,
        possible=possible,
        photos=handling.photos(one),
        steps=handling.steps(one),
        alike=likeness.duplicates(one, current_user) if one.state in seeing.OPEN else [],
        merged=handling.merged_into(one),
        agencies=listing.agency_names(),
        longest=handling.LONGEST,
        suggestion=(without_private(one.text), without_private(one.answer or "")),
    )


@bp.post("/<int:number>")
@requires("feedback.answer")
def act(number: int):
    form = request.form
    return _try(
        number,
        lambda: handling.act(
            number,
            form.get("action", ""),
            form.get("words", ""),
            current_user,
            agency_code=form.get("agency", ""),
        ),
        "Đã ghi. Người phản ánh được báo.",
    )


@bp.post("/<int:number>/merge")
@requires("feedback.manage")
def merge(number: int):
    """Two reports cannot be parted again: first a page says what follows and asks for the number."""
    handling.get(number, current_user)
    into, typed = request.form.get("into", 0, int), request.form.get("name")
    if (typed or "").strip() == str(number):
        done = f"Đã gộp vào phản ánh số {into}."
        return _try(number, lambda: handling.merge(number, into, current_user), done, known=True)
    try:
        one, other = handling.foresee_merging(number, into, current_user)
    except MotcuaError as error:
        _tell(number, error, known=True)
        return redirect(url_for("feedback_desk.show", number=number), 303)
    db.session.rollback()
    error = "" if typed is None else f"Chưa gộp. Xin gõ đúng {number}."
    page = render_template("feedback/merging.html", one=one, other=other, error=error)
    return page, 422 if error else 200


@bp.post("/<int:number>/publish")
@requires("feedback.manage")
def publish(number: int):
    form = request.form
    positions = {int(one) for one in form.getlist("photos") if one.isdigit()}
    return _try(
        number,
        lambda: publishing.publish(
            number, form.get("text", ""), form.get("answer", ""), positions, current_user
        ),
        "Đã công khai.",
    )


@bp.get("/<int:number>/photo/<int:position>")
@requires("feedback.view")
def photo(number: int, position: int):
    return picture(handling.photo(handling.get(number, current_user), position).body)


@bp.get("/routes")
@requires("feedback.manage")
def routes():
    return render_template(
        "feedback/routes.html",
        routes=routing.routes(),
        kinds=kinds.all_kinds(),
        communes=communes.existing(),
        agencies=listing.agency_names(),
    )


@bp.post("/routes")
@requires("feedback.manage")
def change_routes():
    form = request.form
    try:
        if form.get("drop", "").isdigit():
            routing.drop(int(form["drop"]))
        else:
            routing.keep(
                form.get("kind", ""), form.get("commune", ""), form.get("agency", ""), current_user.id
            )
    except NotFound:
        raise
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
    else:
        flash("Đã ghi. Phản ánh mới đi theo tuyến này.", "success")
    return redirect(url_for("feedback_desk.routes"), 303)


def _try(number: int, step, done: str, *, known: bool = False):
    """`known`: the report itself is there, so whatever is not found is what the form named."""
    try:
        step()
    except MotcuaError as error:
        if isinstance(error, NotFound) and not known:
            raise
        _tell(number, error, known=known)
    else:
        flash(done, "success")
    try:
        handling.get(number, current_user)
    except NotFound:  # it went to another agency
        return redirect(url_for("feedback_desk.listed"), 303)
    return redirect(url_for("feedback_desk.show", number=number), 303)


def _tell(number: int, error: MotcuaError, *, known: bool) -> None:
    db.session.rollback()
    handling.get(number, current_user)  # another's is not found, whatever was sent
    is_other = known and isinstance(error, NotFound)
    flash("Không có phản ánh số này. Xin kiểm tra lại số." if is_other else error.message, "error")
