"""The names that stand in the tables, and where a question says them: whole, in part, misspelt or by initials."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from motcua.catalogue.lexicon import Lexicon
from motcua.catalogue.phrases import Word

from .question import Slot, readings_of
from .wording import GENERIC, initials_of, is_generic, plain_words

_GENERIC_WEIGHT, _LEAST, _MOST = 0.2, 0.8, 6.0
# Family and middle names tell little, however few streets a table has.
_COMMON = plain_words("nguyen tran le pham huynh hoang phan vo vu dang bui do ho ngo duong van thi")
_MOST_OF_COMMON, _SMALLEST = 3.0, 200
_COVER = 0.6  # of a name's weight, the least that must be said
_LOST = 0.5  # what a word of the name that was not said takes away, of its weight
_GAP = 0.7  # for a strange word inside a name
_INITIALS = 0.62
_INITIAL = 0.5
_BEST_ACCENTS = 1.04
_LONGEST_NUMBER = 5
_MOST_KEPT = 20_000
_CHAINS = 4  # places where one name may be said


@dataclass(frozen=True, slots=True)
class Hit:
    """A name said at slots `start` to `end`. `gain`: weight said less weight missing; `cover` 0 to 1."""

    start: int
    end: int
    gain: float
    cover: float


@dataclass(frozen=True, slots=True)
class Name:
    """`weights` by word; `total` without the generic words. `is_short`: nothing but numbers and letters (`5`, `D4`)."""

    words: tuple[Word, ...]
    weights: tuple[float, ...]
    total: float
    is_short: bool


class Names:
    """All names of the tables. But for what it keeps of words asked before, immutable once built."""

    def __init__(self, texts: Iterable[tuple[Word, ...]]):
        self._numbers: dict[tuple[Word, ...], int] = {}
        for words in texts:
            self._numbers.setdefault(words, len(self._numbers))
        counts = Counter(plain for words in self._numbers for plain in {word.plain for word in words})
        size = max(len(self._numbers), _SMALLEST) + 1
        self._weights = {
            plain: min(
                _MOST_OF_COMMON if plain in _COMMON else _MOST, max(_LEAST, math.log(size / (count + 0.5)))
            )
            for plain, count in counts.items()
        }
        self.lexicon = Lexicon(self._numbers)
        self._readings: dict[str, dict[str, float]] = {}
        self._names = [self._name(words) for words in self._numbers]
        self._heavy: dict[str, list[int]] = defaultdict(list)
        self._initials: dict[str, list[int]] = defaultdict(list)
        for number, name in enumerate(self._names):
            if all(map(is_generic, name.words)):
                continue
            for plain in self._telling(name):
                self._heavy[plain].append(number)
            if letters := initials_of(name.words):
                self._initials[letters].append(number)

    def number(self, words: tuple[Word, ...]) -> int:
        return self._numbers[words]

    def readings(self, plain: str) -> dict[str, float]:
        """Kept for words asked before: finding what a misspelt one stands for is the dearest step."""
        known = self._readings.get(plain)
        if known is None:
            if len(self._readings) >= _MOST_KEPT:
                self._readings.clear()
            known = self._readings[plain] = readings_of(plain, self.lexicon)
        return known

    def weight(self, plain: str) -> float:
        return self._weights.get(plain, _MOST)

    def has_initials(self, letters: str) -> bool:
        return letters in self._initials

    def _name(self, words: tuple[Word, ...]) -> Name:
        before = next((at for at, word in enumerate(words) if not is_generic(word)), 0)
        weights = [self._weights[word.plain] for word in words]
        own = words[before:]
        return Name(
            words,
            (*(_GENERIC_WEIGHT for _ in range(before)), *weights[before:]),
            sum(weights[before:]),
            all(len(word.plain) == 1 or _is_number(word.plain) for word in own),
        )

    def _telling(self, name: Name) -> list[str]:
        """The fewest words of which at least one must be said for the name to count as said."""
        by_weight = sorted(
            {word.plain: weight for word, weight in zip(name.words, name.weights, strict=True)}.items(),
            key=lambda item: item[1],
        )
        light = 0.0
        for at, (_, weight) in enumerate(by_weight):
            light += weight
            if light * _BEST_ACCENTS >= _COVER * name.total:
                return [plain for plain, _ in by_weight[at:]]
        return [plain for plain, _ in by_weight]

    def said(self, slots: list[Slot]) -> dict[int, list[Hit]]:
        """The names that the question says, by number, each with its places."""
        places: dict[str, list[tuple[int, float, Word | None]]] = defaultdict(list)
        letters: dict[str, list[int]] = defaultdict(list)
        for at, slot in enumerate(slots):
            for plain, share in slot.readings.items():
                places[plain].append((at, share, slot.word))
            if slot.is_initial:
                letters[slot.word.plain].append(at)
        found: dict[int, list[Hit]] = {}
        for number in self._candidates(places, letters):
            if hits := self._chains(self._names[number], places, letters, slots):
                found[number] = hits
        for at, slot in enumerate(slots):
            if slot.initials:
                for number in self._initials[slot.initials]:
                    gain = _INITIALS * self._names[number].total
                    found.setdefault(number, []).append(Hit(at, at + 1, gain, _INITIALS))
        return found

    def _candidates(self, places: dict, letters: dict) -> Iterable[int]:
        """The names of which enough may be said, whatever the order of the words."""
        shares = {plain: max(share for _, share, _ in said) for plain, said in places.items()}
        for number in {number for plain in places for number in self._heavy.get(plain, ())}:
            name = self._names[number]
            most = 0.0
            for word, weight in zip(name.words, name.weights, strict=True):
                if word.plain in shares:
                    most += weight * shares[word.plain]
                elif letters and word.plain[0] in letters:
                    most += weight * _INITIAL
            if most * _BEST_ACCENTS >= _COVER * name.total:
                yield number

    def nearest(self, slots: list[Slot], most: int) -> list[tuple[Word, ...]]:
        """Names that share their most telling word with the question, the best covered first."""
        shares: Counter[int] = Counter()
        for slot in slots:
            for plain, share in slot.readings.items():
                if self.weight(plain) > 2:
                    for number in self._heavy.get(plain, ()):
                        name = self._names[number]
                        shares[number] += share * self._weights[plain] / (name.total + 2)
        return [self._names[number].words for number, share in shares.most_common(most) if share > 0.25]

    def _chains(self, name: Name, places: dict, letters: dict, slots: list[Slot]) -> list[Hit]:
        """The best rows of neighbouring slots that say the name's words in order."""
        pairs = []
        for spot, (word, weight) in enumerate(zip(name.words, name.weights, strict=True)):
            for at, share, typed in places.get(word.plain, ()):
                # A rare word is no better a reading than the common one that was typed.
                most = weight if typed.plain == word.plain else min(weight, self.weight(typed.plain))
                pairs.append((at, spot, most * share * _accents(typed, word)))
            for at in letters.get(word.plain[0], ()):
                pairs.append((at, spot, weight * _INITIAL))
        pairs.sort()
        ends = []
        for index, (at, spot, worth) in enumerate(pairs):
            best, start, own = worth, at, worth
            for before, old in zip(pairs[:index], ends, strict=True):
                gap = at - before[0] - 1
                if before[1] < spot and 0 <= gap <= 1 and old[0] + worth - _GAP * gap > best:
                    best, start, own = old[0] + worth - _GAP * gap, old[1], old[2] + worth
            ends.append((best, start, own, at + 1))
        hits: list[Hit] = []
        for best, start, own, end in sorted(ends, key=lambda item: -item[0]):
            cover = own / name.total
            if cover < _COVER or len(hits) == _CHAINS:
                break
            if all(end <= hit.start or start >= hit.end for hit in hits):
                if name.is_short and not _is_called(slots, start, end):
                    continue
                lost = max(0.0, name.total - own) * _LOST
                hits.append(Hit(start, end, best - lost, min(cover, 1.0)))
        return hits


