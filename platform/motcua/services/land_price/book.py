"""All stretches of the tables that hold on a day, ready for looking up by what a question says."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from motcua.services.contract import Published

from .areas import Areas, national_units
from .names import Hit, Names
from .question import read
from .stretches import Stretch, key_of, names_in, prices_of, stretches_of
from .weighing import Judge, NameNumbers

_MOST_COMPARED = 1_500


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch with what speaks for it. `cover` and `gain` are of the street's name (see names.Hit).

    `ends`: how many of its ends were said; `is_elsewhere`: another area was asked.
    """

    stretch: Stretch
    order: int
    score: float
    cover: float
    gain: float
    ends: int
    is_elsewhere: bool


class Book:
    """Immutable once built; any number of threads ask it."""

    def __init__(self, published: Sequence[Published]):
        self.stretches = stretches_of(published)
        self.names = Names(names_in(self.stretches))
        self.areas = Areas(self.stretches, national_units())
        self._by_street: dict[int, list[int]] = defaultdict(list)
        self._by_alias: dict[int, list[int]] = defaultdict(list)
        self._numbers: list[NameNumbers] = []
        self._twins = Counter(map(_reading, self.stretches))
        self._former = {
            (version.version_id, *key): price
            for version in published
            for key, price in _first_prices(getattr(version, "former", None))
        }
        for order, stretch in enumerate(self.stretches):
            numbers = NameNumbers.of(stretch, self.names)
            self._numbers.append(numbers)
            self._by_street[numbers.street].append(order)
            for alias in numbers.aliases:
                self._by_alias[alias].append(order)

    def __len__(self) -> int:
        return len(self.stretches)

    def is_twin(self, stretch: Stretch) -> bool:
        """Whether another stretch reads the same but for its number in the table."""
        return self._twins[_reading(stretch)] > 1

    def former_price(self, stretch: Stretch, land_class: str) -> int | None:
        """What the first position cost by the table before, whole đồng."""
        return self._former.get((stretch.version.version_id, *_former_key(stretch.row), land_class))

    def find(self, text: str) -> list[Found]:
        """The stretches that `text` may mean, the likeliest first, equals in the table's order."""
        slots = read(text, self.names)
        hits = self.names.said(slots)
        areas = self.areas.said(slots)
        orders = {order for name in hits for order in self._by_street.get(name, ())}
        orders |= {order for name in hits for order in self._by_alias.get(name, ())}
        if len(orders) > _MOST_COMPARED:
            orders = set(sorted(orders, key=lambda order: -self._rough(order, hits))[:_MOST_COMPARED])
        judge = Judge(slots, hits, areas)
        found = [
            Found(self.stretches[order], order, *judged)
            for order in orders
            if (judged := judge.of(self._numbers[order], self.stretches[order].area))
        ]
        return sorted(found, key=lambda one: (-round(one.score, 3), one.order))

    def areas_in(self, text: str) -> list[str]:
        """The areas that `text` names, in the tables' order."""
        said = {area for hit in self.areas.said(read(text, self.names)) for area in hit.areas}
        return [area for area in dict.fromkeys(one.area for one in self.stretches) if area in said]

    def _rough(self, order: int, hits: dict[int, list[Hit]]) -> float:
        numbers = self._numbers[order]
        names = (numbers.street, numbers.start, numbers.end, *numbers.asides)
        return sum(hits[name][0].gain for name in names if name in hits)

    def nearest(self, text: str, most: int = 5) -> list[str]:
        """Streets whose names come near to what was asked."""
        near: list[str] = []
        for words in self.names.nearest(read(text, self.names), most * 6):
            for order in self._by_street.get(self.names.number(words), ())[:1]:
                name = self.stretches[order].text("street")
                if name not in near:
                    near.append(name)
        return near[:most]


def _reading(stretch: Stretch) -> tuple:
    return stretch.area, stretch.street, stretch.start, stretch.end


def _former_key(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Tables number their rows anew, so the number does not count."""
    return key_of(row)[1:]


def _first_prices(former: Published | None) -> Iterator[tuple[tuple[str, ...], int]]:
    """What a table says once only: of rows that read the same none is sure to be the one."""
    rows = former.rows if former else ()
    seen = Counter((*_former_key(row), row["land_class"]) for row in rows)
    for row in rows:
        key = (*_former_key(row), row["land_class"])
        prices = prices_of(row)
        if seen[key] == 1 and 1 in prices:
            yield key, prices[1]
