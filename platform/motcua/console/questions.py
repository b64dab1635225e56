"""`/console/questions`: what the chat did not understand, and the words that mend it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from motcua.accounts.permissions import requires
from motcua.catalogue import asking, own_words, trying
from motcua.conversation import missed
from motcua.core.database import db
from motcua.core.errors import MotcuaError
from motcua.core.language import said, t

bp = Blueprint("questions", __name__, url_prefix="/console/questions")

REASONS = {"none": "Không có câu trả lời", "refused": "Người dân bác mọi lựa chọn"}


@bp.get("/")
@requires("question.view")
def listed():
    return render_template(
        "console/questions.html",
        questions=missed.listed(),
        words=own_words.listed(),
        kinds=own_words.KINDS,
        reasons=REASONS,
        staff=current_user,
    )


@bp.get("/<int:number>")
@requires("question.view")
def show(number: int):
    question = missed.get(number)
    return _page(question, typed=question.example, kind="name", meant="")


@bp.post("/<int:number>/try")
@requires("question.mend")
def try_out(number: int):
    """Show what the word would change; nothing is saved."""
    question = missed.get(number)
    typed, kind, meant = _given()
    try:
        entry = own_words.read(typed, kind, meant)
    except MotcuaError as error:
        flash(error.message, "error")
        return _page(question, typed, kind, meant), 422
    saved = [*missed.saved(), *(trying.Saved(*one) for one in asking.sample_questions())]
    return _page(question, typed, kind, meant, trying.effect(question.example, entry, saved))


@bp.post("/<int:number>/save")
@requires("question.mend")
def save(number: int):
    question = missed.get(number)
    typed, kind, meant = _given()
    try:
        word = own_words.add(typed, kind, meant, current_user.id)
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
        return _page(missed.get(number), typed, kind, meant), 422
    codes = " ".join(own_words.read(typed, kind, meant).meant) if kind == "name" else None
    missed.settle(question, "linked", current_user.id, codes)
    db.session.commit()
    sentence = "Đã lưu “{words}”. Người dân hỏi từ bây giờ sẽ được trả lời theo từ mới."
    flash(t(sentence, words=said(word.said)), "success")
    return redirect(url_for("questions.listed"), 303)


@bp.post("/<int:number>/set-aside")
@requires("question.mend")
def set_aside(number: int):
    missed.settle(missed.get(number), "set_aside", current_user.id)
    db.session.commit()
    flash("Đã cất câu hỏi này. Nếu người dân hỏi lại, nó sẽ hiện lại.", "success")
    return redirect(url_for("questions.listed"), 303)


@bp.post("/words/<int:number>/remove")
@requires("question.mend")
def remove_word(number: int):
    own_words.remove(number)
    db.session.commit()
    flash("Đã bỏ từ này khỏi từ vựng của tỉnh.", "success")
    return redirect(url_for("questions.listed"), 303)


def _given() -> tuple[str, str, str]:
    return tuple(request.form.get(name, "").strip()[:500] for name in ("said", "kind", "meant"))


def _page(question, typed: str, kind: str, meant: str, effect=None):
    return render_template(
        "console/question.html",
        question=question,
        typed=typed,
        kind=kind,
        meant=meant,
        effect=effect,
        today=asking.of_tenant().search(question.example),
        kinds=own_words.KINDS,
        reasons=REASONS,
        staff=current_user,
    )
