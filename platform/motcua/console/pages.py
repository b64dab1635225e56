"""`/console/`: what the staff of one province see. The whole console is built on this door."""

from flask import Blueprint, redirect, render_template, url_for
from flask_login import current_user

from motcua import audit
from motcua.accounts import gate, own_account, signing_in, support_pages
from motcua.accounts.people_pages import PeoplePages
from motcua.accounts.permissions import for_readers, requires
from motcua.catalogue import listing
from motcua.core.database import db
from motcua.dossiers import receipts, status_map
from motcua.facts import figures

from . import dashboards, labels, own_agency
from . import home as home_tasks
from .desk import seeing

bp = Blueprint("console", __name__, url_prefix="/console")

signing_in.add_to(bp)
own_account.add_to(bp, "console.open")
support_pages.add_to(bp)
PeoplePages(listing.agencies).add_to(bp, "/staff", "staff.view", "staff.manage")


@bp.context_processor
def words():
    return {"labels": labels, "console_page": "console/base.html"}


@bp.post("/logout")
@requires("console.open")
@for_readers
def logout():
    gate.leave_session()
    db.session.commit()
    return redirect(url_for("console.login"), 303)


@bp.get("/")
@requires("console.open")
def home():
    may_map = "status_map.edit" in current_user.permissions
    return render_template(
        "console/home.html",
        desk=home_tasks.desk(),
        people=home_tasks.people(),
        cards=dashboards.overview_cards() if gate.may("report.view") else (),
        as_of=figures.as_of(),
        **dashboards.drawing(),
        most=home_tasks.MOST_COUNTED,
        unknown_codes=status_map.unknown_codes() if may_map else [],
        staff=current_user,
    )


@bp.get("/dossiers/<code>")
@requires("dossier.view")
def dossier(code: str):
    found = own_agency.find(code)
    audit.note_access("dossier.read", found.code)
    return seeing.page(found)


@bp.get("/dossiers/<code>/receipt")
@requires("dossier.print")
def receipt(code: str):
    return render_template("dossiers/receipt.html", **receipts.contents(own_agency.find(code)))
