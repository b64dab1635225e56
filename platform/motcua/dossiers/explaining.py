"""A due date with its working shown, for whoever promises it: what it runs from, which days it leaves out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from motcua.catalogue.durations import UNITS
from motcua.core.calendar import ONE_DAY, Calendar
from motcua.core.language import current, is_english, t

from . import deadlines, wording


@dataclass(frozen=True)
class Explained:
    """`due_at` in the office's zone; None where the law names no time. `lines`: clauses in the page's language."""

    due_at: datetime | None
    lines: tuple[str, ...]


def explain(limit: tuple[float | None, str] | None, received_at: datetime, calendar: Calendar) -> Explained:
    """`limit` as Duration.limit says it. Raises ValueError for a naive time."""
    if limit is None:
        return Explained(
            None, (_say("Thủ tục không nêu thời hạn cho cách nộp này. Xin tự ghi ngày hẹn, hoặc để trống."),)
        )
    duration, unit = limit
    due = deadlines.due_at(received_at, duration, unit, calendar)
    received = calendar.local(received_at)
    if due is None:
        return Explained(None, (_say("Không tính được ngày hẹn. Xin tự ghi ngày hẹn, hoặc để trống."),))
    lines = [_say("{limit} kể từ {moment}", limit=spoken(limit), moment=_moment(received))]
    if unit in deadlines.WORKING_UNITS:
        lines += _in_working_time(received, due, unit, calendar)
    elif (
        unit == "day"
        and float(duration).is_integer()
        and due.date() != (received + timedelta(duration)).date()
    ):
        rolled = received + timedelta(duration)
        lines.append(
            _say(
                "ngày cuối {day} là ngày nghỉ nên chuyển sang ngày làm việc kế tiếp", day=_day(rolled.date())
            )
        )
    return Explained(due, tuple(lines))


def spoken(limit: tuple[float | None, str]) -> str:
    """“5 ngày làm việc”, “Trong ngày làm việc”."""
    duration, unit = limit
    if unit == "same_day":
        return _say("Trong ngày làm việc")
    return f"{duration:g} ".replace(".", ",") + _say(UNITS[unit])


def _say(sentence: str, **values) -> str:
    return t(sentence, **values).unescape()


def _moment(at: datetime) -> str:
    return wording.moment(at, current())


def _in_working_time(received: datetime, due: datetime, unit: str, calendar: Calendar) -> list[str]:
    lines = []
    if unit == "same_day":
        if due.date() > received.date():
            cutoff = f"{calendar.hours.same_day_cutoff:%H:%M}"
            lines.append(
                _say(
                    "nhận sau giờ chốt {cutoff} hoặc ngoài giờ nên trả trong ngày làm việc kế tiếp",
                    cutoff=cutoff,
                )
            )
    elif (start := calendar.enter(received)) != received:
        lines.append(_say("nhận ngoài giờ làm việc nên tính từ {moment}", moment=_moment(start)))
    first, last = received.date(), due.date()
    days = [first + timedelta(one) for one in range((last - first).days + 1)]
    off = [
        (day, calendar.day(day).reason)
        for day in days
        if calendar.day(day).reason and not calendar.works(day)
    ]
    lines += [
        _say("nghỉ {reason} {days}", reason=reason, days=_span(span)) for reason, span in _together(off)
    ]
    extra = [day for day in days if calendar.works(day) and calendar.day(day).reason]
    lines += [
        _say("{day} làm việc ({reason})", day=_day(day), reason=calendar.day(day).reason.lower())
        for day in extra
    ]
    weekend = sum(not calendar.works(day) and not calendar.day(day).reason for day in days)
    if weekend:
        lines.append(_say("không tính {count} ngày nghỉ cuối tuần", count=weekend))
    return lines


def _together(days: Iterable[tuple[date, str]]) -> list[tuple[str, list[date]]]:
    """Neighbouring days off as one span under the shortest of their names: “Tết Nguyên Đán”, not its eve."""
    spans: list[tuple[str, list[date]]] = []
    for day, reason in days:
        if spans and day - spans[-1][1][-1] == ONE_DAY:
            shorter, span = spans[-1]
            spans[-1] = (min(shorter, reason, key=len), [*span, day])
        else:
            spans.append((reason, [day]))
    return spans


def _span(days: list[date]) -> str:
    if len(days) == 1:
        return _day(days[0])
    if days[0].month == days[-1].month:
        return f"{days[0].day}–{days[-1].day}/{days[-1].month}"
    return f"{days[0].day}/{days[0].month}–{days[-1].day}/{days[-1].month}"


def _day(day: date) -> str:
    names = wording.WEEKDAYS_EN if is_english() else wording.WEEKDAYS
    return f"{names[day.weekday()]} {day.day}/{day.month}"
