"""`/vendor/`: every province at a glance, and adding one."""

from flask import current_app, flash, redirect, render_template, request, url_for
from marshmallow import EXCLUDE, ValidationError

from motcua.accounts import gate, invitations, jobs
from motcua.accounts.permissions import requires
from motcua.catalogue.models import NationalProcedure
from motcua.core.database import db, tenant_scope
from motcua.core.errors import MotcuaError
from motcua.provinces import founding, overview, units
from motcua.tenancy.models import Tenant, ZaloApp

from . import navigation

bp = navigation.blueprint("vendor_tenants", __name__, "")


@bp.app_context_processor
def offer_menu():
    if not gate.is_vendors(request.blueprint):
        return {}
    return {"vendor_menu": navigation.menu(), "vendor_place": navigation.place}


LANES = {"urgent": "gấp", "emergency": "khẩn cấp", "normal": "thường", "broadcast": "thông báo"}
CATALOGUES = {
    founding.NATIONAL: "Danh mục quốc gia (cấp tỉnh và cấp xã)",
    founding.COPY: "Chép lựa chọn của tỉnh khác",
    founding.LATER: "Tỉnh tự tải bảng của mình lên sau",
}


@bp.get("/")
@requires("vendor.tenants")
def listed():
    sought, sort, state = (request.args.get(name, "").strip() for name in ("q", "sort", "state"))
    found = overview.glance(sought, sort, state)
    return render_template(
        "vendor/tenants.html",
        tenants=found,
        sought=sought,
        sort=sort if sort in overview.SORTS else "name",
        state=state,
        states=overview.STATES,
        lanes=LANES,
        most=overview.MOST_COUNTED,
        total={
            "waiting": sum(one.waiting for one in found),
            "errors": sum(one.errors for one in found),
            "paid": sum(one.paid_messages for one in found),
            "cost": sum(one.cost_vnd for one in found),
        },
    )


@bp.get("/tenants/")
@requires("vendor.tenants")
def to_the_list():
    """The addresses of provinces stand under this one; the list itself is the home page."""
    return redirect(url_for("vendor_tenants.listed", **request.args.to_dict()))


@bp.get("/tenants/new")
@requires("vendor.onboard")
def new():
    """The form; with `?unit=` filled in as far as that unit says."""
    known = units.all_units(founding.home())
    unit = known.get(request.args.get("unit", ""))
    given = founding.propose(unit, _host_below()) | {"unit": unit.key} if unit else {}
    return _form(given, {})


@bp.post("/tenants/new")
@requires("vendor.onboard")
def create():
    person = gate.vendor_person()
    given = request.form.to_dict() | {"fields_of": request.form.getlist("fields_of")}
    said = {name: value for name, value in given.items() if value not in ("", [])}
    try:
        form = founding.FoundingForm(unknown=EXCLUDE).load(said)
        made = founding.found(form, person.full_name)
    except ValidationError as error:
        return _form(given, error.normalized_messages()), 422
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
        return _form(given, error.details), error.status
    with tenant_scope(made.slug):
        link = invitations.invite(
            form["admin_email"], form["admin_name"], "province_admin", by=person.full_name
        )
        db.session.commit()
    flash(f"Đã thêm tỉnh: {made.agencies} cơ quan, {made.procedures} thủ tục, đang dùng thử.", "success")
    return invited(made.slug, form["admin_name"], link)


def invited(slug: str, name: str, link: str):
    """The link is shown on this answer and nowhere later."""
    return render_template("vendor/invited.html", slug=slug, whose=name, link=link, mail=jobs.is_possible())


def _form(given: dict, faults: dict):
    fields = db.session.scalars(
        db.select(NationalProcedure.field)
        .where(NationalProcedure.withdrawn_on.is_(None))
        .distinct()
        .order_by(NationalProcedure.field)
    ).all()
    return render_template(
        "vendor/new_tenant.html",
        given=given,
        faults={name: " ".join(founding.sentences(found)) for name, found in faults.items()},
        units=list(units.all_units(founding.home()).values()),
        fields=fields,
        catalogues=CATALOGUES,
        tenants=db.session.scalars(db.select(Tenant.id).order_by(Tenant.id)).all(),
        apps=db.session.scalars(db.select(ZaloApp.app_id).order_by(ZaloApp.app_id)).all(),
    )


def _host_below() -> str:
    """Provinces' hosts are proposed under the vendor's."""
    return current_app.config["SETTINGS"].vendor_host
