"""A citizen's question cut into words, each with what it may have been meant for."""

from dataclasses import dataclass, field
from typing import Protocol

from motcua.catalogue.lexicon import Lexicon
from motcua.catalogue.phrases import Word, word_of
from motcua.core.text.keystrokes import decode
from motcua.core.text.syllables import is_syllable
from motcua.core.text.tokens import tokenise

from .wording import GENERIC, fold, written

MOST_WORDS = 60
_LONGEST_WORD = 40
_OTHER_READING = 0.85
_MISSPELT, _SLIPPED, _PER_ERROR = 0.92, 0.86, 0.24
_MOST_READINGS = 8
_LETTERS_AN_ERROR = 4  # a word must be this long for each error it may have
_STREET = "duong"
_VOWELS = frozenset("aeiouy")


class Known(Protocol):
    """What reading a question needs to know of the tables' names."""

    lexicon: Lexicon

    def has_initials(self, letters: str) -> bool: ...

    def readings(self, plain: str) -> dict[str, float]: ...


@dataclass(frozen=True)
class Slot:
    """One word. `readings`: accent-free words of the tables it may stand for, each with a share up to 1.

    `is_initial`: a letter that may stand for a word; `initials`: letters that may stand for a whole name.
    """

    word: Word
    readings: dict[str, float] = field(default_factory=dict)
    is_initial: bool = False
    initials: str = ""


def read(text: str, known: Known) -> list[Slot]:
    """`text` as typed, without what is not about the place."""
    tokens = [token for token in tokenise(written(text)) if len(token) <= _LONGEST_WORD][:MOST_WORDS]
    words: list[tuple[Word, Word | None]] = []
    for token in tokens:
        words += _words(token, known)
    folded = fold(words, lambda item: item[0], lambda made, _: (made, None))
    return [_slot(word, other, known) for word, other in folded]


def _words(token: str, known: Known) -> list[tuple[Word, Word | None]]:
    """The words that a token stands for, each with another reading of its keystrokes."""
    lexicon = known.lexicon
    word = word_of(token)
    typed = decode(token)
    if typed is not None:
        meant = word_of(typed)
        if word.plain in lexicon or word.plain in GENERIC:
            return [(word, meant)]
        if meant.plain in lexicon or meant.plain in GENERIC or any(map(str.isdigit, token)):
            return [(meant, None)]
    if word.plain in lexicon or not word.plain.isalpha() or known.has_initials(word.plain):
        return [(word, None)]
    rest = word.plain.removeprefix(_STREET)
    if rest in lexicon:
        return [(Word(rest, rest), None)]
    if parts := lexicon.split(word.plain) or lexicon.split(rest):
        return [(Word(part, part), None) for part in parts]
    if 1 < len(word.plain) <= 3 and not _VOWELS & set(word.plain) and not is_syllable(word.plain):
        return [(word_of(letter), None) for letter in word.plain]
    return [(word, None)]


def _slot(word: Word, other: Word | None, known: Known) -> Slot:
    plain = word.plain
    readings = known.readings(plain)
    if other is not None and other.plain in known.lexicon:
        readings = readings | {other.plain: max(readings.get(other.plain, 0.0), _OTHER_READING)}
    letters = plain if 2 <= len(plain) <= 6 and known.has_initials(plain) else ""
    if letters and _VOWELS & set(plain) and (plain in known.lexicon or is_syllable(plain)):
        letters = ""
    return Slot(word, readings, len(plain) == 1 and plain.isalpha() and word.is_bare, letters)


def readings_of(plain: str, lexicon: Lexicon) -> dict[str, float]:
    """The words of the tables that a typed one may stand for, each with a share up to 1."""
    readings: dict[str, float] = {}
    is_known = plain in lexicon
    if plain.isalpha() and len(plain) > 1 and plain not in GENERIC:
        if is_known:
            for near, cost in lexicon.one_slip_away(plain):
                readings[near] = _SLIPPED - _PER_ERROR * cost
        else:
            for near, cost in lexicon.corrections(plain, _MOST_READINGS):
                if near.isalpha() and cost * _LETTERS_AN_ERROR <= len(plain):
                    readings[near] = _MISSPELT - _PER_ERROR * cost
    if is_known:
        readings[plain] = 1.0
    return readings
