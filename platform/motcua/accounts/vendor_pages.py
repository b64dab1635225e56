"""`/vendor/login`, `/vendor/account`, `/vendor/staff`: how the vendor's people come in, and who they are."""

from flask import Blueprint, redirect, url_for

from motcua.core.database import db

from . import gate, own_account, signing_in
from .people_pages import PeoplePages
from .permissions import for_readers, requires

bp = Blueprint("vendor_door", __name__, url_prefix="/vendor")

signing_in.add_to(bp)
own_account.add_to(bp, "vendor.open")
PeoplePages().add_to(bp, "/staff", "vendor.staff", "vendor.staff")


@bp.context_processor
def shell():
    return {"console_page": "vendor/base.html"}


@bp.post("/logout")
@requires("vendor.open")
@for_readers
def logout():
    gate.leave_session()
    db.session.commit()
    return redirect(url_for(".login"), 303)
