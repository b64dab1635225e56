"""Which old districts a question names: by their names, former names, or a commune of before or after the merger."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import current_app, has_app_context

from motcua.core.config import SOURCE_HOME

from .question import Slot
from .stretches import Stretch
from .wording import plain_words, words_of_name

_DISTRICT_KINDS = plain_words("quan huyen tp tx")
_COMMUNE_KINDS = plain_words("phuong xa tran")  # “tran” of “thi tran”
_LONGEST = 6
UNITS = Path("tenants/_national/units/wards_old_to_new.csv")


@dataclass(frozen=True)
class AreaHit:
    """An area said at slots `start` to `end`.

    `is_district`: by a district's name, not a commune's; `is_sure`: with its kind before it.
    """

    start: int
    end: int
    areas: frozenset[str]
    is_district: bool
    is_sure: bool


class Areas:
    """The areas of the tables by what people call them. Immutable once built."""

    def __init__(self, stretches: Iterable[Stretch], units: Sequence[tuple[str, str, str, str]]):
        """`units`: old province, old district, old commune, new commune."""
        self._districts: dict[tuple[str, ...], set[str]] = defaultdict(set)
        self._communes: dict[tuple[str, ...], set[str]] = defaultdict(set)
        by_core: dict[tuple[str, tuple[str, ...]], str] = {}
        known: set[tuple[str, str, str, str, str]] = set()
        for stretch in stretches:
            known.add(tuple(map(stretch.text, ("old_province", "area", "area_former", "ward", "commune"))))
        for province, area, former, ward, commune in known:
            for name in (area, *_several(former)):
                self._districts[_bare(name)].add(area)
            for name in (*_several(ward), *_several(commune)):
                self._communes[_bare(name)].add(area)
            by_core[(_bare_province(province), _bare(area))] = area
        for province, district, old, new in units:
            area = by_core.get((_bare_province(province), _bare(district)))
            if area:
                for name in (old, new):
                    self._communes[_bare(name)].add(area)
        self._districts.pop((), None)
        self._communes.pop((), None)

    def said(self, slots: Sequence[Slot]) -> list[AreaHit]:
        """Overlapping ones too."""
        words = [slot.word.plain for slot in slots]
        hits = []
        for at in range(len(words)):
            kind = words[at - 1] if at else ""
            if kind == "tran" and words[at - 2 : at - 1] != ["thi"]:
                kind = ""
            for length in range(min(_LONGEST, len(words) - at), 0, -1):
                for said in _readings(slots[at : at + length]):
                    number = said[0].isdigit()
                    sure = kind in _DISTRICT_KINDS
                    if said in self._districts and (sure or not number):
                        hits.append(
                            AreaHit(at - sure, at + length, frozenset(self._districts[said]), True, sure)
                        )
                        break
                    if kind in _COMMUNE_KINDS and said in self._communes:
                        hits.append(
                            AreaHit(at - 1, at + length, frozenset(self._communes[said]), False, True)
                        )
                        break
        return hits


def _readings(slots: Sequence[Slot]) -> list[tuple[str, ...]]:
    """As typed, then with each word as most likely meant."""
    typed = tuple(slot.word.plain for slot in slots)
    meant = tuple(
        max(slot.readings, key=slot.readings.__getitem__, default=slot.word.plain) for slot in slots
    )
    return [typed] if typed == meant else [typed, meant]


@lru_cache(maxsize=20_000)
def _bare(name: str) -> tuple[str, ...]:
    """The words of a unit's name without its kind: `Quận 1` -> `1`, `Thành phố Thủ Đức` -> `thu duc`."""
    words = [word.plain for word in words_of_name(name)]
    if words[:2] in (["thi", "xa"], ["thi", "tran"], ["dac", "khu"]):
        words = words[2:]
    elif len(words) > 1 and words[0] in _DISTRICT_KINDS | _COMMUNE_KINDS:
        words = words[1:]
    return tuple(words)


@lru_cache(maxsize=200)
def _bare_province(name: str) -> tuple[str, ...]:
    words = _bare(name)
    return words[1:] if words[:1] == ("tinh",) else words


def _several(cell: str) -> list[str]:
    return [part for part in (part.strip() for part in cell.split("|")) if part]


def national_units() -> tuple[tuple[str, str, str, str], ...]:
    """Old province, old district, old commune, new commune; of the application in context, else as shipped."""
    home = current_app.config["SETTINGS"].home if has_app_context() else SOURCE_HOME
    return _read_units(home / UNITS)


@lru_cache(maxsize=4)
def _read_units(file: Path) -> tuple[tuple[str, str, str, str], ...]:
    if not file.is_file():
        return ()
    with file.open(encoding="utf-8", newline="") as lines:
        return tuple(
            (row["old_province"], row["old_district"], row["old_ward"], row["new_ward"])
            for row in csv.DictReader(lines)
        )
