"""What a province used in a month, as an invoice needs it; once a month is closed its figures stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from motcua.core import months, queue
from motcua.core.clock import VIETNAM, now
from motcua.core.database import db
from motcua.core.days import read_day
from motcua.core.errors import Conflict, Invalid
from motcua.facts import keeping, totals

from .models import UsageMonth

FIGURES = {
    "messages": "Tin đã gửi",
    "free_messages": "Tin tư vấn miễn phí",
    "template_messages": "Tin theo mẫu ZBS",
    "template_cost_vnd": "Tiền mẫu ZBS (đồng, chưa thuế)",
    "dossiers": "Hồ sơ tiếp nhận",
    "citizens": "Người dân nhận tin",
}
FIRST_YEAR = 2020


@dataclass(frozen=True)
class Usage:
    """Of one tenant. `figures` by FIGURES; `closed` None while the month may still change.

    Not `is_counted`: some day of the month is still to be counted.
    """

    tenant_id: str
    month: date
    figures: dict[str, int]
    closed: UsageMonth | None
    is_counted: bool


def month_of(words: str) -> date:
    """“11/2026” or “2026-11” -> its first day; "" is this month. Raises Invalid, also for a month to come."""
    this = months.month_at(now())
    if not words:
        return this
    try:
        month = read_day(f"01/{words}") if "/" in words else date.fromisoformat(f"{words}-01")
    except ValueError:
        raise Invalid("Tháng chưa đúng dạng. Xin ghi như 11/2026.") from None
    if not date(FIRST_YEAR, 1, 1) <= month <= this:
        raise Invalid("Tháng này chưa tới hoặc quá xa. Xin chọn tháng khác.")
    return month


def of_month(month: date) -> list[Usage]:
    """Of every tenant, by slug: closed figures where there are, else counted now."""
    closed = {
        one.tenant_id: one
        for one in db.session.scalars(db.select(UsageMonth).where(UsageMonth.month == month))
    }
    found = []
    for row in totals.totals_of_month(month.year, month.month):
        kept = closed.get(row["tenant_id"])
        figures = kept.figures if kept else _figures(row)
        found.append(Usage(row["tenant_id"], month, figures, kept, bool(kept) or row["is_counted"]))
    return found


def _figures(row: dict) -> dict[str, int]:
    """Free messages count in the month they were written in, templates in the one in which Zalo bills them."""
    return {
        "messages": row["free_messages"] + row["template_messages"],
        "free_messages": row["free_messages"],
        "template_messages": row["template_messages"],
        "template_cost_vnd": row["cost_vnd"],
        "dossiers": row["dossiers"],
        "citizens": row["active_citizens"],
    }


def close(month: date, by: str) -> int:
    """Keep the month's figures of every tenant that has none yet; commits. Returns of how many.

    Raises Conflict for a month that is not over, or not counted to its end; what is missing is then asked for.
    """
    if months.bounds(month)[1] > now():
        raise Conflict("Tháng này chưa hết. Xin chốt sau ngày cuối tháng.")
    open_ones = [one for one in of_month(month) if one.closed is None]
    if waiting := [one.tenant_id for one in open_ones if not one.is_counted]:
        for tenant_id in waiting:  # the sweep passes by one that is suspended
            queue.wake(keeping.KEEP_UP, tenant_id, lane=keeping.LANE)
        named = ", ".join(waiting[:5]) + (" và tỉnh khác" if len(waiting) > 5 else "")
        raise Conflict(
            f"Số liệu tháng này của {named} chưa tính xong. Hệ thống đang tính; xin chốt lại sau ít phút."
        )
    for one in open_ones:
        db.session.add(UsageMonth(tenant_id=one.tenant_id, month=month, figures=one.figures, closed_by=by))
    db.session.commit()
    return len(open_ones)


def table(found: Iterable[Usage]) -> list[list]:
    """Rows for a spreadsheet, the titles first."""
    rows = [["Tỉnh", "Tháng", *FIGURES.values(), "Đã chốt"]]
    for one in found:
        closed = f"{one.closed.closed_at.astimezone(VIETNAM):%d/%m/%Y %H:%M}" if one.closed else ""
        rows.append(
            [one.tenant_id, f"{one.month:%m/%Y}", *(one.figures.get(name, 0) for name in FIGURES), closed]
        )
    return rows
