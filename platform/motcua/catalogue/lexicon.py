"""Every word that the catalogue or its vocabulary knows, to tell a typing error from a word of its own."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise, product

from motcua.core.text.normal import plain_key
from motcua.core.text.sounds import distance, sound_key
from motcua.core.text.syllables import is_syllable

from .phrases import Word

_MOST_CORRECTIONS = 3
_MOST_PAIR_COST = 2.0
_LONG_WORD = 5  # letters from which a word may have two small errors
_SHORTEST_JOINED, _MOST_JOINED, _LONGEST_SYLLABLE = 5, 6, 7


class Lexicon:
    """Words and pairs of neighbouring words, all accent-free. Immutable once built.

    `under`: the lexicon that this one adds to, as a province's words add to the national ones.
    """

    def __init__(self, texts: Iterable[Sequence[Word]], under: "Lexicon | None" = None):
        counts: Counter[str] = Counter()
        pairs: set[tuple[str, str]] = set()
        for text in texts:
            plains = [word.plain for word in text]
            counts.update(plains)
            pairs.update(pairwise(plains))
        self._under = under
        self._words = dict(counts)
        # Pairs as numbers: a hundred thousand tuples would cost more memory than all the rest.
        self._number = {word: number for number, word in enumerate(self._words)}
        self._pairs = {self._number[a] * len(counts) + self._number[b] for a, b in pairs}
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        self._by_deletion: dict[str, list[str]] = defaultdict(list)
        for word in self._words:
            if word.isalpha():
                self._by_sound[sound_key(word)].append(word)
                for shorter in _deletions(word):
                    self._by_deletion[shorter].append(word)

    def __contains__(self, plain: str) -> bool:
        return plain in self._words or (self._under is not None and plain in self._under)

    def has_pair(self, pair: tuple[str, str]) -> bool:
        first, second = self._number.get(pair[0]), self._number.get(pair[1])
        if first is not None and second is not None and first * len(self._words) + second in self._pairs:
            return True
        return self._under is not None and self._under.has_pair(pair)

    def corrections(self, plain: str, most: int = _MOST_CORRECTIONS) -> list[tuple[str, float]]:
        """Known words that `plain` may have been meant for, with what the error costs; the cheapest first."""
        limit = 1.5 if len(plain) >= _LONG_WORD else 1.0
        costs = sorted(
            (distance(plain, word, limit), -count, word) for word, count in self._near(plain).items()
        )
        return [(word, cost) for cost, _, word in costs[:most] if cost <= limit]

    def _near(self, plain: str) -> dict[str, int]:
        near = self._under._near(plain) if self._under else {}
        found = set(self._by_sound.get(sound_key(plain), ()))
        for shorter in _deletions(plain):
            found.update(self._by_deletion.get(shorter, ()))
        return near | {word: self._words[word] for word in found}

    def pair_corrections(self, first: str, second: str) -> list[tuple[str, str, float]]:
        """Known pairs that sound like these two words, with what the errors cost; the cheapest first."""
        near = (pair for pair in product(self._alike(first), self._alike(second)) if self.has_pair(pair))
        costs = sorted((distance(first, a, 2) + distance(second, b, 2), a, b) for a, b in near)
        return [(a, b, cost) for cost, a, b in costs[:_MOST_CORRECTIONS] if cost <= _MOST_PAIR_COST]

    def one_slip_away(self, plain: str) -> list[tuple[str, float]]:
        """Other known words that sound like this known one or have a letter more or less, with the error's cost."""
        found = self._alike(plain) | set(self._by_deletion.get(plain, ()))
        found.update(word for word in _deletions(plain) if word in self)
        found.discard(plain)
        costs = ((word, distance(plain, word, 1.0)) for word in found)
        return sorted((item for item in costs if item[1] <= 1.0), key=lambda item: (item[1], item[0]))

    def _alike(self, plain: str) -> set[str]:
        """The known words of letters that sound like this one."""
        alike = set(self._by_sound.get(sound_key(plain), ()))
        return alike | self._under._alike(plain) if self._under else alike

    def split(self, plain: str) -> tuple[str, ...] | None:
        """The known words that were typed without a blank, None where there are none."""
        if len(plain) < _SHORTEST_JOINED or is_syllable(plain):
            return None
        halves = ((plain_key(plain[:at]), plain_key(plain[at:])) for at in range(1, len(plain)))
        return next(filter(self.has_pair, halves), None) or self._walk(plain, 0)

    def _walk(self, text: str, depth: int) -> tuple[str, ...] | None:
        """Known neighbours from the left, the longest word first."""
        if not text:
            return ()
        if depth > _MOST_JOINED:
            return None
        for length in range(min(len(text), _LONGEST_SYLLABLE), 1, -1):
            head = plain_key(text[:length])  # the y of `ky` inside `kytauca` is an i at its end
            if head in self and is_syllable(head):
                rest = self._walk(text[length:], depth + 1)
                if rest is not None and (not rest or self.has_pair((head, rest[0]))):
                    return (head, *rest)
        return None


def _deletions(word: str) -> set[str]:
    """The word and every form of it with one letter less."""
    return {word} | {word[:at] + word[at + 1 :] for at in range(len(word))} if len(word) > 2 else {word}
