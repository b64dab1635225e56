"""`/console/message-channels`: the ZBS templates, when messages may go, and what they cost."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from motcua.accounts.permissions import requires
from motcua.core import scope
from motcua.core.database import db
from motcua.core.days import read_hour
from motcua.core.errors import MotcuaError
from motcua.messaging import events, template_sync
from motcua.messaging.channels import rules, zbs_templates
from motcua.messaging.limits import costs, hours, rule_versions, spending
from motcua.messaging.limits.hours import Hours
from motcua.messaging.limits.rule_versions import Settings, SettingsInvalid
from motcua.tenancy.models import OfficialAccount

bp = Blueprint("message_channels", __name__, url_prefix="/console/message-channels")


@bp.context_processor
def words():
    return {"staff": current_user, "statuses": zbs_templates.STATUSES}


@bp.get("/templates")
@requires("message.view")
def templates():
    accounts = db.session.scalars(db.select(OfficialAccount).order_by(OfficialAccount.id)).all()
    found = {account.key: zbs_templates.all_of(account) for account in accounts}
    return render_template(
        "console/messages/templates.html",
        accounts=accounts,
        found=found,
        uses={account.key: zbs_templates.uses_of(account, found[account.key]) for account in accounts},
        longest_of=zbs_templates.longest_of,
    )


@bp.post("/templates/sync")
@requires("message.edit")
def sync():
    template_sync.wake()
    flash("Đang hỏi Zalo. Xin tải lại trang sau ít giây.", "success")
    return redirect(url_for("message_channels.templates"), 303)


@bp.get("/costs")
@requires("message.view")
def costs_page():
    return _page(rule_versions.in_force())


@bp.post("/costs")
@requires("message.edit")
def save():
    try:
        wanted = _settings(request.form)
        changed = rule_versions.change(wanted, current_user.full_name)
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
        return _page(rule_versions.in_force()), error.status
    db.session.commit()
    rules.changed(scope.required())
    flash("Đã lưu. Tin đang chờ cũng theo quy định mới." if changed else "Không có gì thay đổi.", "success")
    return redirect(url_for("message_channels.costs_page"), 303)


def _page(settings: Settings):
    return render_template(
        "console/messages/costs.html",
        month=costs.this_month(),
        months=spending.months(),
        settings=settings,
        kinds={kind: events.KINDS[kind] for kind in hours.DEFAULTS},
        days=hours.DAYS,
        versions=rule_versions.history(),
    )


def _settings(form) -> Settings:
    """Raises SettingsInvalid."""
    try:
        found = {
            kind: Hours(
                read_hour(form.get(f"{kind}-start", "")),
                read_hour(form.get(f"{kind}-end", "")),
                form.get(f"{kind}-days", ""),
            )
            for kind in hours.DEFAULTS
        }
    except ValueError as error:
        raise SettingsInvalid("Giờ gửi phải có dạng 08:00. Xin nhập lại.") from error
    return Settings(found, _amount(form.get("cap_vnd", "")), _amount(form.get("urgent_cap_vnd", "")))


def _amount(given: str) -> int | None:
    """Digits with points or blanks between them; empty for no limit."""
    digits = "".join(given.split()).replace(".", "").replace(",", "").removesuffix("đồng").removesuffix("đ")
    if not digits:
        return None
    if not digits.isascii() or not digits.isdigit():
        raise SettingsInvalid(
            "Mức chi phải là số đồng. Xin nhập như 5.000.000, hoặc để trống nếu không giới hạn."
        )
    return int(digits[:15])
