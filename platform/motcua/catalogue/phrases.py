"""Finding the vocabulary's phrases in a row of words, with or without accents."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from motcua.core.text.normal import plain_key, syllable_key
from motcua.core.text.tokens import tokenise

from .vocabulary import Entry


@dataclass(frozen=True)
class Word:
    """A word as compared: accented key, accent-free key. They are equal where no accent was typed."""

    key: str
    plain: str

    @property
    def is_bare(self) -> bool:
        return self.key == self.plain


@lru_cache(maxsize=20_000)
def word_of(token: str) -> Word:
    """`token` is normalised."""
    return Word(syllable_key(token), plain_key(token))


def words_of(text: str) -> list[Word]:
    """The words of a normalised text."""
    return [word_of(token) for token in tokenise(text)]


@dataclass(frozen=True)
class Hit:
    """A phrase of the vocabulary at words `start` to `end`."""

    start: int
    end: int
    entry: Entry

    @property
    def length(self) -> int:
        return self.end - self.start


class PhraseTable:
    """Phrases by their accent-free words. Immutable once built."""

    def __init__(self, phrases: Iterable[tuple[str, Entry]]):
        table: dict[tuple[str, ...], list[tuple[tuple[str, ...], Entry]]] = defaultdict(list)
        longest: dict[str, int] = {}
        for said, entry in phrases:
            words = words_of(said)
            if not words:
                continue
            plains = tuple(word.plain for word in words)
            table[plains].append((tuple(word.key for word in words), entry))
            longest[plains[0]] = max(longest.get(plains[0], 0), len(plains))
        self._table, self._longest = dict(table), longest

    def find(self, words: Sequence[Word], bare: bool) -> list[Hit]:
        """All phrases in `words`, overlapping ones too. `bare`: the whole question was typed without accents."""
        hits: list[Hit] = []
        plains = [word.plain for word in words]
        for start, plain in enumerate(plains):
            for length in range(min(self._longest.get(plain, 0), len(plains) - start), 0, -1):
                for keys, entry in self._table.get(tuple(plains[start : start + length]), ()):
                    if _agree(words[start : start + length], keys, bare):
                        hits.append(Hit(start, start + length, entry))
        return hits


def _agree(words: Sequence[Word], keys: tuple[str, ...], bare: bool) -> bool:
    """Whether the accents allow it: a word without accents may be any, but alone only in a bare question."""
    if len(keys) == 1:
        word = words[0]
        return word.key == keys[0] or (word.is_bare and bare)
    wrong = sum(not word.is_bare and word.key != key for word, key in zip(words, keys, strict=True))
    return wrong * 3 <= len(keys)
