"""`/console/requests`: what citizens ask about their dossiers. `/console/warnings`: what the desk must not miss."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from motcua.accounts.permissions import requires
from motcua.core.database import db
from motcua.core.errors import Invalid
from motcua.dossiers import flags, requests

from . import own_agency

bp = Blueprint("requests", __name__, url_prefix="/console")

# What comes first when the day begins.
ORDER = (
    "overdue_without_apology", "due_in_1_day", "due_in_2_days", "supplement_lapsed", "silent", "second_supplement",
    "apology_late", "second_apology", "recalled_without_reason", "corrected_without_reason", "sync_conflict",
    "unexpected_step", "unknown_local_code", "recalled", "corrected",
)  # fmt: skip


@bp.get("/requests")
@requires("dossier.view")
def listed():
    return render_template(
        "console/requests.html",
        rows=requests.listed(agency=own_agency.bound_to()),
        in_words=requests.in_words,
        staff=current_user,
    )


@bp.post("/requests/<int:number>")
@requires("dossier.act")
def answer(number: int):
    try:
        done = requests.answer(
            number,
            request.form.get("state", ""),
            request.form.get("answer", ""),
            current_user.id,
            agency=own_agency.bound_to(),
        )
    except Invalid as error:
        db.session.rollback()
        flash(error.message, "error")
        return redirect(url_for("requests.listed"), 303)
    db.session.commit()
    flash(f"Đã trả lời yêu cầu “{done.name}”.", "success")
    return redirect(url_for("requests.listed"), 303)


@bp.get("/warnings")
@requires("dossier.view")
def warnings():
    """`?kind=` shows one kind only."""
    kind = request.args.get("kind")
    own = own_agency.bound_to()
    rows = flags.listed(kind if kind in flags.KINDS else None, agency=own)
    rows.sort(key=lambda row: ORDER.index(row[0].kind))
    return render_template(
        "console/warnings.html",
        rows=rows,
        counts=flags.counts(own),
        kinds=flags.KINDS,
        order=ORDER,
        chosen=kind,
        staff=current_user,
    )


@bp.post("/warnings/<int:number>")
@requires("dossier.act")
def close_warning(number: int):
    note = " ".join(request.form.get("note", "").split())[:300] or None
    flags.close(number, current_user.id, note, agency=own_agency.bound_to())
    db.session.commit()
    return redirect(url_for("requests.warnings", kind=request.form.get("kind") or None), 303)
