"""`/console/support`: the vendor's visits, as the province sees and ends them; and the door of a visit."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from motcua.core.database import db

from . import gate, support
from .permissions import requires


@requires("support.view")
def support_visits():
    return render_template(
        "accounts/support.html", entries=support.entries(), may_manage=gate.may("support.manage")
    )


@requires("support.manage")
def end_support(number: int):
    entry = support.end(number, current_user.full_name)
    db.session.commit()
    flash(f"Đã kết thúc lần hỗ trợ của {entry.vendor_name}.", "success")
    return redirect(url_for(".support_visits"), 303)


@requires("support.manage")
def allow_support_changes(number: int):
    allowed = request.form.get("allowed") == "1"
    entry = support.allow_changes(number, allowed, current_user.full_name)
    db.session.commit()
    what = "sửa danh mục, lịch, mã trạng thái và mục tra cứu" if allowed else "chỉ xem"
    flash(f"Từ bây giờ {entry.vendor_name} được {what} trong lần hỗ trợ này.", "success")
    return redirect(url_for(".support_visits"), 303)


def support_door(token: str):
    """Opening the address uses nothing up: programs look at links before people do."""
    return render_template("accounts/support_door.html", entry=support.behind(token))


def enter_support(token: str):
    gate.sign_in_visitor(support.open_visit(token))
    db.session.commit()
    return redirect(url_for("console.home"), 303)


VIEWS = (
    ("GET", "", support_visits),
    ("POST", "/<int:number>/end", end_support),
    ("POST", "/<int:number>/changes", allow_support_changes),
    ("GET", "/enter/<token>", support_door),
    ("POST", "/enter/<token>", enter_support),
)
PUBLIC = frozenset({"console.support_door", "console.enter_support"})


def add_to(blueprint: Blueprint) -> None:
    for method, rule, view in VIEWS:
        blueprint.add_url_rule(f"/support{rule}", view.__name__, view, methods=[method])
