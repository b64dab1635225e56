"""`/console/dossiers/`: the one box, and the lists behind the tabs."""

import re
from collections.abc import Callable

from flask import redirect, render_template, request, url_for
from flask_login import current_user

from motcua.accounts.permissions import for_readers, requires
from motcua.catalogue import listing as agencies_listing
from motcua.citizens.models import phone_index
from motcua.console import own_agency
from motcua.core.clock import now
from motcua.core.database import db
from motcua.dossiers import finding, listing, people_index, promising, scanning
from motcua.dossiers.finding import DossierNotFound
from motcua.dossiers.models import Dossier, DossierPhone
from motcua.dossiers.scanning import Meant
from motcua.dossiers.statuses import NAMES

from .blueprint import bp
from .masking import masked_name

MOST = 50
LEAST_OF_A_CODE = 3
SAID = {
    "phone": "số điện thoại này",
    "id": "số giấy tờ này",
    "id_end": "bốn số cuối của giấy tờ, hoặc mã, như vậy",
    "name": "đúng họ tên này (tên được mã hóa nên chỉ tìm được cả họ tên, không tìm được một phần)",
    "part": "phần mã này",
    "code": "mã này",
    "token": "mã theo dõi này",
}


@bp.get("/")
@requires("dossier.view")
def index():
    wanted = _wanted()
    calendar = promising.offices().of(wanted.agency)
    moments = listing.Moments.of(calendar)
    try:
        page = listing.page(wanted, moments)
    except (ValueError, OverflowError):
        return redirect(url_for("desk.index", tab=wanted.tab), 303)
    return render_template(
        "console/desk/index.html",
        wanted=wanted,
        page=page,
        tabs=listing.TABS,
        sorts=listing.SORTS,
        statuses=NAMES,
        counts=listing.counts(moments, wanted.agency),
        owners=owners_of(page.dossiers),
        agencies=agencies_listing.agencies() if own_agency.bound_to() is None else [],
        now=moments.now,
        moments=moments,
        asked=_asked(wanted),
    )


@bp.post("/find")
@requires("dossier.view")
@for_readers
def find():
    """A POST: what is looked for may be a phone or a scanned ID number, and has no place in an address."""
    meant = scanning.read(request.form.get("q", ""))
    if meant.kind == "nothing":
        return redirect(url_for("desk.index"), 303)
    if meant.kind in ("token", "code"):
        dossier = _exactly(meant)
        if dossier is not None:
            return redirect(url_for("console.dossier", code=dossier.code), 303)
    found = _look(meant)
    if len(found) == 1 and meant.kind in ("part", "id"):
        return redirect(url_for("console.dossier", code=found[0].code), 303)
    suggested = []
    if not found and meant.kind in ("code", "part"):
        suggested = _with_code_almost(meant.value)
    return render_template(
        "console/desk/found.html",
        meant=meant,
        shown=request.form.get("q", "")[:200],
        found=found,
        suggested=suggested,
        owners=owners_of([*found, *suggested]),
        sought=SAID[meant.kind],
        most=MOST,
        now=now(),
    )


def chosen_agency() -> str | None:
    """Officers see their own agency's dossiers; who may, chooses. Nobody has said whose: the province's."""
    bound = own_agency.bound_to()
    if bound is not None:
        return bound
    asked, own = request.args.get("agency"), current_user.agency_code
    return own if asked is None else asked[:80] or None


def _wanted() -> listing.Wanted:
    tab, sort = request.args.get("tab", ""), request.args.get("sort", "")
    status = request.args.get("status", "")
    tab = tab if tab in listing.TABS else "open"
    return listing.Wanted(
        tab=tab,
        agency=chosen_agency(),
        officer=request.args.get("officer", "").strip()[:100],
        status=int(status) if status in {str(one.value) for one in NAMES} else None,
        sort=sort if sort in listing.SORTS else ("recent" if tab == "all" else "due"),
        after=request.args.get("after", "")[:60],
    )


def _asked(wanted: listing.Wanted) -> dict:
    """The filters as they go on in links, without the page."""
    asked = {"officer": wanted.officer, "status": wanted.status, "sort": request.args.get("sort")}
    asked["agency"] = request.args.get("agency")
    return {name: value for name, value in asked.items() if value not in (None, "") or name == "agency"}


def _exactly(meant: Meant) -> Dossier | None:
    if meant.kind == "code":
        return finding.look_up(meant.value)
    try:
        return finding.find_by_token(meant.value)
    except DossierNotFound:
        return None


def _look(meant: Meant) -> list[Dossier]:
    if meant.kind == "phone":
        return _newest(
            db.select(DossierPhone.dossier_id).where(DossierPhone.phone_index == phone_index(meant.value))
        )
    if meant.kind == "id":
        return _newest(people_index.found_by(people_index.of_id(meant.value))) or _with_code_like(meant.value)
    if meant.kind == "id_end":
        by_id = _newest(people_index.found_by(people_index.of_id_end(meant.value)))
        known = {one.id for one in by_id}
        return (
            by_id + [one for one in _with_code_like(meant.value) if one.id not in known][: MOST - len(by_id)]
        )
    if meant.kind == "name":
        return _newest(people_index.found_by(people_index.of_name(meant.value)))
    if meant.kind == "part" and len(meant.value) >= LEAST_OF_A_CODE:
        return _with_code_like(meant.value)
    return []


def _newest(ids: db.Select) -> list[Dossier]:
    query = db.select(Dossier).where(Dossier.id.in_(ids), *own_agency.within())
    return list(db.session.scalars(query.order_by(Dossier.status_at.desc(), Dossier.id.desc()).limit(MOST)))


def _with_code_like(part: str) -> list[Dossier]:
    """By a part of the code: a walk along the index of codes, which holds nothing else."""
    return _of_codes(Dossier.code.contains(part, autoescape=True), lambda code: True)


def _with_code_almost(part: str) -> list[Dossier]:
    """The same, whichever of letters and digits that look alike were written."""
    wanted = scanning.repaired(part)
    escaped = part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    anything = re.sub("[O0I1L]", "_", escaped)  # quicker than folding a hundred thousand codes
    return _of_codes(Dossier.code.like(f"%{anything}%"), lambda code: wanted in scanning.repaired(code))


def _of_codes(matching, is_meant: Callable[[str], bool]) -> list[Dossier]:
    query = (
        db.select(Dossier.code)
        .where(matching, *own_agency.within())
        .order_by(Dossier.code.desc())
        .limit(10 * MOST)
    )
    found = [code for code in db.session.scalars(query) if is_meant(code)][:MOST]
    if not found:
        return []
    return list(
        db.session.scalars(db.select(Dossier).where(Dossier.code.in_(found)).order_by(Dossier.code.desc()))
    )


def owners_of(dossiers: list[Dossier]) -> dict[int, str]:
    return {one.id: masked_name(one.people["owner"]["name"]) for one in dossiers}
