"""`/console/`: what the staff of one province see. The whole console is built on this door."""

from urllib.parse import urlsplit

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user

from motcua.accounts.models import Staff, password_is_right
from motcua.accounts.permissions import requires
from motcua.core import attempts
from motcua.core.database import db
from motcua.core.errors import TooManyAttempts
from motcua.dossiers import intake, receipts, status_map
from motcua.dossiers.models import Dossier
from motcua.messaging.models import Message

from . import labels
from .desk import seeing

bp = Blueprint("console", __name__, url_prefix="/console")

PAGE = 50
MOST_WRONG_OF_AN_ADDRESS = 50  # a whole office shares one


@bp.context_processor
def words():
    return {"labels": labels}


@bp.get("/login")
def login():
    return render_template("console/login.html")


@bp.post("/login")
def sign_in():
    email = request.form.get("email", "").strip().lower()[:200]
    account, address = f"{g.tenant.id}:login:{email}", f"{g.tenant.id}:login:address:{request.remote_addr}"
    try:
        attempts.refuse_if_cooling_down(account)
        attempts.refuse_if_cooling_down(address, MOST_WRONG_OF_AN_ADDRESS)
    except TooManyAttempts as error:
        flash(error.message, "error")
        return render_template("console/login.html"), 429
    staff = db.session.scalar(db.select(Staff).where(Staff.email == email))
    if not password_is_right(staff, request.form.get("password", "")):
        attempts.note_wrong(account)
        attempts.note_wrong(address)
        flash(
            "Email hoặc mật khẩu chưa đúng. Xin nhập lại hoặc nhờ quản trị viên của tỉnh đặt lại mật khẩu.",
            "error",
        )
        return render_template("console/login.html"), 401
    attempts.forget(account)
    session.clear()
    login_user(staff)
    return redirect(_inside(request.args.get("next")), 303)


@bp.post("/logout")
@requires("console.open")
def logout():
    logout_user()
    session.clear()
    return redirect(url_for("console.login"), 303)


@bp.get("/")
@requires("console.open")
def home():
    dossiers = db.session.scalars(
        db.select(Dossier).order_by(Dossier.status_at.desc(), Dossier.id.desc()).limit(PAGE)
    ).all()
    counts = dict(db.session.execute(db.select(Message.state, db.func.count()).group_by(Message.state)).all())
    may_map = "status_map.edit" in current_user.permissions
    return render_template(
        "console/home.html",
        dossiers=dossiers,
        counts=counts,
        unknown_codes=status_map.unknown_codes() if may_map else [],
        staff=current_user,
    )


@bp.get("/dossiers/<code>")
@requires("dossier.view")
def dossier(code: str):
    return seeing.page(intake.find(code))


@bp.get("/dossiers/<code>/receipt")
@requires("dossier.print")
def receipt(code: str):
    return render_template("dossiers/receipt.html", **receipts.contents(intake.find(code)))


def _inside(target: str | None) -> str:
    """Only a path of this site; anything else could lead a signed-in officer astray."""
    parts = urlsplit(target or "")
    if (
        target
        and target.startswith("/console/")
        and not parts.netloc
        and not parts.scheme
        and "\\" not in target
    ):
        return target
    return url_for("console.home")
