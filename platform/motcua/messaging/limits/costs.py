"""This month's money as the console and the command line show it: spent, forecast, limits, by event and channel."""

from dataclasses import dataclass
from datetime import date

from motcua.core import months, scope
from motcua.core.clock import now
from motcua.messaging.events import title_of
from motcua.tenancy import calendars, current

from . import rule_versions, spending
from .forecasts import Forecast, forecast

CHANNELS = {
    "consultation": "tin tư vấn (miễn phí)",
    "zbs_uid": "mẫu ZBS theo tài khoản Zalo",
    "zbs_phone": "mẫu ZBS theo số điện thoại",
}
WARN_AT = 0.8
BASES = {
    "this_month": "Dự báo = đã chi ÷ {over} ngày làm việc đã qua × {days} ngày làm việc của tháng.",
    "last_month": (
        "Mới qua {over} ngày làm việc nên dự báo = đã chi + mức trung bình mỗi ngày làm việc của tháng trước "
        "× số ngày làm việc còn lại (tháng này có {days})."
    ),
    "nothing": "Chưa có tin mất phí nào để dự báo.",
}


@dataclass(frozen=True)
class Line:
    event: str
    title: str
    channel: str
    messages: int
    amount_vnd: int
    forecast_vnd: int


@dataclass(frozen=True)
class Month:
    """`amount_vnd` spent so far; VND before tax."""

    month: date
    amount_vnd: int
    forecast: Forecast
    settings: rule_versions.Settings
    lines: tuple[Line, ...]

    @property
    def basis(self) -> str:
        """How the forecast was made, in a sentence."""
        over = f"{self.forecast.days_over:.1f}".replace(".", ",")
        return BASES[self.forecast.basis].format(over=over, days=self.forecast.days)

    @property
    def is_near_cap(self) -> bool:
        return self.settings.cap_vnd is not None and self.amount_vnd >= self.settings.cap_vnd * WARN_AT

    @property
    def is_at_cap(self) -> bool:
        """The cheapest template would go over it."""
        return self.settings.cap_vnd is not None and self.amount_vnd + 1 > self.settings.cap_vnd

    @property
    def will_pass_cap(self) -> bool:
        return self.settings.cap_vnd is not None and self.forecast.amount_vnd > self.settings.cap_vnd


def this_month() -> Month:
    """Of the tenant in scope, from the table."""
    scope.required()
    at = now()
    month = spending.month_of(at)
    days = [one.mark for one in calendars.days_in_force()]
    calendar = calendars.offices_of(current.tenant().settings, days).province
    rows = spending.rows_of(month)
    amount = sum(one.amount_vnd for one in rows)
    last = spending.total_vnd(months.month_before(month))
    found = forecast(amount, last, at, calendar)
    return Month(
        month=month,
        amount_vnd=amount,
        forecast=found,
        settings=rule_versions.in_force(),
        lines=tuple(
            Line(
                one.event,
                title_of(one.event),
                CHANNELS.get(one.channel, one.channel),
                one.messages,
                one.amount_vnd,
                round(one.amount_vnd * found.factor),
            )
            for one in rows
        ),
    )


def money(amount_vnd: int) -> str:
    """`1.200.000 đồng`."""
    return f"{amount_vnd:,} đồng".replace(",", ".")
