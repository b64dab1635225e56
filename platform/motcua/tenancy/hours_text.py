"""An office's hours in one line, as a table's cell holds them: `T2-T6 07:00-11:30 13:30-17:00; T7 07:30-11:30`."""

import re
from datetime import time
from functools import lru_cache

from motcua.core.calendar import OfficeHours, Span
from motcua.core.errors import Invalid

DAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")
_SPAN = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])[-–]([01]?[0-9]|2[0-3]):([0-5][0-9])")
EXAMPLE = "Xin ghi như “T2-T6 07:00-11:30 13:30-17:00; T7 07:30-11:30”."


@lru_cache(maxsize=1000)
def parse_hours(line: str, same_day_cutoff: time = time(15)) -> OfficeHours:
    """Raises Invalid, with a sentence that names the remedy."""
    week: dict[int, tuple[Span, ...]] = {}
    for part in filter(None, (part.strip() for part in line.split(";"))):
        days, *spans = part.split()
        for weekday in _weekdays(days):
            if weekday in week:
                raise Invalid(f"{DAYS[weekday - 1]} được ghi hai lần. Xin bỏ một.")
            week[weekday] = _in_order(part, tuple(map(_span, spans)))
    if not week:
        raise Invalid(f"Chưa có giờ làm việc nào. {EXAMPLE}")
    return OfficeHours(tuple(sorted(week.items())), same_day_cutoff)


def hours_line(hours: OfficeHours) -> str:
    """The same in one line for people, days with equal hours together."""
    parts: list[tuple[list[int], tuple[Span, ...]]] = []
    for weekday, spans in hours.week:
        if parts and parts[-1][1] == spans and parts[-1][0][-1] == weekday - 1:
            parts[-1][0].append(weekday)
        else:
            parts.append(([weekday], spans))
    return "; ".join(
        f"{_days(weekdays)} {' '.join(f'{begin:%H:%M}-{end:%H:%M}' for begin, end in spans)}"
        for weekdays, spans in parts
    )


def _days(weekdays: list[int]) -> str:
    first, last = DAYS[weekdays[0] - 1], DAYS[weekdays[-1] - 1]
    return first if first == last else f"{first}-{last}"


def _weekdays(words: str) -> list[int]:
    found = []
    for word in words.upper().replace("–", "-").split(","):
        first, _, last = word.partition("-")
        if first not in DAYS or (last and last not in DAYS):
            raise Invalid(f"Thứ “{word}” chưa đúng dạng. {EXAMPLE}")
        start, end = DAYS.index(first) + 1, DAYS.index(last or first) + 1
        if end < start:
            raise Invalid(f"Các thứ “{word}” bị ghi ngược. {EXAMPLE}")
        found += range(start, end + 1)
    return found


def _span(word: str) -> Span:
    found = _SPAN.fullmatch(word)
    if found is None:
        raise Invalid(f"Ca “{word}” chưa đúng dạng. {EXAMPLE}")
    hour, minute, end_hour, end_minute = map(int, found.groups())
    return time(hour, minute), time(end_hour, end_minute)


def _in_order(part: str, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    latest = None
    for begin, end in spans:
        if begin >= end or (latest is not None and begin <= latest):
            raise Invalid(f"Trong “{part}” có ca ngược hoặc chồng lên ca trước. Xin ghi các ca theo thứ tự.")
        latest = end
    if not spans:
        raise Invalid(f"“{part}” chưa có ca nào. {EXAMPLE}")
    return spans
