"""Every word that the catalogue or its vocabulary knows, to tell a typing error from a word of its own."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from motcua.core.text.normal import plain_key
from motcua.core.text.sounds import distance, sound_key
from motcua.core.text.syllables import is_syllable

from .phrases import Word

_MOST_CORRECTIONS = 3
_SHORTEST_JOINED = 5


class Lexicon:
    """Words and pairs of neighbouring words, all accent-free. Immutable once built."""

    def __init__(self, texts: Iterable[Sequence[Word]]):
        self.words: dict[str, int] = defaultdict(int)
        self.keys: set[str] = set()
        self.pairs: set[tuple[str, str]] = set()
        for text in texts:
            for word in text:
                self.words[word.plain] += 1
                self.keys.add(word.key)
            self.pairs.update(zip((w.plain for w in text), (w.plain for w in text[1:]), strict=False))
        self.words = dict(self.words)
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        self._by_deletion: dict[str, list[str]] = defaultdict(list)
        for word in self.words:
            if not word.isalpha():
                continue
            self._by_sound[sound_key(word)].append(word)
            for shorter in _deletions(word):
                self._by_deletion[shorter].append(word)
        self._pairs_by_sound: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        self._joined: dict[str, tuple[str, str]] = {}
        for first, second in self.pairs:
            if first.isalpha() and second.isalpha():
                self._pairs_by_sound[sound_key(first), sound_key(second)].append((first, second))
                self._joined[first + second] = (first, second)

    def corrections(self, plain: str) -> list[tuple[str, float]]:
        """Known words that `plain` may have been meant for, with what the error costs; the cheapest first."""
        near = set(self._by_sound.get(sound_key(plain), ()))
        for shorter in _deletions(plain):
            near.update(self._by_deletion.get(shorter, ()))
        costs = sorted((distance(plain, word, 1.5), -self.words[word], word) for word in near)
        return [(word, cost) for cost, _, word in costs[:_MOST_CORRECTIONS] if cost <= (1.5 if len(plain) > 4 else 1.0)]

    def pair_corrections(self, first: str, second: str) -> list[tuple[str, str, float]]:
        """Known pairs that sound like these two words, with what the errors cost; the cheapest first."""
        near = self._pairs_by_sound.get((sound_key(first), sound_key(second)), ())
        costs = sorted((distance(first, a, 2) + distance(second, b, 2), a, b) for a, b in near)
        return [(a, b, cost) for cost, a, b in costs[:_MOST_CORRECTIONS] if cost <= 2]

    def split(self, plain: str) -> tuple[str, ...] | None:
        """The known pair that was typed without a blank, None where there is none."""
        if len(plain) < _SHORTEST_JOINED or is_syllable(plain):
            return None
        if plain in self._joined:
            return self._joined[plain]
        # Three or more words in one: known words and pairs from the left, the longest first.
        return self._walk(plain, 0)

    def _walk(self, text: str, depth: int) -> tuple[str, ...] | None:
        if not text:
            return ()
        if depth > 6:
            return None
        for length in range(min(len(text), 7), 1, -1):
            head = text[:length]
            if head in self.words and is_syllable(head):
                rest = self._walk(text[length:], depth + 1)
                if rest is not None and (not rest or (head, rest[0]) in self.pairs):
                    return (head, *rest)
        return None


def _deletions(word: str) -> set[str]:
    """The word and every form of it with one letter less."""
    return {word} | {word[:at] + word[at + 1 :] for at in range(len(word))} if len(word) > 2 else {word}


def plain_words(texts: Iterable[str]) -> set[str]:
    return {plain_key(text) for text in texts}
