"""What a province used in a month, as an invoice needs it; once a month is closed its figures stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text

from motcua.core import reporting
from motcua.core.clock import VIETNAM, now
from motcua.core.database import db
from motcua.core.errors import Conflict, Invalid

from .models import UsageMonth

FIGURES = {
    "messages": "Tin đã gửi",
    "free_messages": "Tin tư vấn miễn phí",
    "template_messages": "Tin theo mẫu ZBS",
    "template_cost_vnd": "Tiền mẫu ZBS (đồng, chưa thuế)",
    "dossiers": "Hồ sơ tiếp nhận",
    "citizens": "Người dân nhắn hoặc nhận tin",
}
FIRST_YEAR = 2020

# Months are Vietnam's. A message counts in the month in which it left.
COUNTS = text("""
    SELECT tenant.id,
        coalesce(went.messages, 0) AS messages, coalesce(went.messages, 0) - coalesce(went.template_messages, 0)
            AS free_messages,
        coalesce(went.template_messages, 0) AS template_messages, coalesce(went.cost, 0) AS template_cost_vnd,
        coalesce(went.citizens, 0) AS citizens, coalesce(taken_in.dossiers, 0) AS dossiers
    FROM tenant
    LEFT JOIN (
        SELECT tenant_id, count(*) AS messages, count(*) FILTER (WHERE price_vnd > 0) AS template_messages,
            coalesce(sum(price_vnd), 0) AS cost, count(DISTINCT coalesce(citizen_id::text, phone_index)) AS citizens
        FROM message
        WHERE sent_at >= :since AND sent_at < :until AND state IN ('sent', 'delivered', 'seen')
        GROUP BY tenant_id) AS went ON went.tenant_id = tenant.id
    LEFT JOIN (
        SELECT tenant_id, count(*) AS dossiers FROM dossier WHERE received_at >= :since AND received_at < :until
        GROUP BY tenant_id) AS taken_in ON taken_in.tenant_id = tenant.id
    ORDER BY tenant.id
""")


@dataclass(frozen=True)
class Usage:
    """Of one tenant. `figures` by FIGURES; `closed` None while the month may still change."""

    tenant_id: str
    month: date
    figures: dict[str, int]
    closed: UsageMonth | None


def month_of(words: str) -> date:
    """“2026-11” -> its first day; "" is this month. Raises Invalid, also for a month to come."""
    today = now().astimezone(VIETNAM).date().replace(day=1)
    if not words:
        return today
    try:
        month = date.fromisoformat(f"{words}-01")
    except ValueError:
        raise Invalid("Tháng chưa đúng dạng. Xin ghi như 2026-11.") from None
    if not date(FIRST_YEAR, 1, 1) <= month <= today:
        raise Invalid("Tháng này chưa tới hoặc quá xa. Xin chọn tháng khác.")
    return month


def of_month(month: date) -> list[Usage]:
    """Of every tenant, by slug: closed figures where there are, else counted now."""
    closed = {
        one.tenant_id: one
        for one in db.session.scalars(db.select(UsageMonth).where(UsageMonth.month == month))
    }
    since, until = _bounds(month)
    found = []
    with reporting.connection() as opened:
        for row in opened.execute(COUNTS, {"since": since, "until": until}):
            kept = closed.get(row.id)
            figures = kept.figures if kept else {name: int(getattr(row, name)) for name in FIGURES}
            found.append(Usage(row.id, month, figures, kept))
    return found


def close(month: date, by: str) -> int:
    """Keep the month's figures of every tenant that has none yet; commits. Returns of how many.

    Raises Conflict for a month that is not over.
    """
    if _bounds(month)[1] > now():
        raise Conflict("Tháng này chưa hết. Xin chốt sau ngày cuối tháng.")
    open_ones = [one for one in of_month(month) if one.closed is None]
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


def _bounds(month: date) -> tuple[datetime, datetime]:
    begin = datetime(month.year, month.month, 1, tzinfo=VIETNAM)
    year, following = divmod(month.month, 12)
    return begin, datetime(month.year + year, following + 1, 1, tzinfo=VIETNAM)
