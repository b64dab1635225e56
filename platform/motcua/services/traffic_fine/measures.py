"""Numbers in a citizen's line and in the decree: how much too fast, how drunk, how overloaded, how old, how late."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from motcua.core.text.normal import normalise, without_marks

SPEED, BREATH, BLOOD, LOAD, CROWD, AGE, LATE = "speed", "breath", "blood", "load", "crowd", "age", "late"
"""km/h over the limit · mg in a litre of breath · mg in 100 ml of blood · per cent over, of goods and of people ·
years · months."""

_JUST = 0.001  # “trên 35” is a little more than 35


@dataclass(frozen=True)
class Span:
    """From `low` to `high`; the ends belong to it where the decree says so."""

    low: float = float("-inf")
    high: float = float("inf")
    has_low: bool = True
    has_high: bool = True

    def __contains__(self, value: float) -> bool:
        above = value >= self.low if self.has_low else value > self.low
        return above and (value <= self.high if self.has_high else value < self.high)


_NUMBER = r"\d+(?:[.,]\d+)?"
_LAW_UNIT = r"km/h|%|miligam/100 mililít|miligam/1 lít|miligam|tháng|năm|tuổi"
_LAW = re.compile(
    rf"(chưa vượt quá|vượt quá|từ đủ|từ|trên|dưới) ({_NUMBER}) ?({_LAW_UNIT})?"
    rf"(?: (đến dưới|đến) ({_NUMBER}) ?({_LAW_UNIT}))?"
)
_UNITS = {
    "km/h": SPEED, "%": LOAD, "miligam/100 mililít": BLOOD, "miligam/1 lít": BREATH, "tháng": LATE, "năm": LATE,
    "tuổi": AGE,
}  # fmt: skip


def spans_of(text: str) -> dict[str, list[Span]]:
    """The ranges that a provision names, by measure."""
    spans: dict[str, list[Span]] = defaultdict(list)
    text = normalise(text)
    for opens, first, unit, to, second, last_unit in _LAW.findall(text):
        unit = last_unit or unit
        measure = _UNITS.get(unit)
        if measure is None or (measure == LATE and not re.search("hết hạn|hết hiệu lực|hạn sử dụng", text)):
            continue
        low, high = (_value(one) * (12 if unit == "năm" else 1) if one else None for one in (first, second))
        if high is not None:
            span = Span(low, high, opens in ("từ", "từ đủ"), to == "đến")
        elif opens in ("dưới", "chưa vượt quá"):
            floor = 0 if measure in (BREATH, BLOOD) else float("-inf")
            span = Span(floor, low, opens == "dưới", opens == "chưa vượt quá")
        else:
            span = Span(low, has_low=opens in ("từ", "từ đủ"))
        spans[measure].append(span)
    return dict(spans)


@dataclass(frozen=True)
class Measured:
    """What a line says in numbers, and the line without them."""

    values: dict[str, float]
    rest: str


_MORE, _LESS = r"(?:tren|hon|qua|lon hon|>)", r"(?:duoi|chua toi|chua den|gan|<)"
_SAID = rf"(?:(?P<more>{_MORE}) ?|(?P<less>{_LESS}) ?)?(?P<value>{_NUMBER})"
_MILLIGRAM = r"(?:mg|miligam|miligram|mili gam|milligam|mlg)"
_BLOOD = re.compile(rf"{_SAID} ?{_MILLIGRAM}? ?(?:/|tren|trong) ?100 ?(?:ml|mililit|mili lit)(?: mau)?")
_BREATH = re.compile(
    rf"{_SAID} ?{_MILLIGRAM}? ?(?:/|tren|trong|mot|1)* ?(?:mot |1 ?)?(?:lit|l)\b(?: ?khi tho| hoi tho)?"
    rf"|{_SAID.replace('more', 'm2').replace('less', 'l2').replace('value', 'v2')} ?{_MILLIGRAM}\b"
)
_DRUNK = re.compile(r"\b(?:con|coonf|ruou|bia|thoi|nhau|hoi tho|khi tho|say|xin|ndc)\b")
_BARE = re.compile(rf"(?<![\w./,]){_SAID}(?![\w%/]|[.,]\d)")
_KMH = r"(?:km ?/ ?h|km ?/ ?gio|kmh|km|cay so|cay|kilomet|ki lo met|ki lo|kilo)"
_TWO_SPEEDS = re.compile(
    rf"(?<![\w.,])(\d{{2,3}}) ?{_KMH}?(?P<between>[^\d]{{1,40}}?)(\d{{2,3}}) ?{_KMH}?(?![\w.,%])"
)
_ONE_SPEED = re.compile(rf"{_SAID} ?{_KMH}(?!\w)")
_SPEEDING = re.compile(r"\b(?:qua|vuot|lo|hon|over|vuot qua|du|qua toc do|vuot toc do|nhanh hon)\b")
_ABOUT_SPEED = re.compile(rf"\b(?:toc do|chay|di|ban|phong|lai|duong|khu|gioi han|limit)\b|{_KMH}")
_RANGE = re.compile(r"^ ?(?:-|den|toi|~) ?$")
_LOAD = re.compile(rf"{_SAID} ?(?:%|phan tram)")
_TONS = re.compile(rf"({_NUMBER}) ?tan\b.{{0,30}}?\b(?:cho|chat|chay|len|hang)\b.{{0,20}}?({_NUMBER}) ?tan\b")
_CROWDED = re.compile(
    r"(\d{1,2}) ?(?:cho|ghe|giuong)\b.{0,25}?\b(\d{1,2}) ?(?:nguoi|khach|hanh khach)"
    r"|(\d{1,2}) ?(?:nguoi|khach|hanh khach)\b.{0,25}?\b(\d{1,2}) ?(?:cho|ghe|giuong)"
)
_AGE = re.compile(rf"{_SAID} ?(?:tuoi|t\b)")
_CLASS = re.compile(r"\blop (\d{1,2})\b")
_LATE = re.compile(rf"{_SAID} ?(?P<unit>ngay|tuan|thang|nam)\b")
_ABOUT_TERM = re.compile(r"\b(?:han|dang kiem|kiem dinh|tre|het)\b")
_MONTHS = {"ngay": 1 / 30, "tuan": 7 / 30, "thang": 1.0, "nam": 12.0}
_SAYS_SPEED = re.compile(r"\b(?:qua|vuot|lo) toc do\b")
_SAYS_ALCOHOL = re.compile(r"\bnong do con\b")
_SAYS_UNDERAGE = re.compile(r"\b(?:du tuoi|duoi tuoi|duoi 1[68] tuoi)\b")
_FASTEST_OVER = 100  # “chạy 120km/h” alone is a speed, not how much too fast


def measure(text: str) -> Measured:
    """The numbers of a line as typed. What a number is about is written out in `rest` where the line leaves it out."""
    line = normalise(text)
    bare = without_marks(line)
    values: dict[str, float] = {}
    cuts: list[tuple[int, int]] = []

    def take(measure: str, value: float, found: re.Match) -> None:
        values[measure] = value
        cuts.append(found.span())

    if found := _BLOOD.search(bare):
        take(BLOOD, _said(found), found)
    elif (found := _BREATH.search(bare)) and _DRUNK.search(bare):
        take(BREATH, _said(found), found)
    elif _DRUNK.search(bare) and (found := _bare_level(bare)):
        take(BREATH if _said(found) < 5 else BLOOD, _said(found), found)
    if not values:
        _speed(bare, take)
    if found := _LOAD.search(bare):
        take(LOAD, _said(found), found)
    elif (found := _TONS.search(bare)) and _value(found[1]):
        take(LOAD, 100 * (_value(found[2]) - _value(found[1])) / _value(found[1]), found)
    if found := _CROWDED.search(bare):
        seats, people = (int(found[1]), int(found[2])) if found[1] else (int(found[4]), int(found[3]))
        if people > seats:
            take(CROWD, 100 * (people - seats) / seats, found)
    if found := _AGE.search(bare):
        take(AGE, _said(found), found)
    elif found := _CLASS.search(bare):
        take(AGE, int(found[1]) + 5, found)
    if _ABOUT_TERM.search(bare) and (found := _LATE.search(bare)):
        take(LATE, _said(found) * _MONTHS[found["unit"]], found)
    rest = line if len(bare) == len(line) else bare
    for start, end in sorted(cuts, reverse=True):
        rest = rest[:start] + " " + rest[end:]
    return Measured(values, " ".join([rest, *_left_out(values, bare)]))


def _left_out(values: dict[str, float], bare: str) -> Iterator[str]:
    """What a number is about, in words, where the line leaves that to the number."""
    if SPEED in values and not _SAYS_SPEED.search(bare):
        yield "quá tốc độ"
    if values.keys() & {BREATH, BLOOD} and not _SAYS_ALCOHOL.search(bare):
        yield "nồng độ cồn"
    if 12 <= values.get(AGE, 0) < 18 and not _SAYS_UNDERAGE.search(bare):
        yield "chưa đủ tuổi"
    if CROWD in values:
        yield "chở quá số người"
    if LOAD in values and "tai" not in bare:
        yield "quá tải"


def _speed(bare: str, take) -> None:
    two = _TWO_SPEEDS.search(bare)
    if two and _ABOUT_SPEED.search(bare) and ("km" in two[0] or not _LOAD.search(bare)):
        first, second = int(two[1]), int(two[3])
        is_range = _RANGE.match(two["between"])
        if is_range or first != second:
            take(SPEED, (first + second) / 2 if is_range else abs(first - second), two)
        return
    one = _ONE_SPEED.search(bare)
    if one is None and _SAYS_SPEED.search(bare):
        one = _BARE.search(bare)
    if one and _SPEEDING.search(bare) and _said(one) <= _FASTEST_OVER:
        take(SPEED, _said(one), one)


def _bare_level(bare: str) -> re.Match | None:
    """A number that can only be a level of alcohol: 0.3, 0,25, 55; not the two cans of beer."""
    return next(
        (found for found in _BARE.finditer(bare) if 0 <= _value(found["value"]) < 1 or _said(found) >= 20),
        None,
    )


def _said(found: re.Match) -> float:
    groups = found.groupdict()
    value = _value(groups["value"] or groups.get("v2"))
    if groups["more"] or groups.get("m2"):
        # “quá 15 km/h” is 15 too fast, “trên 15” more than that.
        return value if found[0].startswith("qua") else value + _JUST
    return value - _JUST if groups["less"] or groups.get("l2") else value


def _value(number: str) -> float:
    return float(number.replace(",", "."))
