"""The words that the search knows: everyday names of violations, what says nothing, dialect and abbreviations.

`everyday.csv`: ways to say a violation, and the provisions that are meant, the likeliest first. `words.csv` has the
columns and kinds of the procedures' vocabulary (motcua.catalogue.vocabulary).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from motcua.catalogue.base import QUIET, REWRITES, Words
from motcua.catalogue.lexicon import Lexicon
from motcua.catalogue.markers import Markers
from motcua.catalogue.phrases import Hit, PhraseTable, Word, words_of
from motcua.catalogue.surfaces import Rarity, Surface
from motcua.catalogue.vocabulary import Entry, Vocabulary
from motcua.core.text.normal import normalise

from .decree import Provision, rows_of
from .vehicles import Vehicles

_SHORTEST = 3  # words in a piece of the decree's text that can stand for it alone
_OFFICIAL, _OFFICIAL_PART = 0.8, 0.65  # what the decree's own words count beside everyday ones
_ASIDE = 0.3
_TAIL = re.compile(r",? ?trừ (?:các )?(?:hành vi|trường hợp|xe|khi|những).*$|\(trừ[^)]*\)", re.IGNORECASE)
_OPENING = re.compile(
    r"^phạt tiền từ .*? (?:thực hiện hành vi vi phạm|thực hiện hành vi|đối với hành vi vi phạm|đối với hành vi"
    r"|đối với người điều khiển xe|đối với|là) "
)
_SET_PHRASES = re.compile(
    r"(?:người |phương tiện )?(?:đang )?điều khiển (?:xe|phương tiện)|theo quy định|quy định tại|hoặc có nhưng"
)


@dataclass(frozen=True)
class Everyday:
    """One violation as people speak of it. `meant`: codes of provisions, the likeliest first."""

    said: tuple[str, ...]
    meant: tuple[str, ...]


def read_everyday(file: Path) -> list[Everyday]:
    return [
        Everyday(tuple(map(normalise, row["said"].split("|"))), tuple(row["points"].split("|")))
        for row in rows_of(file)
    ]


def read_words(file: Path) -> Vocabulary:
    entries = []
    for row in rows_of(file):
        said, meant = (
            tuple(map(normalise, filter(None, row[name].split("|")))) for name in ("said", "meant")
        )
        entries.append(Entry(row["kind"], said, meant))
    return Vocabulary(tuple(entries))


def official_pieces(provision: Provision) -> dict[str, float]:
    """The violations of a provision, each by itself, with what it counts: a point lists several between
    semicolons, and between commas what they are about."""
    text = _OPENING.sub("", normalise(provision.text))
    pieces = [_TAIL.sub("", piece).strip() for piece in text.split(";")]
    parts = [part.strip() for piece in pieces if "(" not in piece for part in piece.split(",")]
    counted = dict.fromkeys(parts, _OFFICIAL_PART) | dict.fromkeys(pieces, _OFFICIAL)
    return {piece: counts for piece, counts in counted.items() if len(piece.split()) >= _SHORTEST}


def surfaces_of(
    everyday: Sequence[Everyday], provisions: Sequence[Provision], quiet: PhraseTable, telling: PhraseTable
) -> list[Surface]:
    """Owners are positions in `everyday`, and behind them positions in `provisions`.

    `quiet` phrases count little, unless a longer one of `telling` needs them.
    """
    tables = (quiet, telling)
    surfaces = [
        _surface(owner, said, 1.0, tables) for owner, entry in enumerate(everyday) for said in entry.said
    ]
    for owner, provision in enumerate(provisions, len(everyday)):
        surfaces += [_surface(owner, *piece, tables) for piece in official_pieces(provision).items()]
    return [surface for surface in surfaces if surface.words]


def _surface(owner: int, text: str, factor: float, tables: tuple[PhraseTable, PhraseTable]) -> Surface:
    words: list[Word] = []
    weights: list[float] = []
    for at, piece in enumerate(re.split(r"[()]", text)):
        for word in words_of(piece):
            words.append(word)
            weights.append(_ASIDE if at % 2 else 1.0)
    if factor < 1.0:
        for found in _SET_PHRASES.finditer(" ".join(word.key for word in words)):
            start = found.string[: found.start()].count(" ")
            for at in range(start, start + found[0].count(" ") + 1):
                weights[at] = _ASIDE
    quiet, telling = (table.find(words, bare=False) for table in tables)
    for hit in quiet:
        if hit.length < len(words) and not any(_needs(other, hit) for other in telling):
            for at in range(hit.start, hit.end):
                weights[at] = min(weights[at], _ASIDE)
    return Surface(owner, tuple(words), tuple(weights), factor)


def _needs(phrase: Hit, part: Hit) -> bool:
    return phrase.start <= part.start and part.end <= phrase.end and part.length < phrase.length


def known_words(
    vocabulary: Vocabulary,
    vehicles: Vehicles,
    texts: Sequence[Sequence[Word]],
    surfaces: Sequence[Surface],
) -> Words:
    """What is needed to understand a line. `texts`: each violation's words together, for telling rare from common."""
    said = [words_of(one) for entry in vocabulary.entries for one in (*entry.said, *entry.meant)]
    said += [words_of(one) for one, _ in vehicles.said]
    return Words(
        lexicon=Lexicon([*(surface.words for surface in surfaces), *said]),
        rewrites=(PhraseTable(vocabulary.phrases(*REWRITES)),),
        quiet=(PhraseTable([*vocabulary.phrases(*QUIET), *vehicles.quiet]),),
        levels=PhraseTable(()),
        markers=Markers(Vocabulary()),
        rarity=Rarity(texts),
    )
