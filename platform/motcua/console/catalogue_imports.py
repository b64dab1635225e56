"""`/console/catalogue/imports/`: a list from Excel or CSV, from the upload to the undoing."""

import io
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_login import current_user
from werkzeug.utils import secure_filename

from motcua.accounts import gate
from motcua.accounts.permissions import requires
from motcua.catalogue import listing
from motcua.catalogue.importing import applying, imports
from motcua.catalogue.importing.mapping import LABELS
from motcua.catalogue.importing.marked_copy import marked_copy
from motcua.catalogue.importing.models import CatalogueImport, CatalogueImportRow
from motcua.catalogue.importing.table import MOST_BYTES
from motcua.catalogue.procedures_file import EVERY_COMMUNE
from motcua.core.database import db
from motcua.core.errors import Conflict, Invalid
from motcua.core.language import said, t

from . import catalogue_words as words
from . import renewing
from .catalogue import COMMUNES
from .shell import grouped

bp = Blueprint("catalogue_imports", __name__, url_prefix="/console/catalogue/imports")

PAGE = 50
NEWEST = 100
SAMPLES = 4
FORM_BYTES = 100_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Sheet:
    """A page of the sheet's own rows."""

    rows: list[CatalogueImportRow]
    width: int
    page: int
    pages: int
    only_faults: bool


@bp.url_value_preprocessor
def allow_a_large_file(endpoint, values):
    # Before the form is read for its token, and only for somebody who has signed in.
    if endpoint == "catalogue_imports.upload" and gate.has_cookie():
        request.max_content_length = MOST_BYTES + FORM_BYTES


@bp.context_processor
def vocabulary():
    return {"words": words, "staff": current_user}


@bp.get("/")
@requires("catalogue.view")
def index():
    statement = db.select(CatalogueImport).order_by(CatalogueImport.id.desc()).limit(NEWEST)
    return render_template("console/catalogue/imports.html", imports=db.session.scalars(statement).all())


@bp.post("/")
@requires("catalogue.edit")
def upload():
    given = request.files.get("file")
    data = given.read(MOST_BYTES + 1) if given else b""
    if given:
        given.close()  # a large one lies in a temporary file
    try:
        one = imports.receive(given.filename or "" if given else "", data, current_user.full_name)
        db.session.commit()
    except Invalid as error:
        db.session.rollback()
        flash(error.message, "error")
        return redirect(url_for("catalogue_imports.index"), 303)
    return redirect(url_for("catalogue_imports.mapping", import_id=one.id), 303)


@bp.get("/<int:import_id>/mapping")
@requires("catalogue.edit")
def mapping(import_id: int):
    one = imports.find(import_id)
    try:
        sheet = request.args.get("sheet") or one.sheet
        table = imports.beginning_of(one, sheet)
    except Invalid as error:
        flash(error.message, "error")
        return redirect(url_for("catalogue_imports.index"), 303)
    found = imports.mapping_for(one, table, request.args.get("header", type=int))
    samples = [cells for number, cells in table.rows if found and number > found.last_header_row][:SAMPLES]
    return render_template(
        "console/catalogue/mapping.html",
        one=one,
        sheet=sheet,
        mapping=found,
        labels=LABELS,
        samples=[[words.value(cell) for cell in cells] for cells in samples],
        beginning=[(number, [words.value(cell) for cell in cells[:6]]) for number, cells in table.rows[:15]],
    )


@bp.post("/<int:import_id>/mapping")
@requires("catalogue.edit")
def start_check(import_id: int):
    one = imports.find(import_id, lock=True)
    form = request.form
    columns = {
        int(name.removeprefix("column-")): value
        for name, value in form.items()
        if name.startswith("column-") and name.removeprefix("column-").isdigit() and value
    }
    sheet, header = form.get("sheet", ""), form.get("header", 0, type=int)
    try:
        imports.start_check(one, sheet, header, columns, form.get("is_complete") == "1")
        db.session.commit()
    except (Invalid, Conflict) as error:
        db.session.rollback()
        flash(error.message, "error")
        back = url_for("catalogue_imports.mapping", import_id=import_id, sheet=sheet, header=header)
        return redirect(back, 303)
    return _to(one)


