"""`/console/dossiers/new`: one dossier is taken in, by keyboard, with its due date in sight."""

import uuid
from datetime import datetime

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup

from motcua.accounts.permissions import requires
from motcua.catalogue import asking, lookup
from motcua.catalogue.facts import describe_fee, describe_time
from motcua.catalogue.procedures_file import EVERY_COMMUNE
from motcua.console import own_agency
from motcua.core import language
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Invalid
from motcua.dossiers import explaining, numbering, promising, wording
from motcua.dossiers.receipts import CHANNELS
from motcua.tenancy import current
from motcua.zalo.phone import normalise_phone

from . import taking_in
from .blueprint import bp
from .forms import Typed, in_form
from .masking import masked_name

OWN_ROWS = 2


@bp.get("/new")
@requires("dossier.take_in")
def new():
    """Without `?procedure=`: which one, searched as citizens search."""
    procedure = lookup.find_procedure(request.args.get("procedure", ""))
    if procedure is None:
        question = request.args.get("q", "").strip()[:200]
        return render_template("console/desk/choose.html", question=question, results=_search(question))
    return _page(procedure)


@bp.get("/new/procedures")
@requires("dossier.take_in")
def procedures():
    """The same search while typing: a piece of the page."""
    question = request.args.get("q", "").strip()[:200]
    return render_template("console/desk/_results.html", question=question, results=_search(question))


@bp.get("/new/due")
@requires("dossier.take_in")
def due():
    """The due date with its working: `?procedure=&channel=&case=&agency=&received_at=`."""
    procedure = lookup.find_procedure(request.args.get("procedure", ""))
    if procedure is None:
        return jsonify(due=None, due_at=None, lines=[language.t("Chưa chọn thủ tục.").unescape()])
    try:
        found = _explained(procedure, Typed(request.args))
    except Invalid as error:
        return jsonify(due=None, due_at=None, lines=[_plain(error.message)])
    return jsonify(
        due=wording.moment(found.due_at, language.current()),
        due_at=found.due_at and found.due_at.isoformat(),
        lines=list(found.lines),
        code_help=_plain(_code_help(request.args.get("agency", ""))),
    )


@bp.post("/new/phone")
@requires("dossier.take_in")
def known_phone():
    """Which dossiers already name a phone; names masked. A POST, for a phone has no place in an address."""
    try:
        phone = normalise_phone(str((request.get_json(silent=True) or {}).get("phone", ""))[:40])
    except Invalid as error:
        return jsonify(error=_plain(error.message), dossiers=[])
    found = [one for one in taking_in.with_phone(phone) if own_agency.may_see(one)]
    dossiers = [
        {
            "code": one.code,
            "procedure": one.procedure_name,
            "status": wording.status_name(one.status, language.current()),
            "owner": masked_name(one.people["owner"]["name"]),
        }
        for one in found[:3]
    ]
    return jsonify(error=None, dossiers=dossiers, total=len(found), hint=_hint(dossiers, len(found)))


def _hint(dossiers: list[dict], total: int) -> str:
    if not total:
        return ""
    named = "; ".join(
        f"{one['code']} ({one['owner']}, {one['procedure']}, {one['status'].lower()})" for one in dossiers
    )
    return language.t("Số này đã có ở {count} hồ sơ: {dossiers}", count=total, dossiers=named).unescape()


def _plain(sentence: str) -> str:
    """In the page's language, for a script that shows it as text."""
    return Markup("{}").format(language.told(sentence)).striptags()


@bp.post("/new")
@requires("dossier.take_in")
def save():
    procedure = lookup.find_procedure(request.form.get("procedure", ""))
    if procedure is None:
        flash("Thủ tục này tỉnh chưa bật. Xin tìm và chọn lại thủ tục.", "error")
        return redirect(url_for("desk.new"), 303)
    try:
        _refuse_other_agency(request.form.get("agency", ""))
        taken = taking_in.take_in(procedure, request.form, current_user)
        db.session.commit()
    except Invalid as error:
        db.session.rollback()
        fault, faults = in_form(error, taking_in.names_in(request.form, procedure))
        return _page(procedure, request.form, faults, fault, getattr(error, "others", ())), 422
    return redirect(url_for("console.dossier", code=taken.dossier_code, done=f"taken_{taken.decision}"), 303)


def _refuse_other_agency(code: str) -> None:
    if code and own_agency.bound_to() not in (None, code):
        sentence = "Ông/bà chỉ tiếp nhận hồ sơ của cơ quan mình. Xin chọn cơ quan ấy, hoặc chỉ người dân đến đúng nơi."
        raise Invalid(sentence, details={"agency_code": [sentence]})


def _search(question: str) -> list[dict]:
    if not question:
        return []
    found = []
    for result in asking.ask(question).results[:8]:
        procedure = lookup.find_procedure(result.code)
        if procedure is not None:
            found.append(
                {
                    "code": procedure.code,
                    "name": procedure.name,
                    "field": procedure.facts.field,
                    "time": procedure.facts.describe_time_for("counter"),
                }
            )
    return found


def _code_help(agency: str) -> str:
    """How the dossier gets its code."""
    if not agency:
        return "Để trống để hệ thống cấp mã theo cơ quan giải quyết."
    known = lookup.find_agency(agency)
    identifier = numbering.identifier_for(known, current.tenant().settings, current.today())
    if identifier is None:
        return "Cơ quan này chưa có mã định danh: xin gõ mã do hệ thống một cửa cấp."
    return f"Để trống để hệ thống cấp mã {identifier}-…"


def _explained(procedure: lookup.Procedure, typed: Typed) -> explaining.Explained:
    at = typed.moment("received_at")
    limit = taking_in.limit_of(procedure, typed("channel") or "counter", typed("case"))
    calendar = promising.offices().of(typed("agency") or None)
    try:
        return explaining.explain(limit, datetime.fromisoformat(at) if at else now(), calendar)
    except ValueError as error:
        raise Invalid("Không tính được ngày hẹn từ lúc nhận này. Xin kiểm tra lại ngày giờ nhận.") from error


def _page(procedure: lookup.Procedure, form=None, faults=None, fault="", others=()) -> str:
    typed = Typed(form if form is not None else request.args)
    channel = typed("channel")
    if channel not in CHANNELS:
        channel = "counter"
    agencies = own_agency.agencies()
    named = procedure.agency if procedure.agency not in (None, EVERY_COMMUNE) else None
    agency = own_agency.bound_to() or typed("agency") or named or current_user.agency_code or ""
    values = typed.form | {"channel": channel, "agency": agency}
    try:
        explained = _explained(procedure, Typed(values))
    except Invalid:
        explained = explaining.Explained(None, ())
    lines = taking_in.checklist(procedure, typed if form is not None else None)
    kept = [one for one in lines if one.field.startswith("own-")]
    return render_template(
        "console/desk/take_in.html",
        procedure=procedure,
        typed=Typed(values),
        channels=CHANNELS,
        cases=[
            (number, describe_time(one), describe_fee(one), one.note)
            for number, one in enumerate(taking_in.cases(procedure, channel))
        ],
        agencies=agencies,
        code_help=_code_help(agency),
        papers=[one for one in lines if one.field.startswith("paper-")],
        own=kept,
        blank_rows=range(100 + len(kept), 100 + len(kept) + OWN_ROWS),
        explained=explained,
        faults=faults or {},
        fault=fault,
        others=others,
        may_see=own_agency.may_see,
        submission=typed("submission") or str(uuid.uuid4()),
    )
