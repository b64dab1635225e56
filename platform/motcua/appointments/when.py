"""Days and hours as people type them: “sáng thứ Ba”, “8 giờ mai”, “5/12 lúc 2 giờ rưỡi chiều”.

Read without accents, because half of the lines come without; what is not about time is left in `rest`.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from motcua.core.text.normal import normalise, without_marks

NUMBERS = {
    "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "muoi": 10,
    "muoi mot": 11, "muoi hai": 12,
}  # fmt: skip
WEEKDAYS = {
    "hai": 0, "ba": 1, "tu": 2, "bon": 2, "nam": 3, "sau": 4, "bay": 5, "2": 0, "3": 1, "4": 2, "5": 3, "6": 4, "7": 5,
    "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6,
}  # fmt: skip
PARTS = {
    "morning": (time(0), time(12)),
    "noon": (time(11), time(13, 30)),
    "afternoon": (time(12), time(18)),
    "evening": (time(18), time(23, 59)),
}
SAID_PARTS = {"sang": "morning", "trua": "noon", "chieu": "afternoon", "morning": "morning", "noon": "noon",
              "afternoon": "afternoon", "evening": "evening"}  # fmt: skip
# Words around a time that mean nothing of their own here.
FILLERS = frozenset({
    "a", "at", "bua", "buoi", "cho", "cuoi", "dang", "dat", "dau", "den", "doi", "duoc", "em", "gio", "hay",
    "hen", "hom", "in", "khoang", "khong", "ky", "lich", "luc", "minh", "muon", "next", "ngay", "nha", "nhe",
    "o", "oclock", "on", "please", "qua", "sang", "tai", "tam", "the", "thi", "this", "toi", "tu", "va", "vao",
    "voi", "xin",
})  # fmt: skip

MINUTES = {"muoi": 10, "muoi lam": 15, "hai muoi": 20, "ba muoi": 30}
_MINUTE = "muoi lam|hai muoi|ba muoi|muoi"
_NUMBER = "|".join(sorted(NUMBERS, key=len, reverse=True))
_DATES = (
    re.compile(
        r"\b(?:ngay |mung |mong )?(?P<d>\d{1,2}) ?(?:/|-|\.(?=\d{1,2}[.]\d{4})) ?(?P<m>\d{1,2})"
        r"(?: ?[/.-] ?(?P<y>\d{4}))?(?![\d/])"
    ),
    re.compile(r"\b(?:ngay |mung |mong )?(?P<d>\d{1,2}) thang (?P<m>\d{1,2})(?: nam (?P<y>\d{4}))?\b"),
    re.compile(r"\b(?:ngay|mung|mong) (?P<d>\d{1,2})\b(?! ?(?:gio|h|g|:)\b)"),
)
_WEEKDAY = re.compile(
    r"\b(?:(?:thu ?(?P<a>hai|ba|tu|bon|nam|sau|bay|[2-7])|t(?P<b>[2-7])|(?P<c>chu nhat|cn)"
    r"|(?P<n>next )?(?P<e>monday|tuesday|wednesday|thursday|friday|saturday|sunday))\b)"
    r"(?: (?:tuan )?(?P<w>nay|sau|toi)\b)?"
)
_WEEK = re.compile(r"\b(?:tuan (?P<w>nay|sau|toi)|next week|(?P<t>this week))\b")
_RELATIVE = (
    (re.compile(r"\b(?:hom nay|bua nay|nay|today)\b"), 0),
    (re.compile(r"\b(?:ngay kia|ngay mot|ngay kia|kia)\b"), 2),
    (re.compile(r"\b(?:ngay mai|mai|tomorrow)\b"), 1),
)
_MOT = re.compile(r"\bmốt\b")
_TIMES = (
    re.compile(
        rf"\b(?P<h>\d{{1,2}}|{_NUMBER}) ?(?:gio|h|g(?=\d|\b)|:(?=\d)) ?"
        rf"(?:kem (?P<less>\d{{1,2}}|{_MINUTE}|{_NUMBER})\b|(?P<half>ruoi)\b"
        rf"|(?P<min>\d{{1,2}}(?!\d)|(?:{_MINUTE})\b)(?: ?phut\b)?)? ?(?P<ap>am|pm)?\b"
    ),
    re.compile(rf"\b(?P<h>\d{{1,2}}|{_NUMBER}) (?P<half>ruoi)\b"),
    re.compile(r"\b(?P<h>\d{1,2}) ?(?P<ap>am|pm)\b"),
)
_EVENING = re.compile(r"\btối\b")
_PART = re.compile(rf"\b(?:{'|'.join(SAID_PARTS)})\b")


@dataclass(frozen=True)
class When:
    """What was said of a time. `day` is meant exactly, `since` is the earliest; `rest` are the other words."""

    day: date | None = None
    since: date | None = None
    part: str | None = None
    clock: time | None = None
    rest: str = ""

    def allows(self, start: datetime, end: datetime) -> bool:
        """Whether a slot (local times) is meant: that day or later, that part, not over before the hour said."""
        if (self.day and start.date() != self.day) or (self.since and start.date() < self.since):
            return False
        if self.clock:
            return end.time() > self.clock
        if self.part:
            begin, close = PARTS[self.part]
            return begin <= start.time() < close
        return True


def read(text: str, today: date) -> When | None:
    """The day and hour that `text` names, seen from `today`; None when it names neither, or an impossible one."""
    marked = normalise(text)[:200]
    line = _Line(without_marks(marked))
    impossible = False
    day = since = None
    clock, afternoon_said = None, None
    if found := line.take(*_DATES):
        day = _date(found, today)
        impossible = day is None
    if found := line.take(*_TIMES):
        clock, afternoon_said = _clock(found)
        impossible = impossible or clock is None
    if found := line.take(_WEEKDAY):
        day = day or _weekday(found, today)  # “thứ Hai 30/11”: the date is the surer of the two
    elif day is None and (found := line.take(_WEEK)):
        next_week = today + timedelta(7 - today.weekday())
        since = today if found["t"] or found["w"] == "nay" else next_week
    if day is None and since is None:
        for pattern, ahead in _RELATIVE:
            if line.take(pattern):
                day = today + timedelta(ahead)
                break
        else:
            if _MOT.search(marked) and line.take(re.compile(r"\bmot\b")):
                day = today + timedelta(2)
    part = None
    if _EVENING.search(marked) and line.take(re.compile(r"\btoi\b")):
        part = "evening"
    elif found := line.take(_PART):
        part = SAID_PARTS[found[0]]
    if impossible or not (day or since or part or clock):
        return None
    if clock:
        clock = _by_part(clock, part, said=afternoon_said)
    return When(day, since, part, clock, line.rest())


class _Line:
    """Bare words, of which what is understood is taken away."""

    def __init__(self, words: str):
        self.words = words

    def take(self, *patterns: re.Pattern) -> re.Match | None:
        for pattern in patterns:
            if found := pattern.search(self.words):
                self.words = f"{self.words[: found.start()]} {self.words[found.end() :]}"
                return found
        return None

    def rest(self) -> str:
        return " ".join(one for one in re.findall(r"\w+", self.words) if one not in FILLERS)


def _date(found: re.Match, today: date) -> date | None:
    """A day and month without a year mean the next such day; a day alone, the next such day of a month."""
    parts = found.groupdict()
    day, month, year = int(parts["d"]), parts.get("m"), parts.get("y")
    if month is None:
        for ahead in range(3):
            at = today.year * 12 + today.month - 1 + ahead
            found_day = _made(at // 12, at % 12 + 1, day)
            if found_day and found_day >= today:
                return found_day
        return None
    if year:
        return _made(int(year), int(month), day)
    return next(
        (one for one in (_made(today.year + add, int(month), day) for add in (0, 1)) if one and one >= today),
        None,
    )


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _weekday(found: re.Match, today: date) -> date:
    """“thứ Ba” is the next one, today included; “tới” is after today; “sau”, “tuần sau” in the week after this."""
    name = found["a"] or found["b"] or found["e"]
    wanted = WEEKDAYS[name] if name else 6
    which = "toi" if found["n"] else found["w"]
    if which == "sau" or (which == "toi" and "tuan" in found[0]):
        return today + timedelta(7 - today.weekday() + wanted)
    ahead = (wanted - today.weekday()) % 7
    return today + timedelta(7 if which == "toi" and ahead == 0 else ahead)


def _clock(found: re.Match) -> tuple[time | None, str | None]:
    parts = found.groupdict()
    hour = _number(parts["h"])
    minute = 30 if parts.get("half") else _number(parts.get("min") or "0")
    if parts.get("less"):
        hour, minute = hour - 1, 60 - _number(parts["less"])
    if not (0 <= hour < 24 and 0 <= minute < 60):
        return None, None
    return time(hour, minute), parts.get("ap")


def _number(word: str) -> int:
    return int(word) if word.isdigit() else (NUMBERS | MINUTES)[word]


def _by_part(clock: time, part: str | None, *, said: str | None) -> time:
    """Two o'clock at an office is the afternoon, unless the words say morning."""
    hour = clock.hour
    afternoon = part in ("afternoon", "evening") or (part == "noon" and hour < 4) or said == "pm"
    if part is None and said is None and 1 <= hour <= 6:
        afternoon = True
    return clock.replace(hour=hour + 12) if afternoon and hour < 12 else clock
