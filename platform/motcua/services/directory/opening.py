"""Whether an office is open at a moment, and when it closes or opens next, in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from motcua.core.calendar import Calendar
from motcua.tenancy import office

WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


@dataclass(frozen=True)
class State:
    is_open: bool
    sentence: str
    opens_at: datetime | None = None
    closes_at: datetime | None = None


def state(calendar: Calendar, at: datetime) -> State:
    local = calendar.local(at)
    for begin, end in calendar.receiving_spans(local.date()):
        if begin <= local < end:
            return State(True, f"Đang mở cửa, đến {end:%H:%M}", closes_at=end)
    opens = office.opens_next(calendar, at)
    if opens is None:
        return State(False, "Đang đóng cửa")
    return State(False, f"Đang đóng cửa, mở lại {_when(opens, local)}", opens)


def _when(opens: datetime, local: datetime) -> str:
    if opens.date() == local.date():
        return f"lúc {opens:%H:%M} hôm nay"
    if opens.date() == local.date() + timedelta(days=1):
        return f"lúc {opens:%H:%M} ngày mai"
    return f"lúc {opens:%H:%M} {WEEKDAYS[opens.weekday()]}, {opens:%d/%m/%Y}"
