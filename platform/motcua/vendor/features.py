"""`/vendor/features/`: what provinces have: a default for all, exceptions for one, and who said so."""

from flask import flash, redirect, render_template, request, url_for

from motcua.accounts import gate
from motcua.accounts.permissions import requires
from motcua.core.database import db
from motcua.core.errors import Invalid, MotcuaError
from motcua.tenancy import features, routes
from motcua.tenancy.models import Tenant

from . import navigation

bp = navigation.blueprint("vendor_features", __name__, "/features")

VALUES = {"on": True, "off": False, "default": None}


@bp.get("/")
@requires("vendor.flags")
def listed():
    return render_template(
        "vendor/features.html",
        defaults=features.defaults(),
        exceptions=features.exceptions(),
        history=features.history(),
        labels={name: one.label for name, one in features.FEATURES.items()},
        tenants=db.session.scalars(db.select(Tenant.id).order_by(Tenant.id)).all(),
    )


@bp.post("/")
@requires("vendor.flags")
def choose():
    slug, value = request.form.get("tenant") or None, request.form.get("value", "")
    try:
        if value not in VALUES or (slug is not None and routes.find_tenant(slug) is None):
            raise Invalid("Xin chọn tỉnh và bật, tắt hoặc theo mặc định.")
        by = gate.vendor_person().full_name
        features.choose(
            request.form.get("feature", ""), VALUES[value], by, request.form.get("reason", ""), slug
        )
        db.session.commit()
        flash("Đã lưu. Có hiệu lực từ lần mở trang và tin nhắn kế tiếp.", "success")
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
    return redirect(url_for("vendor_features.listed"), 303)
