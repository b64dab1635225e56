"""The part of the search that all provinces share: the national names, their words, their rarity, the vocabulary."""

from collections import ChainMap, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from motcua.core.text.normal import normalise
from motcua.core.text.tokens import tokenise

from .lexicon import Lexicon
from .markers import Markers
from .phrases import PhraseTable, Word, words_of
from .records import Record
from .segments import Segment
from .surfaces import Rarity, Surface, weighted_pieces
from .vocabulary import Entry, Vocabulary

REWRITES = ("abbreviation", "word", "hint", "action", "special", "spelling")
QUIET = ("noise", "aspect", "light")

_LEVEL_FACTORS = {"commune": 1.0, "province": 0.99, "other": 0.97, "ministry": 0.95}
_NOISE_IN_NAME = 0.25
_PART_FACTOR = 0.95
_SHORTEST_PART = 4
_OPENING = 2  # “thủ tục”, which some names begin with


@dataclass(frozen=True)
class Words:
    """What is known of words: a tenant's own tables stand before the national ones."""

    lexicon: Lexicon
    rewrites: tuple[PhraseTable, ...]
    quiet: tuple[PhraseTable, ...]
    levels: PhraseTable
    markers: Markers
    rarity: Rarity


@dataclass(frozen=True)
class Card:
    """A procedure as results show it, and what ranks it among its like."""

    code: str
    name: str
    levels: frozenset[str]
    family: str  # the same for one procedure at several levels
    prior: float


