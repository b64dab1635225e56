"""`/vendor/login`, `/vendor/account`, `/vendor/staff`: how the vendor's people come in, and who they are."""

from dataclasses import dataclass

from flask import Blueprint, redirect, url_for

from motcua.core.database import db

from . import gate, own_account, signing_in
from .people_pages import PeoplePages
from .permissions import for_readers, requires

bp = Blueprint("vendor_door", __name__, url_prefix="/vendor")

signing_in.add_to(bp)
own_account.add_to(bp, "vendor.open")
PeoplePages().add_to(bp, "/staff", "vendor.staff", "vendor.staff")


@dataclass(frozen=True)
class Link:
    endpoint: str
    label: str
    icon: str


OWN = Link("vendor_door.own_account", "Tài khoản của tôi", "user")
PEOPLE = Link("vendor_door.people", "Người của nhà cung cấp", "users")


@bp.app_context_processor
def under_ones_name():
    """`vendor_links()`: what stands in the menu under the name of the vendor's person."""
    return {"vendor_links": lambda: [OWN, PEOPLE] if gate.may("vendor.staff") else [OWN]}


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
