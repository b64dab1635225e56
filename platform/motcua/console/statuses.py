"""`/console/statuses`: what the one-stop system's own status codes mean, and which ones nobody has mapped."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from motcua.accounts.permissions import requires
from motcua.core.database import db
from motcua.core.errors import MotcuaError
from motcua.dossiers import rereading, status_map
from motcua.dossiers.statuses import NAMES

bp = Blueprint("statuses", __name__, url_prefix="/console/statuses")

SOURCES = {"national": "Mặc định chung", "folder": "Thư mục của tỉnh", "console": "Trang quản trị"}
FIELDS = ("local_code", "national", "citizen_text", "citizen_text_en", "note")


@bp.get("/")
@requires("status_map.view")
def listed():
    """`?code=` fills the form with one entry, known or not."""
    code = request.args.get("code", "")[:80]
    given = {"local_code": code}
    for one in status_map.entries() if code else ():
        if one.key == status_map.key_of(code):
            given = {name: getattr(one, name) or "" for name in FIELDS}
    return _page(given)


@bp.post("/")
@requires("status_map.edit")
def save():
    given = {name: " ".join(request.form.get(name, "").split())[:500] for name in FIELDS}
    national = int(given["national"]) if given["national"] in {str(one.value) for one in NAMES} else 0
    words = {name: given[name] or None for name in ("citizen_text", "citizen_text_en", "note")}
    try:
        entry = status_map.change(given["local_code"], national, current_user.full_name, **words)
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
        return _page(given), 422
    db.session.commit()
    rereading.wake()
    flash(
        f"Đã ghép “{entry.local_code}” với “{NAMES[national]}”. Diễn biến đã nhận với mã chưa ghép đang được đọc lại.",
        "success",
    )
    return redirect(url_for("statuses.listed"), 303)


def _page(given: dict):
    return render_template(
        "console/statuses.html",
        entries=status_map.entries(),
        unknown=status_map.unknown_codes(),
        versions=status_map.versions(),
        names=NAMES,
        sources=SOURCES,
        given=given,
        staff=current_user,
    )
