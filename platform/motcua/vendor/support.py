"""`/vendor/support/`: going into a province for a while, with a reason that the province reads."""

from flask import flash, redirect, render_template, request, url_for

from motcua.accounts import gate, support
from motcua.accounts.permissions import requires
from motcua.core import reporting
from motcua.core.database import db
from motcua.core.errors import Invalid, MotcuaError
from motcua.tenancy import routes
from motcua.tenancy.models import Tenant

from . import navigation

bp = navigation.blueprint("vendor_support", __name__, "/support")

# Over all provinces; the reasons are the vendor's own words.
ENTRIES = """
    SELECT tenant_id, vendor_name, reason, begins_at, until, opened_at, ended_at, ended_by, allows_changes
    FROM support_entry ORDER BY begins_at DESC LIMIT 100
"""


@bp.get("/")
@requires("vendor.enter")
def listed():
    return _page()


@bp.post("/")
@requires("vendor.enter")
def begin():
    """The link is shown on this answer and nowhere later: it opens once, in this person's browser or another."""
    slug, hours = request.form.get("tenant", ""), request.form.get("hours", "")
    try:
        if routes.find_tenant(slug) is None:
            raise Invalid("Xin chọn tỉnh cần hỗ trợ.")
        reason = request.form.get("reason", "")
        link = support.begin(
            slug, gate.vendor_person(), reason, int(hours) if hours in "1234" and hours else 0
        )
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
        return redirect(url_for("vendor_support.listed"), 303)
    return _page(link=link, slug=slug)


def _page(**more):
    return render_template(
        "vendor/support.html",
        entries=reporting.rows(ENTRIES),
        tenants=db.session.scalars(db.select(Tenant.id).order_by(Tenant.id)).all(),
        hours=range(1, support.LONGEST_HOURS + 1),
        **more,
    )
