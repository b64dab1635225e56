"""`/console/privacy/`: what citizens read about their data, and its public page."""

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask_login import current_user

from motcua.accounts.permissions import requires
from motcua.core.database import db
from motcua.core.errors import MotcuaError, NotFound
from motcua.provinces import confirming, founding
from motcua.tenancy import current

bp = Blueprint("privacy", __name__, url_prefix="/console/privacy")
public_bp = Blueprint("privacy_page", __name__)

TEMPLATE = "privacy.txt"


@bp.get("/")
@requires("readiness.view")
def show():
    published = confirming.privacy_notice()
    return _form(published.body if published else proposed())


@bp.post("/")
@requires("readiness.confirm")
def publish():
    body = request.form.get("body", "")
    try:
        confirming.publish_privacy_notice(body, current_user.full_name)
        db.session.commit()
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
        return _form(body), error.status
    flash("Đã công bố. Người dân đọc được ngay ở trang của tỉnh.", "success")
    return redirect(url_for("privacy.show"), 303)


@public_bp.get("/du-lieu-ca-nhan")
def read():
    """What the province published, for everybody."""
    published = confirming.privacy_notice()
    if published is None:
        raise NotFound
    return render_template("front/privacy.html", notice=published)


def proposed() -> str:
    """The nation's words with the province's name, times and contact in them."""
    settings = g.tenant.settings
    name = current.name_on(settings, current.today())["name"]
    contact = settings.get("contact") or {}
    where = contact.get("hotline") or contact.get("portal_url") or "bộ phận một cửa gần nhất"
    words = {"province": name, "contact": where} | (settings.get("retention") or founding.RETENTION)
    return (founding.home() / TEMPLATE).read_text(encoding="utf-8").format(**words)


def _form(body: str):
    settings = current_app.config["SETTINGS"]
    return render_template(
        "console/privacy.html",
        body=body,
        published=confirming.privacy_notice(),
        address=settings.public_url(g.tenant.settings["hosts"][0], url_for("privacy_page.read")),
        most=confirming.LONGEST_NOTICE,
        least=confirming.SHORTEST_NOTICE,
        staff=current_user,
    )
