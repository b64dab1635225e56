"""The frame around every console page: how it looks, and what a person prefers of it."""

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from flask import Blueprint, current_app, g, redirect, request

from motcua.accounts import gate
from motcua.core import language
from motcua.core.clock import VIETNAM
from motcua.dossiers import wording

from . import navigation, own_agency

bp = Blueprint("shell", __name__)

THEMES = ("light", "dark", "auto")
THEME, MENU = "motcua_theme", "motcua_menu"  # cookies; static/theme.js and static/shell.js know their names
LASTS_S = 400 * 24 * 3600  # browsers keep none longer


@dataclass(frozen=True)
class Look:
    """`here` is this page's own address, to come back to."""

    theme: str
    menu_is_hidden: bool
    is_trial: bool
    here: str


@bp.app_context_processor
def words():
    return {
        "look": look(),
        "menu": navigation.menu,
        "personal_menu": navigation.personal,
        "menu_place": navigation.place,
        "bound_agency": own_agency.name_of_bound,
        "alert_pages": navigation.ALERT_PAGES,
        "may": gate.may,
        "status_name": lambda status: wording.status_name(status, language.current()),
    }


@bp.app_template_filter()
def initials(name: str) -> str:
    """Of the first and the last word: a Vietnamese given name stands last."""
    parts = name.split()
    return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper()


@bp.app_template_filter("count")
def grouped(number: int) -> str:
    """12345 as 12.345, in English as 12,345."""
    return wording.whole(number, language.current())


@bp.app_template_filter("vnd")
def money(amount_vnd: int | None) -> str:
    """12345 as 12.345 ₫; nothing known as a dash."""
    return "–" if amount_vnd is None else f"{grouped(amount_vnd)} ₫"


@bp.app_template_filter("day")
def day(value: date | datetime | None) -> str:
    """27/11/2026 in Vietnam, whatever zone a moment comes in."""
    if isinstance(value, datetime):
        value = value.astimezone(VIETNAM)
    return value.strftime("%d/%m/%Y") if value else "–"


@bp.app_template_filter("clock")
def clock(value: datetime | None) -> str:
    """09:05 27/11/2026 in Vietnam."""
    return value.astimezone(VIETNAM).strftime("%H:%M %d/%m/%Y") if value else "–"


def look() -> Look:
    theme = request.cookies.get(THEME, "")
    return Look(
        theme=theme if theme in THEMES else "auto",
        menu_is_hidden=request.cookies.get(MENU) == "hidden",
        is_trial="tenant" in g and g.tenant is not None and g.tenant.status == "trial",
        here=request.full_path.rstrip("?") if request.method == "GET" else request.path,
    )


@bp.post("/preferences")
def prefer():
    """Keep a choice in this browser, and go back. Open to all: it changes nothing else."""
    response = redirect(_inside(request.form.get("next", "")), 303)
    theme = request.form.get("theme")
    if theme in THEMES:
        response.set_cookie(
            THEME,
            theme,
            max_age=LASTS_S,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            samesite="Lax",
        )
    chosen = request.form.get("language")
    if chosen in language.LANGUAGES:
        response.set_cookie(
            language.STAFF_COOKIE,
            chosen,
            max_age=LASTS_S,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            samesite="Lax",
            httponly=True,
        )
    return response


def _inside(target: str) -> str:
    """Only a path of this site: a form may have been made elsewhere."""
    parts = urlsplit(target)
    is_path = target.startswith("/") and not target.startswith("//") and "\\" not in target
    return target if is_path and not parts.scheme and not parts.netloc else "/"
