"""`/console/services/<code>/data`: a service's data from the file to the citizen, and back."""

import io
from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_login import current_user
from werkzeug.utils import secure_filename

from motcua.accounts import gate
from motcua.accounts.permissions import requires
from motcua.catalogue.importing.table import MOST_BYTES
from motcua.core import language
from motcua.core.database import db
from motcua.core.days import read_day
from motcua.core.errors import Conflict, Invalid, MotcuaError
from motcua.core.language import said, t
from motcua.dossiers.wording import moment
from motcua.services import asking, data, registry
from motcua.services.checking import check_file
from motcua.services.contract import Asker, Service
from motcua.services.data import About
from motcua.services.marking import marked_copy
from motcua.services.models import ServiceDataVersion
from motcua.services.wording import as_json, cell_words, lacking, roll_back_words
from motcua.tenancy import current

bp = Blueprint("service_data", __name__, url_prefix="/console/services/<string:code>/data")

FORM_BYTES = 100_000
SAMPLE_ROWS = 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STATES = {
    "faulty": "Có lỗi, chưa nạp",
    "draft": "Bản nháp",
    "published": "Đang dùng",
    "retired": "Đã thu lại",
}
DATES = ("valid_from", "valid_to", "as_of", "next_update_on")


@bp.url_value_preprocessor
def allow_a_large_file(endpoint, values):
    # Before the form is read for its token, and only for somebody who has signed in.
    if endpoint == "service_data.load" and gate.has_cookie():
        request.max_content_length = MOST_BYTES + FORM_BYTES


@bp.context_processor
def words():
    return {
        "staff": current_user,
        "state_words": state_words,
        "due_on": data.due_on,
    }


@bp.get("/")
@requires("service.view")
def listed(code: str):
    service = _with_data(code)
    return render_template(
        "console/services/data.html",
        service=service,
        versions=data.versions(service),
        holding={version.id for version, _ in data.in_force(code, current.today())},
        freshness=data.freshness(service, current.today()),
        most_mb=MOST_BYTES // 1_000_000,
    )


@bp.post("/")
@requires("service.edit")
def load(code: str):
    service, given = _with_data(code), request.files.get("file")
    content = given.read(MOST_BYTES + 1) if given else b""
    name = (given.filename or "") if given else ""
    if given:
        given.close()  # a large one lies in a temporary file
    try:
        about = _about(request.form)
        checked = check_file(service, content)
        version = data.load(
            service, checked, about, file_name=name, content=content, by=current_user.full_name
        )
    except (Invalid, Conflict) as error:
        db.session.rollback()
        flash(error.message, "error")
        return redirect(url_for("service_data.listed", code=code), 303)
    db.session.commit()
    return _to(version)


@bp.get("/<int:version_id>")
@requires("service.view")
def show(code: str, version_id: int):
    service = _with_data(code)
    return _page(service, data.find(service, version_id))


@bp.post("/<int:version_id>/try")
@requires("service.view")
def try_out(code: str, version_id: int):
    """A trial question against the draft; posted, so that nothing personal stands in an address."""
    service = _with_data(code)
    version = data.find(service, version_id)
    values = {field.name: request.form.get(field.name, "") for field in service.form}
    asker = Asker(level=service.level)
    try:
        outcome = {"answer": as_json(*asking.try_out(service, values, version, asker))}
    except MotcuaError as error:
        outcome = {"refused": error.message}
    return _page(service, version, values=values, **outcome)


@bp.post("/<int:version_id>/publish")
@requires("service.edit")
def publish(code: str, version_id: int):
    return _act(data.publish, code, version_id, lambda _: "Đã công bố. Người dân hỏi được dữ liệu mới ngay.")


@bp.get("/<int:version_id>/roll-back")
@requires("service.edit")
def confirm_roll_back(code: str, version_id: int):
    """What follows when this version is taken back, before it is."""
    service = _with_data(code)
    version = data.find(service, version_id)
    if version.state != "published":
        return _to(version)
    left = data.left_without(version, current.today())
    return render_template(
        "console/services/roll_back.html",
        service=service,
        version=version,
        left=left,
        follows=roll_back_words(version.part, left),
    )


