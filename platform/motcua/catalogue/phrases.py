"""Finding the vocabulary's phrases in a row of words, with or without accents."""

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
    return list(map(word_of, tokenise(text)))


_ENDS = ""  # in a node: the phrases that end there; no word is empty


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
    """Phrases by their accent-free words, as a tree of words. Immutable once built."""

    def __init__(self, phrases: Iterable[tuple[str, Entry]]):
        self._tree: dict = {}
        for said, entry in phrases:
            words = words_of(said)
            if not words:
                continue
            node = self._tree
            for word in words:
                node = node.setdefault(word.plain, {})
            node.setdefault(_ENDS, []).append((tuple(word.key for word in words), entry))

    def find(self, words: Sequence[Word], bare: bool) -> list[Hit]:
        """All phrases in `words`, overlapping ones too, the longest first at each place.

        `bare`: the whole question was typed without accents.
        """
        hits: list[Hit] = []
        tree, count = self._tree, len(words)
        for start in [at for at, word in enumerate(words) if word.plain in tree]:
            node, end, found = tree[words[start].plain], start + 1, []
            while node is not None:
                if _ENDS in node:
                    found.append((end, node[_ENDS]))
                if end == count:
                    break
                node, end = node.get(words[end].plain), end + 1
            for end, endings in reversed(found):
                for keys, entry in endings:
                    if _agree(words[start:end], keys, bare):
                        hits.append(Hit(start, end, entry))
        return hits


def _agree(words: Sequence[Word], keys: tuple[str, ...], bare: bool) -> bool:
    """Whether the accents allow it: a word without accents may be any, but alone only in a bare question."""
    if len(keys) == 1:
        word = words[0]
        return word.key == keys[0] or (word.is_bare and bare)
    wrong = sum(not word.is_bare and word.key != key for word, key in zip(words, keys, strict=True))
    return wrong * 3 <= len(keys)
