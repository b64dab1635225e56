"""A table's rows as stretches of street: the names in them, what qualifies these, the prices by land class."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from motcua.catalogue.phrases import Word
from motcua.services.contract import Published

from .columns import DATASET, POSITIONS
from .wording import GENERIC, words_of_name


@dataclass(frozen=True, slots=True)
class Place:
    """A street or an end of a stretch. `asides`: what stands in brackets and behind commas."""

    core: tuple[Word, ...]
    asides: tuple[tuple[Word, ...], ...] = ()


NOWHERE = Place(())


@dataclass(slots=True)
class Stretch:
    """One line of a table. `prices`: by land class, then by position, whole đồng for a square metre."""

    row: Mapping[str, Any]
    version: Published
    street: Place
    start: Place
    end: Place
    prices: dict[str, dict[int, int]] = field(default_factory=dict)

    def text(self, column: str) -> str:
        return self.row.get(column) or ""

    @property
    def area(self) -> str:
        return self.text("area")


def stretches_of(published: Sequence[Published]) -> list[Stretch]:
    """Rows that differ in the land class only are one stretch; in the order of the tables."""
    known: dict[tuple, Stretch] = {}
    places: dict[str, Place] = {}
    for version in published:
        for row in version.rows:
            key = (version.version_id, *key_of(row))
            stretch = known.get(key)
            if stretch is None:
                street, start, end = (
                    _place(row.get(name) or "", places) for name in ("street", "segment_from", "segment_to")
                )
                stretch = known[key] = Stretch(row, version, street, start, end)
            stretch.prices[row["land_class"]] = prices_of(row)
    return list(known.values())


KEY = DATASET.key[:-1]  # all but the land class


def key_of(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The stretch that a row speaks of, within one table."""
    return tuple(row.get(name) or "" for name in KEY)


def prices_of(row: Mapping[str, Any]) -> dict[int, int]:
    """Whole đồng by position: as listed, else the first position's by the coefficient."""
    listed = {at: row[f"price_{at}"] for at in POSITIONS if row.get(f"price_{at}")}
    for at in POSITIONS[1:]:
        share = row.get(f"coefficient_{at}")
        if at not in listed and share and 1 in listed:
            listed[at] = int((listed[1] * Decimal(share)).quantize(Decimal(1), ROUND_HALF_UP))
    return dict(sorted(listed.items()))


def _place(text: str, known: dict[str, Place]) -> Place:
    if not text:
        return NOWHERE
    if text not in known:
        known[text] = split_place(text)
    return known[text]


_ASIDE = re.compile(r"[(]([^()]*)[)]?")
_BREAK = re.compile(
    r"(?<!\d),|,(?!\d)|[;)]|\s[-–+]\s(?=phường|xã|khu)|(?<=\w)\s(?=(?:thuộc\s|trong\s)?"
    r"(?:phường|khu dân cư|kdc|khu tđc|khu tái định cư|khu nhà ở|khu phố|kp)\b)",
    re.IGNORECASE,
)


_NAMELESS = GENERIC | {"cac", "tuyen"}  # accent-free


def split_place(text: str) -> Place:
    """`ĐƯỜNG 41 (DỰ ÁN 131HA), PHƯỜNG AN PHÚ` -> `đường 41`, aside `dự án 131ha` and `phường an phú`."""
    asides = [part for found in _ASIDE.finditer(text) for part in _BREAK.split(found[1])]
    outside = _BREAK.split(_ASIDE.sub(" , ", text))
    pieces = [words for part in outside if (words := words_of_name(part))]
    inner = [words for part in asides if (words := words_of_name(part))]
    if not pieces:
        pieces, inner = inner[:1], inner[1:]
    core, *more = pieces or [()]
    if inner + more and all(word.plain in _NAMELESS for word in core):
        more = inner + more
        core, more, inner = core + more[0], more[1:], []
    return Place(core, tuple(dict.fromkeys(words for words in (*inner, *more) if words != core)))


def names_in(stretches: Iterable[Stretch]) -> Iterable[tuple[Word, ...]]:
    """Every name of the stretches; a street's or an end's once for each stretch."""
    for stretch in stretches:
        for place in (stretch.street, stretch.start, stretch.end):
            if place.core:
                yield place.core
            yield from place.asides
