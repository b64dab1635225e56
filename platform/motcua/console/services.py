"""`/console/services/`: which extra services the province offers, how they are set, asked and failing."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from motcua.accounts.permissions import requires
from motcua.core.database import db
from motcua.core.errors import Invalid
from motcua.core.language import said, t
from motcua.services import data, figures, registry, switching
from motcua.services.contract import Service
from motcua.services.data import Freshness
from motcua.services.figures import Day
from motcua.tenancy import current
from motcua.tenancy.secret_keys import is_secret

bp = Blueprint("services", __name__, url_prefix="/console/services")

SWITCH = {"on": True, "off": False, "folder": None}


@dataclass(frozen=True)
class Line:
    """One service in the list."""

    service: Service
    is_on: bool
    freshness: Freshness | None
    today: Day


@bp.context_processor
def words():
    return {"staff": current_user}


@bp.get("/")
@requires("service.view")
def listed():
    today = current.today()
    on, counted = {service.code for service in switching.all_on()}, figures.of_day(today)
    lines = [
        Line(
            service,
            service.code in on,
            data.freshness(service, today) if service.dataset else None,
            counted.get(service.code, Day(today)),
        )
        for service in registry.all_services()
    ]
    lines.sort(key=lambda line: not line.is_on)
    return render_template("console/services/list.html", lines=lines, faulty=registry.faulty())


@bp.get("/<string:code>")
@requires("service.view")
def show(code: str):
    return _page(registry.find(code))


@bp.post("/<string:code>")
@requires("service.edit")
def save(code: str):
    service, form = registry.find(code), request.form
    settings = {name: form.get(f"setting-{name}", "") for name in service.settings_help}
    try:
        if form.get("switch") not in SWITCH:
            raise Invalid("Xin chọn mở, đóng hoặc theo thư mục của tỉnh.")
        switching.change(code, SWITCH[form["switch"]], settings, current_user.full_name)
    except Invalid as error:
        db.session.rollback()
        flash(error.message, "error")
        return _page(service), 422
    db.session.commit()
    name = said(service.name)
    is_on = switching.is_on(code)
    flash(
        t("Đã lưu. {name} đang mở cho người dân.", name=name)
        if is_on
        else t("Đã lưu. {name} đang đóng cho người dân.", name=name),
        "success",
    )
    return redirect(url_for("services.show", code=code), 303)


def _page(service: Service):
    history, today = switching.history(service.code), current.today()
    chosen = history[0].is_on if history else None
    return render_template(
        "console/services/service.html",
        service=service,
        is_on=switching.is_on(service.code),
        switch=next(word for word, value in SWITCH.items() if value is chosen),
        folder_says_on=service.code in current.tenant().settings.get("services", ()),
        folder_settings=switching.folder_settings(service.code),
        own_settings=history[0].settings if history else {},
        set_secrets=switching.set_secrets(service.code),
        is_secret=is_secret,
        history=history,
        days=figures.of_service(service.code, today),
        freshness=data.freshness(service, today) if service.dataset else None,
    )