_MIXED_TONES = str.maketrans("\u0309", "\u0303")  # hỏi and ngã sound alike in the south


def _is_number(plain: str) -> bool:
    return len(plain) <= _LONGEST_NUMBER and any(map(str.isdigit, plain))


def _accents(typed: Word, meant: Word) -> float:
    """How well the typed accents fit: a bare word fits all."""
    if typed.key == meant.key:
        return 1.0 if typed.is_bare else _BEST_ACCENTS
    if typed.is_bare:
        return 1.0
    if typed.plain != meant.plain:
        return 0.95
    return 0.97 if typed.key.translate(_MIXED_TONES) == meant.key.translate(_MIXED_TONES) else 0.85


_STREET_SIGNS = GENERIC | {"hem"}
_CALLS = plain_words("duong so hem tu den toi giua va khuc doan giap tren cat giao goc voi o tai dat gia")


def _is_called(slots: list[Slot], start: int, end: int) -> bool:
    """Whether a number or letter is said to be a street: `đường số 5`, `từ D4`; not `quận 5`, not `vậy ạ`."""
    before = slots[start - 1].word.plain if start else ""
    word = slots[end - 1].word
    if len(word.plain) == 1 and word.plain.isalpha():
        return word.is_bare and (slots[start].word.plain in GENERIC or before in _STREET_SIGNS)
    return start == 0 or slots[start].word.plain in GENERIC or before in _CALLS
