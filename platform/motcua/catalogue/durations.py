"""How long a procedure may take, as its text says it: a number is never given a unit that the text lacks."""

import re
from dataclasses import dataclass
from typing import Any

from .names import plain_name

UNITS = {"hour": "giờ", "working_day": "ngày làm việc", "day": "ngày", "month": "tháng"}

_SPOKEN_UNITS = {
    "giờ": "hour",
    "giờ làm việc": "hour",
    "ngày làm việc": "working_day",
    "ngày": "day",
    "tháng": "month",
}
_FORM = re.compile(
    r"(?P<value>[0-9]{1,3}(?:[.,][0-9])?)(?:\s*[-–]\s*(?P<max>[0-9]{1,3}(?:[.,][0-9])?))?"
    r"(?:\s*(?P<unit>[^\W\d].*))?"
)
_SAME_DAY = re.compile(r"(?:giai quyet |tra ket qua |thuc hien )?(?:ngay )?trong ngay(?: lam viec)?")
_SLIPPED_AMOUNT = re.compile(r"[0-9]{1,4}(?:[.,][0-9]{3})+|[0-9]{4,}")


@dataclass(frozen=True)
class Duration:
    """`value` to `max` (None: exactly `value`) in `unit`, a key of UNITS; all None where the text says no number.

    `hour` is a working hour. A value without a unit means that the source names none.
    """

    text: str
    value: float | None = None
    unit: str | None = None
    max: float | None = None

    def describe(self) -> str:
        """For people, in Vietnamese; what is not known is said to be not known."""
        if self.value is None:
            return self.text or "Nguồn không nêu thời hạn"
        number = _spoken(self.value) if self.max is None else f"{_spoken(self.value)}–{_spoken(self.max)}"
        if self.unit is None:
            return f"{number} (nguồn không nêu đơn vị: giờ, ngày hay tháng)"
        return f"{number} {UNITS[self.unit]}"

    def limit(self) -> tuple[float | None, str] | None:
        """What a due date can be reckoned from: (number, unit), (None, "same_day") for “trong ngày”.

        None where the text leaves it open: no number, no unit, or a span such as 10–25 days.
        """
        if self.value is None:
            return (None, "same_day") if _SAME_DAY.fullmatch(plain_name(self.text)) else None
        return (self.value, self.unit) if self.unit is not None and self.max is None else None

    def to_json(self) -> dict[str, Any]:
        body = {"text": self.text, "value": self.value, "unit": self.unit}
        return body if self.max is None else body | {"max": self.max}

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> "Duration":
        return cls(body["text"], body["value"], body["unit"], body.get("max"))


def parse_duration(text: str) -> Duration:
    """Read “5 Ngày làm việc”, “0.5 Giờ”, “10-25 ngày”, “1”, “Không quy định”.

    A sum of money that slipped into the column of times (“120,000”, “1100”) becomes an unknown time, and so
    does zero, which the national portal shows where nothing was entered. Never fails: any other text is kept.
    """
    text = " ".join(text.split())
    if _SLIPPED_AMOUNT.fullmatch(text):
        return Duration("")
    form = _FORM.fullmatch(text)
    if form is None:
        return Duration(text)
    value, most = _number(form["value"]), form["max"] and _number(form["max"])
    unit = _SPOKEN_UNITS.get((form["unit"] or "").lower().rstrip("."))
    if form["unit"] and unit is None:
        return Duration(text)  # “5 ngày làm việc kể từ …” says more than a number and a unit
    if value == 0:
        return Duration("")
    if most is not None and most <= value:
        return Duration(text)
    return Duration(text, value, unit, most)


def _number(digits: str) -> float:
    value = float(digits.replace(",", "."))
    return int(value) if value.is_integer() else value


def _spoken(value: float) -> str:
    return str(value).replace(".", ",")
