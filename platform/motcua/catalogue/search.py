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
from .records import Record
from .surfaces import Segment
from .vocabulary import Entry, Vocabulary

MOST_RESULTS = 10
_CANDIDATES = 120
_LENGTH = 0.32  # how much of a surface's own length counts against it
# Calibrated on the development questions and on everyday chat; see docs/decisions/0006.
_LEAST_SURE, _LEAST_MATCHED, _HALF = 0.03, 9.0, 0.5
_SURE = 0.12
# How much it counts against a name that it speaks of another action or case than the question, and for it.
_OTHER_ACTION, _SAME_ACTION, _UNASKED_ACTION = 0.8, 1.15, 0.86
_UNASKED_CASE, _OTHER_CASE = 0.85, 0.85
_SURE_TOPIC, _WHOLE, _NEARLY = 0.6, 0.95, 0.75
_ALIKE, _MANY, _WELL_NAMED = 0.95, 3, 0.75
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


class Row(NamedTuple):
    """An owner's best surface: its score, and the shares of question and surface that match."""

    owner: int
    score: float
    of_question: float
    of_surface: float

    @property
    def sureness(self) -> float:
        return self.of_question * self.of_surface


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
        self._segments = [base.segment, own.segment] if own and len(own.segment) else [base.segment]

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
        return self._decide(question, self._rank(question))

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

    def _rank(self, question: Question) -> list[Row]:
        """Every owner's best surface, best first."""
        best: dict[int, Row] = {}
        for segment in self._segments:
            matched = segment.matched(question.terms)
            scores = self._score(question, segment, matched)
            count = min(_CANDIDATES, len(segment))
            for at in np.argpartition(-scores, count - 1)[:count]:
                owner = int(segment.owners[at])
                score = float(scores[at])
                if score <= 0 or (owner >= 0 and not self._enabled[owner]):
                    continue
                if owner >= 0:
                    score *= self._cards[owner].prior * self._level_factor(question, owner)
                if owner not in best or score > best[owner].score:
                    of_question = float(matched[at]) / max(question.size, 1e-6)
                    of_surface = float(matched[at]) / max(float(segment.sizes[at]), 1e-6)
                    best[owner] = Row(owner, score, of_question, of_surface)
        return sorted(best.values(), key=lambda row: -row.score)

    def _score(self, question: Question, segment: Segment, matched: np.ndarray) -> np.ndarray:
        scores = matched * matched**_LENGTH / np.maximum(segment.sizes, 1.0) ** _LENGTH
        scores *= segment.factors
        marks = question.marks
        asked = np.uint64(marks.actions)
        has = segment.actions
        plain = np.uint64(self.base.markers.action(PLAIN_ACTION))
        if marks.actions:
            wrong = (has != 0) & ((has & asked) == 0)
            scores[wrong] *= _OTHER_ACTION
            scores[(has & asked) != 0] *= _SAME_ACTION
        else:
            scores[(has != 0) & ((has & plain) == 0)] *= _UNASKED_ACTION
        missing = segment.specials & ~np.uint64(marks.specials)
        scores[missing != 0] *= _UNASKED_CASE
        if marks.specials:
            scores[(segment.specials & np.uint64(marks.specials)) == 0] *= _OTHER_CASE
        return scores

    def _level_factor(self, question: Question, owner: int) -> float:
        if not question.levels:
            return 1.0
        return 1.08 if self._cards[owner].levels & question.levels else 0.9

    def _decide(self, question: Question, ranked: list[Row]) -> Answer:
        ranked = self._named_first(question, ranked)
        procedures = self._spread([row for row in ranked if row.owner >= 0])
        results = self._results(procedures)
        if ranked and ranked[0].owner >= 0 and ranked[0].sureness >= 1.0:
            return Answer("match", results, None, question.aspect)
        ask = self._asks.get(question.content)
        if ask is not None:
            return Answer("choices", self._offered(ask, results), None, question.aspect)
        topic = next((row for row in ranked if row.owner < 0), None)
        if topic and self._is_topic(topic, ranked[0]):
            meant = self._entries[-1 - topic.owner].meant
            return Answer("none", results, meant[0] if meant else None, question.aspect)
        if not procedures or self._is_elsewhere(procedures[0], question):
            return Answer("none", results, None, question.aspect)
        kind = "choices" if self._is_open(procedures) else "match"
        return Answer(kind, results, None, question.aspect)

    def _is_topic(self, topic: Row, best: Row) -> bool:
        """Whether the question is about what is not done here: the best match, or wholly named and nearly so."""
        if topic is best:
            return topic.of_surface >= _SURE_TOPIC
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
        return best.sureness < _LEAST_SURE or (matched < _LEAST_MATCHED and best.of_surface < _HALF)

    def _is_open(self, procedures: list[Row]) -> bool:
        """Whether the citizen should be asked: nothing fits well, or several fit alike."""
        best = procedures[0]
        if best.sureness < _SURE:
            return True
        alike = {self._cards[row.owner].family for row in procedures if row.score >= _ALIKE * best.score}
        return len(alike) >= _MANY and best.of_surface < _WELL_NAMED

    def _offered(self, ask: Entry, results: tuple[Result, ...]) -> tuple[Result, ...]:
        """What the entry offers, in its order, before what else was found."""
        offered = []
        for phrase in ask.meant:
            rows = [row for row in self._rank(understand(phrase, self._words)) if row.owner >= 0]
            offered += [self._result(row.owner, 1.0) for row in rows[:1]]
        unique = {result.code: result for result in (*results, *reversed(offered))}
        order = dict.fromkeys([*(result.code for result in offered), *(result.code for result in results)])
        return tuple(unique[code] for code in order)[:MOST_RESULTS]

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
