"""`/console/dossiers/<code>/forms` and `/console/registers`: the official papers, to print."""

from collections.abc import Callable
from datetime import date

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user

from motcua import audit
from motcua.accounts.permissions import requires
from motcua.core.database import db
from motcua.core.errors import Invalid
from motcua.dossiers.forms import issuing, papers, register, rendering, sets, workbook
from motcua.tenancy import current

from . import own_agency

bp = Blueprint("forms", __name__, url_prefix="/console")

# A browser shows a PDF in a page of its own making, with styles of its own.
PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/dossiers/<code>/forms/<number>.pdf")
@requires("dossier.print")
def show(code: str, number: str):
    """The form; `?issued=` prints that earlier paper again, whatever has changed since."""
    dossier = own_agency.find(code)
    earlier = request.args.get("issued", "")
    if earlier:
        if not earlier.isdecimal() or len(earlier) > 18:
            raise issuing.PaperUnknown
        file = issuing.print_again(issuing.find(dossier.id, int(earlier)))
    else:
        file = papers.make(dossier, number, by=current_user.full_name).pdf
        db.session.commit()
    return _pdf(file, f"mau-{number}-{dossier.code}")


@bp.get("/registers")
@requires("dossier.print")
def registers():
    first, last = _this_month()
    asked = {
        "agency": own_agency.bound_to() or request.args.get("agency", ""),
        "first": request.args.get("from", first),
        "last": request.args.get("to", last),
    }
    choice = None
    if "from" in request.args:
        try:
            choice = register.choose(asked["first"], asked["last"], asked["agency"])
        except Invalid as error:
            flash(error.message, "error")
    return render_template(
        "console/registers.html",
        agencies=own_agency.agencies(),
        may_ask_for_all=own_agency.bound_to() is None,
        asked=asked,
        choice=choice,
        total=choice and register.count(choice),
        most_on_paper=register.MOST_LINES_ON_PAPER,
        query={"agency": asked["agency"], "from": asked["first"], "to": asked["last"]},
        staff=current_user,
    )


@bp.get("/registers.pdf")
@requires("dossier.print")
def register_pdf():
    """The register of `?from=&to=&agency=`; without a period, to the page that asks for one."""

    def draw(form: sets.Form, form_set: sets.FormSet, choice: register.Choice) -> bytes:
        lines = register.on_paper(choice)
        return rendering.to_pdf(form, form_set, lines, number=None, at=issuing.whole_second())

    return _register(draw, _pdf)


@bp.get("/registers.xlsx")
@requires("dossier.print")
def register_xlsx():
    """As `register_pdf`."""

    def write(form: sets.Form, form_set: sets.FormSet, choice: register.Choice) -> bytes:
        return workbook.to_xlsx(form, choice, register.entries(choice))

    return _register(write, _excel)


def _register(make: Callable[..., bytes], answer: Callable[[bytes, str], Response]):
    if "from" not in request.args or "to" not in request.args:
        return redirect(url_for("forms.registers"), 303)
    agency = own_agency.bound_to() or request.args.get("agency", "")
    choice = register.choose(request.args["from"], request.args["to"], agency)
    form_set = register.set_of(choice)
    form = form_set.of_kind("register")
    file = make(form, form_set, choice)
    issuing.record_register(form, form_set, file, choice, by=current_user.full_name)
    audit.record("register.export", choice.agency_name, {"from": choice.first, "to": choice.last})
    db.session.commit()
    return answer(file, f"so-theo-doi-{choice.first:%Y%m%d}-{choice.last:%Y%m%d}")


def _this_month() -> tuple[str, str]:
    today: date = current.today()
    return f"{today.replace(day=1):%d/%m/%Y}", f"{today:%d/%m/%Y}"


def _pdf(file: bytes, name: str) -> Response:
    response = Response(file, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response.headers["Content-Security-Policy"] = PDF_POLICY
    return response


def _excel(file: bytes, name: str) -> Response:
    response = Response(file, mimetype=EXCEL)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
