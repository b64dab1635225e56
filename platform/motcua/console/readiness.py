"""`/console/readiness/`: what the province still needs before it serves citizens, and confirming its hours."""

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask_login import current_user

from motcua.accounts import gate
from motcua.accounts.permissions import requires
from motcua.core import scope
from motcua.core.database import db
from motcua.provinces import confirming, notices, opening, presenting, readiness
from motcua.tenancy.office import hours_in_words

bp = Blueprint("readiness", __name__, url_prefix="/console/readiness")


@bp.app_context_processor
def told_by_the_vendor():
    return {
        "vendor_notices": lambda: notices.unread(current_user.id) if gate.may("readiness.view") else [],
        "on_trial": on_trial,
    }


@bp.get("/")
@requires("readiness.view")
def show():
    return render_template(
        "console/readiness.html",
        checklist=readiness.here(scope.required()),
        status=g.tenant.status,
        status_name=opening.NAMES[g.tenant.status],
        hours=hours_in_words(g.tenant.settings),
        may_edit=presenting.is_editable() and gate.may("province.edit"),
        page_url=page_url,
        staff=current_user,
    )


@bp.post("/hours")
@requires("readiness.confirm")
def confirm_hours():
    confirming.confirm_hours(current_user.full_name)
    db.session.commit()
    flash("Đã ghi: giờ làm việc đúng. Hạn trả hồ sơ tính theo giờ này.", "success")
    return redirect(url_for("readiness.show"), 303)


@bp.post("/notices/<int:number>/read")
@requires("readiness.view")
def put_away(number: int):
    """A notice of the vendor that this person has read."""
    notices.put_away(number, current_user.id)
    db.session.commit()
    return redirect(url_for("console.home"), 303)


def on_trial() -> tuple[readiness.Checklist, readiness.Item | None] | None:
    """For the frame of every page while the province is on trial: its checklist, and what the reader can do next."""
    if g.tenant.status != "trial" or request.endpoint == "readiness.show" or not gate.may("readiness.view"):
        return None
    found = readiness.here(scope.required())
    mine = (one for one in found.missing if one.page and page_url(one.page))
    return found, next(mine, None)


def page_url(endpoint: str) -> str | None:
    """Where the reader mends it; None where there is no such page, or none for this reader."""
    permission = getattr(current_app.view_functions.get(endpoint), "permission", None)
    return url_for(endpoint) if permission and gate.may(permission) else None