class Base:
    """Built once a process; read-only, shared by every tenant's index."""

    def __init__(self, records: Iterable[Record], vocabulary: Vocabulary):
        self.records = tuple(records)
        self.vocabulary = vocabulary
        self.markers = Markers(vocabulary)
        self.quiet = PhraseTable(vocabulary.phrases(*QUIET))
        self.levels = PhraseTable(vocabulary.phrases("level"))
        self._single = PhraseTable(
            (said, entry)
            for said, entry in vocabulary.phrases("abbreviation")
            if len(entry.meant) == 1 and len(tokenise(said)) == 1
        )
        self._priors = {said: float(e.meant[0]) for said, e in vocabulary.phrases("field")}
        self.position = {record.code: at for at, record in enumerate(self.records)}
        names = [self.name_words(record.name) for record in self.records]
        self.rarity = Rarity([words for words, _ in names])
        self.cards = [self.card(record) for record in self.records]
        self._by_name: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for at, record in enumerate(self.records):
            self._by_name[self._bare_name(record.name)].append(at)
        self.entries = entries_of(vocabulary)
        surfaces = [
            surface
            for at, (record, words) in enumerate(zip(self.records, names, strict=True))
            for surface in self.surfaces_of_name(at, record.name, words)
        ]
        surfaces += self.surfaces_of_vocabulary(vocabulary, 0)
        surfaces += [
            self.surface_of_alias(at, normalise(alias))
            for at, record in enumerate(self.records)
            for alias in record.aliases
        ]
        self.segment = Segment(surfaces, self.rarity)
        lexicon = Lexicon([*(words for words, _ in names), *texts_of(surfaces, vocabulary)])
        rewrites = PhraseTable(vocabulary.phrases(*REWRITES))
        self.words = Words(lexicon, (rewrites,), (self.quiet,), self.levels, self.markers, self.rarity)
        self.asked_back: dict[str, list[int]] = {}  # filled by the first index over this base

    def named(self, words: tuple[str, ...]) -> Sequence[int]:
        """The procedures whose whole name these accent-free words are."""
        return self._by_name.get(words[_OPENING:] if words[:_OPENING] == ("thu", "tuc") else words, ())

    @staticmethod
    def _bare_name(name: str) -> tuple[str, ...]:
        words = tuple(word.plain for word in words_of(normalise(name)))
        return words[_OPENING:] if words[:_OPENING] == ("thu", "tuc") else words

    def surfaces_of_vocabulary(
        self, vocabulary: Vocabulary, entries_before: int, own: Mapping[str, int] | None = None
    ) -> list[Surface]:
        """The everyday names, and the topics numbered behind the `entries_before` known ones.

        `own`: code to position of procedures that the base lacks.
        """
        position = ChainMap(own or {}, self.position)
        surfaces = [
            self.surface_of_alias(position[code], said)
            for said, entry in vocabulary.phrases("name")
            for code in entry.meant
            if code in position
        ]
        for number, entry in enumerate(entries_of(vocabulary), entries_before):
            surfaces += [self.surface_of_alias(owner_of_entry(number), said) for said in entry.said]
        return surfaces

    def card(self, record: Record) -> Card:
        name = normalise(record.name)
        levels = frozenset(
            meant for hit in self.levels.find(words_of(name), bare=False) for meant in hit.entry.meant
        ) or frozenset(record.levels)
        level = max((_LEVEL_FACTORS.get(one, 1.0) for one in levels), default=0.98)
        prior = level * self._priors.get(" ".join(tokenise(normalise(record.field))), 1.0)
        if record.subjects and not any("công dân" in subject.lower() for subject in record.subjects):
            prior *= 0.985
        return Card(record.code, record.name, levels, _family(name, self), prior)

    def name_words(self, name: str) -> tuple[list[Word], list[float]]:
        """The words of a name with their weights; unambiguous abbreviations written out."""
        words: list[Word] = []
        weights: list[float] = []
        for piece, weight in weighted_pieces(normalise(name)):
            for word in self.written_out(words_of(piece)):
                words.append(word)
                weights.append(weight)
        for hit in self.quiet.find(words, bare=False):
            if hit.entry.kind == "noise":
                for at in range(hit.start, hit.end):
                    weights[at] = min(weights[at], _NOISE_IN_NAME)
        return words, weights

    def written_out(self, words: Sequence[Word]) -> list[Word]:
        hits = {hit.start: hit.entry for hit in self._single.find(words, bare=False)}
        out: list[Word] = []
        for at, word in enumerate(words):
            out += words_of(hits[at].meant[0]) if at in hits else [word]
        return out

    def surfaces_of_name(
        self, owner: int, name: str, words: tuple[list[Word], list[float]]
    ) -> Iterable[Surface]:
        marks = self.markers.of_name(words[0])
        yield Surface(owner, tuple(words[0]), tuple(words[1]), 1.0, marks.actions, marks.specials)
        parts = [
            part
            for part in normalise(name).replace(";", "/").split("/")
            if "(" not in part and ")" not in part
        ]
        if len(parts) > 1:
            for part in parts:
                part_words, weights = self.name_words(part)
                if len(part_words) >= _SHORTEST_PART:
                    marks = self.markers.of_name(part_words)
                    yield Surface(
                        owner, tuple(part_words), tuple(weights), _PART_FACTOR, marks.actions, marks.specials
                    )

    def surface_of_alias(self, owner: int, alias: str) -> Surface:
        """`alias` is normalised."""
        words = self.written_out(words_of(alias))
        marks = self.markers.of_name(words)
        return Surface(owner, tuple(words), (1.0,) * len(words), 1.0, marks.actions, marks.specials)


def entries_of(vocabulary: Vocabulary) -> list[Entry]:
    """What answers a question without being a procedure."""
    return vocabulary.by_kind["topic"]


def owner_of_entry(number: int) -> int:
    """Owners below zero are no procedures: entries count downwards from -1."""
    return -1 - number


def texts_of(surfaces: Iterable[Surface], vocabulary: Vocabulary) -> Iterable[Sequence[Word]]:
    """Everything that makes a word or a pair of words known."""
    yield from (surface.words for surface in surfaces)
    for entry in vocabulary.entries:
        # What names a procedure or a topic is a surface already.
        said = () if entry.kind in ("name", "topic") else entry.said
        for text in (*said, *_meanings(entry)):
            yield words_of(text)


def _meanings(entry: Entry) -> tuple[str, ...]:
    return entry.meant if entry.kind in (*REWRITES, "ask") else ()


def _family(name: str, base: Base) -> str:
    """The name without its level."""
    words = words_of(name)
    hits = base.levels.find(words, bare=False)
    out = [word.plain for at, word in enumerate(words) if not any(hit.start <= at < hit.end for hit in hits)]
    return " ".join(word for word in out if word not in ("thu", "tuc", "thuc", "hien", "tai", "o"))