@bp.post("/<int:version_id>/roll-back")
@requires("service.edit")
def roll_back(code: str, version_id: int):
    return _act(data.roll_back, code, version_id, _rolled_back)


def _rolled_back(version: ServiceDataVersion) -> str:
    left = data.left_without(version, current.today())
    return t("Đã thu lại. {follows}", follows=said(roll_back_words(version.part, left)))


def state_words(version: ServiceDataVersion) -> str:
    """“Đang dùng”, or “Đã thay bằng bản 7 lúc 08:30 15/01/2026”."""
    if version.state == "retired" and version.replaced_by is not None:
        at = moment(version.retired_at, language.current())
        return t("Đã thay bằng bản {number} lúc {moment}", number=version.replaced_by, moment=at)
    return STATES[version.state]


@bp.post("/<int:version_id>/discard")
@requires("service.edit")
def discard(code: str, version_id: int):
    service = _with_data(code)
    try:
        data.discard(service, version_id)
        db.session.commit()
        flash("Đã bỏ. Dữ liệu người dân đang xem không thay đổi.", "success")
    except Conflict as error:
        db.session.rollback()
        flash(error.message, "error")
    return redirect(url_for("service_data.listed", code=code), 303)


@bp.get("/<int:version_id>/file")
@requires("service.view")
def file(code: str, version_id: int):
    """The file as it was loaded."""
    service = _with_data(code)
    version = data.find(service, version_id)
    content = io.BytesIO(data.content_of(version))
    return send_file(
        content,
        "application/octet-stream",
        as_attachment=True,
        download_name=secure_filename(version.file_name) or "du-lieu",
    )


@bp.get("/<int:version_id>/marked.xlsx")
@requires("service.view")
def marked(code: str, version_id: int):
    service = _with_data(code)
    version = data.find(service, version_id)
    if version.state != "faulty":
        raise Conflict("Bản này không có lỗi nên không có bản đánh dấu. Xin tải tệp gốc.")
    content = io.BytesIO(marked_copy(service, data.content_of(version)))
    stem = secure_filename(version.file_name.rpartition(".")[0]) or "du-lieu"
    return send_file(content, XLSX, as_attachment=True, download_name=f"{stem}-danh-dau.xlsx")


def _page(service: Service, version: ServiceDataVersion, **outcome):
    return render_template(
        "console/services/version.html",
        service=service,
        version=version,
        rows=data.sample(version, SAMPLE_ROWS),
        lacking=lacking(version),
        tenant_code=current.tenant().id,
        shown=cell_words,
        **({"answer": None, "refused": "", "values": {}} | outcome),
    )


def _act(change, code: str, version_id: int, sentence: Callable[[ServiceDataVersion], str]):
    service = _with_data(code)
    try:
        version = change(service, version_id, current_user.full_name)
        db.session.commit()
        flash(sentence(version), "success")
    except Conflict as error:
        db.session.rollback()
        version = data.find(service, version_id)
        flash(error.message, "error")
    return _to(version)


def _about(form) -> About:
    """Raises Invalid for a date that is none."""
    dates = {}
    for name in DATES:
        try:
            dates[name] = read_day(form[name]) if form.get(name) else None
        except ValueError:
            raise Invalid("Ngày chưa đúng. Xin ghi ngày/tháng/năm, như 31/12/2026, hoặc bỏ trống.") from None
    words = {name: " ".join(form.get(name, "").split()) for name in ("part", "document")}
    return About(**words, **dates, is_official=form.get("is_official") == "1")


def _with_data(code: str) -> Service:
    """Raises ServiceNotFound for a service that takes no data, too."""
    service = registry.find(code)
    if service.dataset is None:
        raise registry.ServiceNotFound
    return service


def _to(version: ServiceDataVersion):
    return redirect(url_for("service_data.show", code=version.service, version_id=version.id), 303)
