"""What speaks for a stretch in a question: its street, its ends, what stands beside them, the area."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from motcua.catalogue.phrases import Word

from .areas import AreaHit
from .names import Hit, Names
from .question import Slot
from .stretches import Place, Stretch
from .wording import GENERIC, plain_words

# An aside that begins so says where the street lies, not what else it is called.
_ESTATES = plain_words("kdc tđc kcn kno kđt cx khu du cong cty")
_ABOUT_PLACES = _ESTATES | plain_words("phuong xa thi quan huyen tp kp qh ap to bo ranh lo ben canh")
_COMMUNE_KINDS = ("phuong", "xa")
_NAMELESS = GENERIC | plain_words("cac tuyen noi bo truc chinh nhanh lo gioi lt le ge trong con lai vao khu")
_FROM = plain_words("tu giua")
_TO = plain_words("den toi va")
_NEAR = plain_words("gan giap cat khuc doan qua nga giao goc")
_MARKERS = _FROM | _TO | _NEAR
_STREET_SIGNS = plain_words("duong pho tren gia dat")
# Words that may stand between a marker and the name that it marks.
_BETWEEN = GENERIC | plain_words("3 4 5 6 7 cau ranh cho ;")
_BEHIND_MARKER, _BEHIND_SIGN, _LATER = -8.0, 0.6, 0.05
_MARKED_END, _RIGHT_WAY, _BEFORE_STREET = 0.8, 0.3, -7.0
_ASIDE_SHARE, _END_ASIDE_SHARE, _ASIDE_LOST, _BY_ALIAS = 0.9, 0.45, 0.12, 0.8
_WHOLE = 1.0  # for a street without stretches where the whole of it was asked
_WHOLE_SAID = {("tron", "duong"), ("ca", "duong"), ("ca", "tuyen"), ("toan", "tuyen"), ("tron", "tuyen")}
_IN_AREA, _ELSEWHERE = 4.0, -4.0
_IN_UNSURE_AREA, _ELSEWHERE_UNSURE = 2.5, -1.0
_IN_COMMUNE = 2.0


@dataclass(frozen=True, slots=True)
class NameNumbers:
    """The names of a stretch by their numbers; -1 for none. `aliases`: those asides that name the street too."""

    street: int
    asides: tuple[int, ...]
    aliases: tuple[int, ...]
    start: int
    end: int
    end_asides: tuple[int, ...]

    @classmethod
    def of(cls, stretch: Stretch, names: Names) -> "NameNumbers":
        def core(place: Place) -> int:
            return names.number(place.core) if place.core else -1

        def asides(*places: Place) -> tuple[int, ...]:
            return tuple(dict.fromkeys(names.number(words) for place in places for words in place.asides))

        return cls(
            core(stretch.street),
            asides(stretch.street),
            tuple(names.number(words) for words in _aliases(stretch.street)),
            core(stretch.start),
            core(stretch.end),
            asides(stretch.start, stretch.end),
        )


def _aliases(street: Place) -> Iterator[tuple[Word, ...]]:
    """The asides that name the street too; of a street without a name (`đường nội bộ`) also the estate it lies in."""
    is_nameless = all(word.plain in _NAMELESS or any(map(str.isdigit, word.plain)) for word in street.core)
    for words in street.asides:
        first = words[0].plain
        if first not in _ABOUT_PLACES or (is_nameless and first in _ESTATES):
            yield words


class Judge:
    """Weighs stretches for one question."""

    def __init__(self, slots: list[Slot], hits: dict[int, list[Hit]], areas: list[AreaHit]):
        self._slots, self._hits, self._areas = slots, hits, areas
        self._plains = [slot.word.plain for slot in slots]
        self._is_whole = any(pair in _WHOLE_SAID for pair in pairwise(self._plains))
        self._before = [self._marker(at) for at in range(len(slots) + 1)]

    def _marker(self, at: int) -> str:
        """The word before slot `at` that tells what part the name there plays."""
        while at > 0 and self._plains[at - 1] in _BETWEEN:
            if self._plains[at - 1] in _STREET_SIGNS and (at < 2 or self._plains[at - 2] not in _MARKERS):
                return self._plains[at - 1]
            at -= 1
        return self._plains[at - 1] if at else ""

    def of(self, numbers: NameNumbers, area: str) -> tuple[float, float, float, int, bool] | None:
        """What Found holds behind `order`; None where the street was not said."""
        best = None
        ways = [(hit, 0.0) for hit in self._hits.get(numbers.street, ())]
        for alias in numbers.aliases:
            ways += [(hit, -_BY_ALIAS) for hit in self._hits.get(alias, ())]
        for hit, lost in ways:
            if self._is_area(hit, only_sure=True):
                continue
            judged = self._by_street(hit, lost, numbers, area)
            if best is None or judged[0] > best[0]:
                best = judged
        return best

    def _by_street(self, street: Hit, lost: float, numbers: NameNumbers, area: str):
        role = self._role(street)
        score = street.gain + lost + role
        taken = [(street.start, street.end)]
        ends = self._ends(street, numbers)
        for hit, worth in ends:
            score += worth
            taken.append((hit.start, hit.end))
        own = _ASIDE_SHARE if role > _BEHIND_MARKER / 2 else _END_ASIDE_SHARE
        aside_taken = taken.copy()
        for asides, share in ((numbers.asides, own), (numbers.end_asides, _END_ASIDE_SHARE)):
            score += self._asides(asides, share, aside_taken)
        if self._is_whole and numbers.start == numbers.end == -1:
            score += _WHOLE
        of_area, is_elsewhere = self._area(area, taken)
        return score + of_area, street.cover, street.gain, len(ends), is_elsewhere

    def _asides(self, asides: tuple[int, ...], share: float, taken: list[tuple[int, int]]) -> float:
        """What the asides add; words said once count once."""
        worth = 0.0
        hits = [(hit.gain, hit.start, hit.end) for aside in asides for hit in self._hits.get(aside, ())]
        said = 0
        for gain, start, end in sorted(hits, reverse=True):
            # The street may end in what begins the aside: `Vũ Phương Đề` is no `phường Đề`.
            inside = start + 2 if self._plains[start] in _COMMUNE_KINDS and end - start > 2 else start
            if gain > 0 and all(end <= first or inside >= last for first, last in taken):
                taken.append((start, end))
                worth += gain * share
                said += 1
        return worth - _ASIDE_LOST * (len(asides) - said)

    def _role(self, street: Hit) -> float:
        before = self._before[street.start]
        worth = -_LATER * street.start
        if before in _MARKERS:
            worth += _BEHIND_MARKER
        elif before in _STREET_SIGNS or self._plains[street.start] in GENERIC:
            worth += _BEHIND_SIGN
        return worth

    def _ends(self, street: Hit, numbers: NameNumbers) -> list[tuple[Hit, float]]:
        """The ends said, each once, with what they are worth."""
        starts = self._end_hits(numbers.start, _FROM, street)
        stops = self._end_hits(numbers.end, _TO, street)
        best, most = [], 0.0
        for first in (None, *starts):
            for second in (None, *stops):
                if first and second and not _is_free(second[0], [(first[0].start, first[0].end)]):
                    continue
                chosen = [one for one in (first, second) if one]
                worth = sum(one[1] for one in chosen)
                if worth > most:
                    best, most = chosen, worth
        return best

    def _end_hits(self, name: int, way: frozenset[str], street: Hit) -> list[tuple[Hit, float]]:
        hits = []
        for hit in self._hits.get(name, ()):
            if not _is_free(hit, [(street.start, street.end)]) or self._is_area(hit):
                continue
            before = self._before[hit.start]
            worth = hit.gain
            if before in _MARKERS:
                worth += _MARKED_END + (_RIGHT_WAY if before in way else 0.0)
            elif hit.start < street.start:
                worth += _BEFORE_STREET
            hits.append((hit, worth))
        return hits

    def _is_area(self, hit: Hit, *, only_sure: bool = False) -> bool:
        """Whether the words say an area and nothing more: `quận 3` is no `ranh quận 3`."""
        is_marked = only_sure or self._before[hit.start] in _MARKERS
        return any(
            (area.is_sure or (area.is_district and not is_marked))
            and area.start <= hit.start
            and hit.end <= area.end
            for area in self._areas
        )

    def _area(self, area: str, taken: list[tuple[int, int]]) -> tuple[float, bool]:
        worth, is_elsewhere = 0.0, False
        for hit in self._areas:
            if not _is_free(hit, taken):
                continue
            is_here = area in hit.areas
            if not hit.is_district:
                change = _IN_COMMUNE if is_here else 0.0
            elif hit.is_sure:
                change = _IN_AREA if is_here else _ELSEWHERE
                is_elsewhere |= not is_here
            else:
                change = _IN_UNSURE_AREA if is_here else _ELSEWHERE_UNSURE
            worth += change
        return worth, is_elsewhere


def _is_free(hit: Hit | AreaHit, taken: list[tuple[int, int]]) -> bool:
    return all(hit.end <= start or hit.start >= end for start, end in taken)