@bp.get("/<int:import_id>")
@requires("catalogue.view")
def show(import_id: int):
    """Whatever the import needs next: columns, patience, corrections, a decision."""
    one = imports.find(import_id)
    if one.state == "mapping" and "catalogue.edit" in current_user.permissions:
        return redirect(url_for("catalogue_imports.mapping", import_id=one.id))
    if one.state == "faulty":
        return render_template("console/catalogue/faulty.html", one=one, sheet=_sheet(one))
    kind = request.args.get("kind", "")
    kind = kind if kind in words.KINDS else next((k for k in words.KINDS if one.counts.get(k)), "new")
    page = max(1, request.args.get("page", 1, type=int))
    names = {agency.code: agency.name for agency in listing.agencies()} | {EVERY_COMMUNE: COMMUNES}
    return render_template(
        "console/catalogue/import.html",
        one=one,
        kind=kind,
        page=page,
        pages_total=max(1, -(-one.counts.get(kind, 0) // PAGE)),
        rows=list(applying.changes_of(one, kind, page, PAGE)) if one.state != "checking" else [],
        agency_names=names,
    )


@bp.get("/<int:import_id>/sheet")
@requires("catalogue.view")
def sheet(import_id: int):
    """The checked sheet, also when it has no faults: its doubts stand there."""
    one = imports.find(import_id)
    return render_template("console/catalogue/faulty.html", one=one, sheet=_sheet(one))


def _sheet(one: CatalogueImport) -> Sheet:
    only_faults = request.args.get("rows", "faults") == "faults"
    row = CatalogueImportRow
    conditions = [row.import_id == one.id, row.row_number > 0]
    chosen = [*conditions, row.faults != []] if only_faults else conditions
    total = db.session.scalar(db.select(db.func.count()).select_from(row).where(*chosen))
    pages = max(1, -(-total // PAGE))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    rows = db.session.scalars(
        db.select(row).where(*chosen).order_by(row.row_number).offset((page - 1) * PAGE).limit(PAGE)
    ).all()
    header = db.session.scalars(
        db.select(row).where(*conditions, row.kind == "header").order_by(row.row_number)
    ).all()
    if only_faults or page > 1:
        rows = [*header, *rows]
    width = max((len(kept.cells) for kept in rows), default=0)
    return Sheet(rows, width, page, pages, only_faults)


@bp.get("/<int:import_id>/progress")
@requires("catalogue.view")
def progress(import_id: int):
    """How far the check is, and nothing else of its page."""
    one = imports.find(import_id)
    return renewing.part("console/catalogue/_progress.html", is_running=one.state == "checking", one=one)


@bp.get("/<int:import_id>/marked.xlsx")
@requires("catalogue.view")
def marked(import_id: int):
    one = imports.find(import_id)
    if one.state not in ("faulty", "ready", "applied", "undone"):
        raise Conflict("Tệp chưa kiểm tra xong nên chưa có bản đánh dấu. Xin đợi rồi tải lại.")
    stem = secure_filename(one.file_name.rpartition(".")[0] or one.file_name) or "danh-muc"
    return send_file(
        io.BytesIO(marked_copy(one)), XLSX, as_attachment=True, download_name=f"{stem}-danh-dau.xlsx"
    )


@bp.post("/<int:import_id>/apply")
@requires("catalogue.edit")
def apply(import_id: int):
    one = imports.find(import_id)
    db.session.rollback()  # applying begins by waiting for whoever changes the catalogue now
    try:
        if applying.apply(one.id, current_user.full_name) == applying.STALE:
            flash(
                "Danh mục vừa thay đổi từ lúc kiểm tra. Tệp đang được kiểm tra lại; "
                "xin xem lại các thay đổi rồi bấm Áp dụng.",
                "error",
            )
        else:
            flash("Đã áp dụng. Người dân tra cứu thấy danh mục mới ngay.", "success")
    except Conflict as error:
        db.session.rollback()
        flash(error.message, "error")
    return _to(one)


@bp.post("/<int:import_id>/undo")
@requires("catalogue.edit")
def undo(import_id: int):
    one = imports.find(import_id)
    db.session.rollback()
    try:
        report = applying.undo(one.id, current_user.full_name)
        flash(t("Đã hoàn tác {count} thủ tục.", count=grouped(report["restored"])), "success")
    except Conflict as error:
        db.session.rollback()
        flash(error.message, "error")
    return _to(one)


@bp.post("/<int:import_id>/discard")
@requires("catalogue.edit")
def discard(import_id: int):
    one = imports.find(import_id, lock=True)
    try:
        imports.discard(one)
        db.session.commit()
        flash(t("Đã bỏ {file}. Danh mục không thay đổi.", file=said(one.file_name)), "success")
    except Conflict as error:
        db.session.rollback()
        flash(error.message, "error")
    return redirect(url_for("catalogue_imports.index"), 303)


def _to(one: CatalogueImport):
    return redirect(url_for("catalogue_imports.show", import_id=one.id), 303)
