"""`/vendor/usage/`: what each province used in a month, to look at, to take away, to close."""

import csv
import io
from datetime import date

from flask import Response, flash, redirect, render_template, request, url_for
from openpyxl import Workbook

from motcua.accounts import gate
from motcua.accounts.permissions import requires
from motcua.core import months
from motcua.core.database import db
from motcua.core.errors import MotcuaError
from motcua.facts import rolling
from motcua.provinces import usage
from motcua.tenancy import current
from motcua.tenancy.models import Tenant

from . import navigation

bp = navigation.blueprint("vendor_usage", __name__, "/usage")

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/")
@requires("vendor.usage")
def show():
    month = usage.month_of(request.args.get("month", ""))
    found = usage.of_month(month)
    return render_template(
        "vendor/usage.html",
        month=month,
        usages=found,
        figures=usage.FIGURES,
        total={name: sum(one.figures.get(name, 0) for one in found) for name in usage.FIGURES},
        names=_names(),
        is_closed=bool(found) and all(one.closed for one in found),
        is_over=months.month_after(month) <= rolling.today(),
        may_close=gate.may("vendor.operate"),
    )


def _names() -> dict[str, str]:
    """What people call each province, by its id."""
    tenants = db.session.execute(db.select(Tenant.id, Tenant.settings)).all()
    return {one.id: current.name_on(one.settings, rolling.today())["short_name"] for one in tenants}


@bp.get("/<month>.csv")
@requires("vendor.usage")
def as_csv(month: str):
    day = usage.month_of(month)
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(usage.table(usage.of_month(day)))
    # Spreadsheets read UTF-8 only when the file says so.
    return _file(("\ufeff" + out.getvalue()).encode(), "text/csv; charset=utf-8", f"muc-su-dung-{month}.csv")


@bp.get("/<month>.xlsx")
@requires("vendor.usage")
def as_xlsx(month: str):
    day = usage.month_of(month)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(f"{day:%Y-%m}")
    for row in usage.table(usage.of_month(day)):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return _file(out.getvalue(), EXCEL, f"muc-su-dung-{month}.xlsx")


@bp.get("/<month>/close")
@requires("vendor.operate")
def ask_close(month: str):
    return _asked(usage.month_of(month))


@bp.post("/<month>/close")
@requires("vendor.operate")
def close(month: str):
    """Nothing takes it back, so the month is typed once more."""
    day = usage.month_of(month)
    if request.form.get("name", "").strip() != f"{day:%m/%Y}":
        return _asked(day, f"Chưa chốt. Xin gõ đúng {day:%m/%Y}."), 422
    try:
        closed = usage.close(day, gate.vendor_person().full_name)
        flash(f"Đã chốt tháng {day:%m/%Y} của {closed} tỉnh; số liệu không đổi nữa.", "success")
    except MotcuaError as error:
        db.session.rollback()
        flash(error.message, "error")
    return redirect(url_for("vendor_usage.show", month=f"{day:%Y-%m}"), 303)


def _asked(day: date, error: str = "") -> str:
    return render_template("vendor/close_month.html", month=day, count=len(usage.of_month(day)), error=error)


def _file(content: bytes, kind: str, name: str) -> Response:
    response = Response(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
