"""`/console/catalogue/`: the province's procedures, the national value beside its own, and who changed what."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from motcua.accounts.permissions import requires
from motcua.catalogue import editing, listing
from motcua.catalogue.listing import Filter
from motcua.catalogue.procedures_file import EVERY_COMMUNE
from motcua.core.database import db
from motcua.core.errors import Invalid

from . import catalogue_words as words

bp = Blueprint("catalogue", __name__, url_prefix="/console/catalogue")

COMMUNES = "UBND cấp xã (mọi xã, phường)"
# What the form shows first; the rest, one for each channel, opens on demand.
MAIN = ("agency", "time", "fee", "fee_note", "desk", "note", "name")


@bp.context_processor
def vocabulary():
    return {"words": words, "staff": current_user}


@bp.get("/")
@requires("catalogue.view")
def index():
    wanted = Filter(*(request.args.get(name, "").strip()[:200] for name in ("q", "field", "state", "kind")))
    page = listing.find_page(wanted, request.args.get("page", 1, type=int))
    return render_template(
        "console/catalogue/index.html", page=page, wanted=wanted, fields=listing.fields_in_use()
    )


@bp.get("/agencies")
@requires("catalogue.view")
def agencies():
    return render_template("console/catalogue/agencies.html", branches=listing.agency_tree())


@bp.get("/<code>")
@requires("catalogue.view")
def show(code: str):
    return _page(code)


@bp.post("/<code>")
@requires("catalogue.edit")
def save(code: str):
    form = {name: request.form[name] for name in editing.EDITABLE if name in request.form}
    try:
        changed = editing.edit(code, form, current_user.full_name, request.form.get("reason", "").strip())
    except Invalid as error:
        db.session.rollback()
        flash(error.message, "error")
        return _page(code, form, error.details), 422
    flash("Đã lưu. Người dân thấy giá trị mới ngay." if changed else "Không có gì thay đổi.", "success")
    return redirect(url_for("catalogue.show", code=code), 303)


@bp.post("/<code>/switch")
@requires("catalogue.edit")
def switch(code: str):
    enabled = request.form.get("enabled") == "1"
    try:
        editing.switch(code, enabled, current_user.full_name, request.form.get("reason", "")[:500])
    except Invalid as error:
        db.session.rollback()
        flash(error.message, "error")
        return _page(code), 422
    flash("Đã bật thủ tục cho người dân." if enabled else "Đã tắt thủ tục.", "success")
    return redirect(url_for("catalogue.show", code=code), 303)


def _page(code: str, form: dict[str, str] | None = None, faults: dict[str, list[str]] | None = None) -> str:
    found = editing.open_procedure(code)
    known, faults = listing.agencies(), faults or {}
    fields = {value.name: value for value in found.fields}
    others = [name for name in editing.EDITABLE if name not in MAIN]
    return render_template(
        "console/catalogue/procedure.html",
        one=found,
        fields=fields,
        main=MAIN,
        others=others,
        opens_others=any(name in faults or fields[name].is_override for name in others),
        agencies=known,
        agency_names={one.code: one.name for one in known} | {EVERY_COMMUNE: COMMUNES},
        form=form or {},
        faults=faults,
    )
