"""`/console/messages`: what citizens read at each event, its versions, a look at it on a phone, and a test of it."""

import difflib

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from motcua.accounts.permissions import requires
from motcua.core.database import db
from motcua.core.errors import MotcuaError
from motcua.core.language import said, t
from motcua.messaging import events, testers
from motcua.messaging.wording import offered, text_editing, text_versions, variable, variables
from motcua.tenancy import current
from motcua.zalo.limits import TEXT_MAX

from . import message_buttons

bp = Blueprint("message_texts", __name__, url_prefix="/console/messages")

SIZES = {"usual": "Như thường gặp", "longest": "Mọi biến dài nhất", "least": "Chỉ có điều luôn biết"}
SOURCES = {"folder": "thư mục của tỉnh", "console": "trang quản trị"}
SAID = {
    "draft": "Đã lưu bản nháp {number}. Người dân vẫn nhận bản cũ.",
    "publish": "Bản {number} đang dùng từ bây giờ.",
}


@bp.context_processor
def words():
    return {
        "staff": current_user,
        "sizes": SIZES,
        "sources": SOURCES,
        "title_of": events.title_of,
        "kinds": variable.KINDS,
    }


@bp.get("/")
@requires("message.view")
def listed():
    return render_template(
        "console/messages/listed.html",
        groups=events.groups(set(offered.VARIABLES)),
        live={one.event: one for one in text_versions.live()},
        drafts=text_versions.drafts(),
    )


@bp.get("/<key>")
@requires("message.view")
def show(key: str):
    """`?version=` puts another version into the form, `?size=` fills the preview with other examples."""
    text_editing.known(key)
    number = request.args.get("version", type=int) or text_versions.live_number(key) or 1
    version = text_editing.find(key, number)
    return _page(key, (version.body, version.body_en), note="", shown=number)


@bp.post("/<key>")
@requires("message.edit")
def save(key: str):
    """`action`: preview keeps nothing; draft keeps a version; publish makes it live; test sends it to oneself."""
    text_editing.known(key)
    form = request.form
    pair = text_editing.pair_of(form.get("body", ""), form.get("body_en", ""))
    note = " ".join(form.get("note", "").split())
    action = form.get("action", "preview")
    if action not in ("draft", "publish", "test"):
        return _page(key, pair, note)
    try:
        if action == "test":
            flash(_test(key, pair), "success")
            return _page(key, pair, note)
        version = text_editing.save(
            key, pair, current_user.full_name, note=note, based_on=form.get("based_on", type=int)
        )
        if action == "publish":
            text_editing.publish(key, version.number, current_user.full_name)
        db.session.commit()
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
        return _page(key, pair, note), error.status
    flash(t(SAID[action], number=version.number), "success")
    return redirect(url_for("message_texts.show", key=key, version=version.number), 303)


@bp.get("/<key>/versions/<int:number>")
@requires("message.view")
def compare(key: str, number: int):
    """One version beside another, `?with=`, else the live one."""
    old = text_editing.find(key, number)
    other = text_editing.find(key, request.args.get("with", type=int) or text_versions.live_number(key) or 1)
    return render_template(
        "console/messages/compare.html",
        key=key,
        old=old,
        other=other,
        versions=text_versions.history(key),
        differences={
            "Tiếng Việt": _differences(old.body, other.body),
            "Tiếng Anh": _differences(old.body_en or "", other.body_en or ""),
        },
        live=text_versions.live_number(key),
    )


@bp.post("/<key>/versions/<int:number>")
@requires("message.edit")
def act(key: str, number: int):
    """`action`: publish a draft, or restore an earlier version."""
    name = current_user.full_name
    try:
        if request.form.get("action") == "publish":
            version = text_editing.publish(key, number, name)
        else:
            version = text_editing.restore(key, number, name)
        db.session.commit()
    except text_editing.FaultyText as error:
        db.session.rollback()
        flash(error.message, "error")
        return redirect(url_for("message_texts.show", key=key, version=number), 303)
    flash(t(SAID["publish"], number=version.number), "success")
    return redirect(url_for("message_texts.show", key=key), 303)


@bp.post("/tester")
@requires("message.edit")
def tester():
    """A code to link one's own Zalo with, or the end of the link."""
    if request.form.get("action") == "unlink":
        testers.unlink(current_user.id)
        db.session.commit()
        flash("Đã bỏ nối Zalo của anh/chị.", "success")
    else:
        code = testers.offer_code(current_user.id)
        sentence = t(
            "Xin mở Zalo, nhắn cho OA của tỉnh: {words}. Mã dùng một lần, trong 10 phút.",
            words=said(f"NỐI MÃ {code}"),
        )
        flash(sentence, "success")
    return redirect(url_for("message_texts.listed"), 303)


def _test(key: str, pair: text_versions.Pair) -> str:
    if faults := text_editing.faults_of(key, pair):
        raise text_editing.FaultyText(details=faults)
    language = "en" if request.form.get("language") == "en" and pair[1] else "vi"
    body = pair[1] if language == "en" else pair[0]
    words = text_editing.preview(key, body, language)
    testers.send(current_user.id, words, language, message_buttons.titles(key, language))
    db.session.commit()
    return "Đã gửi thử đến Zalo của anh/chị. Tin có ghi rõ là tin thử."


def _page(key: str, pair: text_versions.Pair, note: str, shown: int | None = None):
    asked = request.values.get("size", "usual")
    size = asked if asked in SIZES else "usual"
    faults = text_editing.faults_of(key, pair)
    known = variables.always_known(key)
    account = current.official_account()
    return render_template(
        "console/messages/text.html",
        key=key,
        pair=pair,
        note=note,
        shown=shown,
        size=size,
        faults=faults,
        phones=[] if faults else _phones(key, pair, size),
        offered=[
            (name, variables.variable_of(key, name), name in known) for name in sorted(offered.VARIABLES[key])
        ],
        versions=text_versions.history(key),
        latest=text_versions.latest_number(key),
        live=text_versions.live_number(key),
        oa_name=account.name if account else current.province_name(),
        linked=testers.citizen_of(current_user.id) is not None,
        longest=TEXT_MAX,
    )


def _phones(key: str, pair: text_versions.Pair, size: str) -> list[dict]:
    """What each language's reader sees; without English everybody reads Vietnamese."""
    shown = []
    for language, body in (("vi", pair[0]), ("en", pair[1] or pair[0])):
        words = text_editing.preview(key, body, language, size)
        buttons = message_buttons.titles(key, language)
        shown.append(
            {
                "language": language,
                "words": words,
                "buttons": buttons,
                "falls_back": language == "en" and not pair[1],
            }
        )
    return shown


def _differences(old: str, new: str) -> list[tuple[str, str]]:
    """Lines with what happened to them: " " the same, "-" only in the old, "+" only in the new."""
    return [
        (line[0], line[2:]) for line in difflib.ndiff(old.splitlines(), new.splitlines()) if line[0] in " -+"
    ]
