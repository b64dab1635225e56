"""Finding the procedure that a citizen asks for in their own words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from .base import QUIET, REWRITES, Base, Card, Words, entries_of, texts_of
from .lexicon import Lexicon
from .markers import PLAIN_ACTION
from .phrases import PhraseTable
from .question import Question, content_of, understand
from .ranking import Ranking, Row
from .records import Record
from .segments import Segment
from .vocabulary import Entry, Vocabulary

MOST_RESULTS = 10
# Calibrated on the development questions and on everyday chat; see docs/decisions/0006.
_LEAST_SURE, _HALF = 0.03, 0.5
# The less of a question matches at all, the more of some name it has to be.
_LEAST_OF_SURFACE = ((9.0, 0.3), (15.0, 0.23))
_SURE = 0.12
_SURE_TOPIC, _WHOLE, _NEARLY = 0.4, 0.9, 0.6
_ALIKE, _MANY, _WELL_NAMED, _GENERAL = 0.95, 3, 0.75, 12
_CODE = re.compile(r"(?<![\d.])(\d\.\d{6})(?!\d)")


class Result(NamedTuple):
    code: str
    name: str
    score: float


@dataclass(frozen=True)
class Answer:
    """`kind`: "match" (the first result is meant), "choices" (ask the citizen which), "none" (nothing here).

    `results` best first, whatever the kind. `pointer`: where a citizen is better off, for some of "none".
    `aspect`: what about the procedure is asked, one of vocabulary.ASPECTS.
    """

    kind: str
    results: tuple[Result, ...] = ()
    pointer: str | None = None
    aspect: str | None = None


@dataclass(frozen=True)
class Overlay:
    """What a tenant has beside the base: which procedures, its own names for some, its own vocabulary."""

    enabled: np.ndarray  # bool, one for each of base.cards and then of `cards`
    names: dict[int, str]  # by position in base.cards
    cards: tuple[Card, ...]  # of procedures that the base lacks
    entries: tuple[Entry, ...]  # topics, numbered behind the base's
    asks: tuple[Entry, ...]
    segment: Segment
    words: Words

    @classmethod
    def build(
        cls,
        base: Base,
        names: Mapping[str, str | None],
        vocabulary: Vocabulary,
        own_records: Sequence[Record] = (),
    ) -> "Overlay":
        """`names`: code to own name of what the tenant carries out, None where it keeps the national name.

        `own_records`: what it carries out beside the base.
        """
        enabled = np.zeros(len(base.cards) + len(own_records), dtype=bool)
        enabled[len(base.cards) :] = True
        own_names = {}
        for code, name in names.items():
            at = base.position.get(code)
            if at is not None:
                enabled[at] = True
                if name:
                    own_names[at] = name
        surfaces = [
            surface
            for at, name in own_names.items()
            for surface in base.surfaces_of_name(at, name, base.name_words(name))
        ]
        own = {record.code: at for at, record in enumerate(own_records, len(base.cards))}
        for record in own_records:
            surfaces += base.surfaces_of_name(own[record.code], record.name, base.name_words(record.name))
        surfaces += base.surfaces_of_vocabulary(vocabulary, len(base.entries), own)
        words = base.words
        if vocabulary.entries or surfaces:
            words = replace(
                words,
                lexicon=Lexicon(texts_of(surfaces, vocabulary), words.lexicon),
                rewrites=(PhraseTable(vocabulary.phrases(*REWRITES)), *words.rewrites),
                quiet=(PhraseTable(vocabulary.phrases(*QUIET)), *words.quiet),
            )
        topics, asks = tuple(entries_of(vocabulary)), tuple(vocabulary.by_kind["ask"])
        cards = tuple(map(base.card, own_records))
        return cls(enabled, own_names, cards, topics, asks, Segment(surfaces, base.rarity), words)


class ProcedureIndex:
    """One tenant's procedures, ready for questions. Immutable: a change makes a new one."""

    def __init__(self, base: Base, own: "Overlay | None" = None):
        self.base = base
        self._words = own.words if own else base.words
        self._enabled = own.enabled if own else np.ones(len(base.cards), dtype=bool)
        self._names = own.names if own else {}
        self._cards = [*base.cards, *own.cards] if own else base.cards
        self._own_position = (
            {card.code: at for at, card in enumerate(own.cards, len(base.cards))} if own else {}
        )
        self._entries = [*base.entries, *own.entries] if own else base.entries
        asks = [*base.vocabulary.by_kind["ask"], *(own.asks if own else ())]
        self._asks = {content_of(said, self._words): entry for entry in asks for said in entry.said}
        segments = [base.segment, own.segment] if own and len(own.segment) else [base.segment]
        self._ranking = Ranking(segments, self._cards, self._enabled, base.markers.action(PLAIN_ACTION))
        self._firsts: dict[str, Result | None] = {}
        if not base.asked_back:
            base.asked_back.update(self._foremost(base))

    def __len__(self) -> int:
        return int(self._enabled.sum())

    def search(self, text: str) -> Answer:
        """The answer to one line; never raises for odd text."""
        by_code = self._by_code(text)
        if by_code:
            return Answer("match", by_code)
        question = understand(text, self._words)
        if not question.size:
            return Answer("none", aspect=question.aspect)
        return self._decide(question, self._ranking.rank(question))

    def _by_code(self, text: str) -> tuple[Result, ...]:
        found = []
        for code in _CODE.findall(text):
            at = self._own_position.get(code, self.base.position.get(code))
            if at is not None and self._enabled[at]:
                found.append(self._result(at, 1.0))
        return tuple(dict.fromkeys(found))[:MOST_RESULTS]

    def _result(self, at: int, score: float) -> Result:
        card = self._cards[at]
        return Result(card.code, self._names.get(at, card.name), round(score, 4))

    def _decide(self, question: Question, ranked: list[Row]) -> Answer:
        ranked = self._named_first(question, ranked)
        procedures = self._spread([row for row in ranked if row.owner >= 0])
        results = self._results(procedures)
        ask = self._asks.get(question.content)
        if ask is not None:
            return Answer("choices", self._offered(ask, results), None, question.aspect)
        if ranked and ranked[0].owner >= 0 and ranked[0].sureness >= 1.0:
            return Answer("match", results, None, question.aspect)
        topic = next((row for row in ranked if row.owner < 0), None)
        if topic and self._is_topic(topic, ranked[0]):
            meant = self._entries[-1 - topic.owner].meant
            return Answer("none", results, meant[0] if meant else None, question.aspect)
        if procedures and procedures[0] is ranked[0] and question.content and self._is_general(procedures):
            return Answer("choices", results, None, question.aspect)
        if not procedures or self._is_elsewhere(procedures[0], question):
            return Answer("none", results, None, question.aspect)
        kind = "choices" if self._is_open(procedures) else "match"
        return Answer(kind, results, None, question.aspect)

    def _is_topic(self, topic: Row, best: Row) -> bool:
        """Whether the question is about what is not done here: the best match, or wholly named and nearly so."""
        if topic is best:
            return topic.of_surface >= _SURE_TOPIC or topic.of_question >= _WELL_NAMED
        if best.of_surface >= _WHOLE:
            return False
        return topic.of_surface >= _WHOLE and topic.score >= _NEARLY * best.score

    def _named_first(self, question: Question, ranked: list[Row]) -> list[Row]:
        """Whoever types a whole name means that procedure, however much another one resembles it."""
        named = {at for at in self.base.named(question.words) if self._enabled[at]}
        if not named:
            return ranked
        top = ranked[0].score if ranked else 1.0
        first = [Row(at, top, 1.0, 1.0) for at in sorted(named, key=lambda at: -self._cards[at].prior)]
        return first + [row for row in ranked if row.owner not in named]

    def _results(self, rows: list[Row]) -> tuple[Result, ...]:
        return tuple(self._result(row.owner, row.score / rows[0].score) for row in rows[:MOST_RESULTS])

    def _is_elsewhere(self, best: Row, question: Question) -> bool:
        """Whether even the best has too little to do with the question."""
        matched = best.of_question * question.size
        least = next((surface for most, surface in _LEAST_OF_SURFACE if matched < most), 0.0)
        return best.sureness < _LEAST_SURE or best.of_surface < least

    def _is_general(self, procedures: list[Row]) -> bool:
        """Whether the words asked stand in many procedures, and are no procedure's whole name."""
        best = procedures[0]
        if best.of_surface >= _WELL_NAMED or best.of_question < _HALF:
            return False
        having = [row for row in procedures if row.of_question >= _WHOLE * best.of_question]
        return len({self._cards[row.owner].family for row in having}) >= _GENERAL

    def _is_open(self, procedures: list[Row]) -> bool:
        """Whether the citizen should be asked: nothing fits well, or several fit alike."""
        best = procedures[0]
        if best.sureness < _SURE:
            return True
        alike = {self._cards[row.owner].family for row in procedures if row.score >= _ALIKE * best.score}
        return len(alike) >= _MANY and best.of_surface < _WELL_NAMED

    def _offered(self, ask: Entry, results: tuple[Result, ...]) -> tuple[Result, ...]:
        """What the entry offers, in its order, before what else was found."""
        offered = [first for phrase in ask.meant if (first := self._first(phrase))]
        unique = {result.code: result for result in (*results, *reversed(offered))}
        order = dict.fromkeys([*(result.code for result in offered), *(result.code for result in results)])
        return tuple(unique[code] for code in order)[:MOST_RESULTS]

    def _first(self, phrase: str) -> Result | None:
        """The procedure of this tenant that a phrase of an entry means."""
        if phrase not in self._firsts:
            owners = self.base.asked_back.get(phrase, ())
            owner = next((one for one in owners if self._enabled[one]), None)
            if owner is None:
                owner = next(iter(self._owners(phrase)), None)
            self._firsts[phrase] = None if owner is None else self._result(owner, 1.0)
        return self._firsts[phrase]

    def _owners(self, phrase: str) -> list[int]:
        rows = self._ranking.rank(understand(phrase, self._words))
        return [row.owner for row in rows if row.owner >= 0]

    def _foremost(self, base: Base) -> dict[str, list[int]]:
        """For each phrase of the national entries the best procedures of the base: no question waits for them."""
        everything = Ranking(
            [base.segment],
            base.cards,
            np.ones(len(base.cards), dtype=bool),
            base.markers.action(PLAIN_ACTION),
        )
        phrases = dict.fromkeys(phrase for entry in base.vocabulary.by_kind["ask"] for phrase in entry.meant)
        return {
            phrase: [row.owner for row in everything.rank(understand(phrase, base.words)) if row.owner >= 0][
                :5
            ]
            for phrase in phrases
        }

    def _spread(self, procedures: list[Row]) -> list[Row]:
        """One procedure at several levels takes at most two of the first three places."""
        seen: dict[str, int] = {}
        first: list[Row] = []
        later: list[Row] = []
        for row in procedures[:40]:
            family = self._cards[row.owner].family
            seen[family] = seen.get(family, 0) + 1
            (first if len(first) < 3 and seen[family] <= 2 else later).append(row)
        return first + later
