"""Finding the procedure that a citizen asks for in their own words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from .base import QUIET, REWRITES, Base, Words, entries_of, texts_of
from .lexicon import Lexicon
from .markers import PLAIN_ACTION
from .phrases import PhraseTable
from .question import Question, understand
from .surfaces import Segment
from .vocabulary import Entry, Vocabulary

MOST_RESULTS = 10
_CANDIDATES = 120
_LENGTH = 0.32  # how much of a surface's own length counts against it
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

    enabled: np.ndarray  # bool, one for each of base.cards
    names: dict[int, str]  # by position in base.cards
    entries: tuple[Entry, ...]  # topics and ask-backs, numbered behind the base's
    segment: Segment
    words: Words

    @classmethod
    def build(cls, base: Base, names: Mapping[str, str | None], vocabulary: Vocabulary) -> "Overlay":
        """`names`: code to own name of what the tenant carries out, None where it keeps the national name."""
        enabled = np.zeros(len(base.cards), dtype=bool)
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
        surfaces += base.surfaces_of_vocabulary(vocabulary, len(base.entries))
        words = base.words
        if vocabulary.entries or surfaces:
            words = replace(
                words,
                lexicon=Lexicon(texts_of(surfaces, vocabulary), words.lexicon),
                rewrites=(PhraseTable(vocabulary.phrases(*REWRITES)), *words.rewrites),
                quiet=(PhraseTable(vocabulary.phrases(*QUIET)), *words.quiet),
            )
        return cls(enabled, own_names, tuple(entries_of(vocabulary)), Segment(surfaces, base.rarity), words)


class ProcedureIndex:
    """One tenant's procedures, ready for questions. Immutable: a change makes a new one."""

    def __init__(self, base: Base, own: "Overlay | None" = None):
        self.base = base
        self._words = own.words if own else base.words
        self._enabled = own.enabled if own else np.ones(len(base.cards), dtype=bool)
        self._names = own.names if own else {}
        self._entries = [*base.entries, *own.entries] if own else base.entries
        self._segments = [base.segment, own.segment] if own and len(own.segment) else [base.segment]

    def __len__(self) -> int:
        return int(self._enabled.sum())

    def search(self, text: str) -> Answer:
        """The answer to one line; never raises for odd text."""
        by_code = self._by_code(text)
        if by_code:
            return Answer("match", by_code)
        question = understand(text, self._words)
        ranked = self._rank(question)
        return self._decide(question, ranked)

    def _by_code(self, text: str) -> tuple[Result, ...]:
        found = []
        for code in _CODE.findall(text):
            at = self.base.position.get(code)
            if at is not None and self._enabled[at]:
                found.append(self._result(at, 1.0))
        return tuple(dict.fromkeys(found))[:MOST_RESULTS]

    def _result(self, at: int, score: float) -> Result:
        card = self.base.cards[at]
        return Result(card.code, self._names.get(at, card.name), round(score, 4))

    def _rank(self, question: Question) -> list[tuple[int, float, float, float]]:
        """(owner, score, share of the question matched, share of the surface matched), best first."""
        best: dict[int, tuple[float, float, float]] = {}
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
                    score *= self.base.cards[owner].prior * self._level_factor(question, owner)
                if score > best.get(owner, (0.0, 0.0, 0.0))[0]:
                    best[owner] = (
                        score,
                        float(matched[at]) / max(question.size, 1e-6),
                        float(matched[at]) / max(float(segment.sizes[at]), 1e-6),
                    )
        return sorted(((owner, *values) for owner, values in best.items()), key=lambda row: -row[1])

    def _score(self, question: Question, segment: Segment, matched: np.ndarray) -> np.ndarray:
        scores = matched * matched**_LENGTH / np.maximum(segment.sizes, 1.0) ** _LENGTH
        scores *= segment.factors
        marks = question.marks
        asked = np.uint64(marks.actions)
        has = segment.actions
        plain = np.uint64(self.base.markers.action(PLAIN_ACTION))
        if marks.actions:
            wrong = (has != 0) & ((has & asked) == 0)
            scores[wrong] *= 0.8
            scores[(has & asked) != 0] *= 1.05
        else:
            scores[(has != 0) & ((has & plain) == 0)] *= 0.86
        missing = segment.specials & ~np.uint64(marks.specials)
        scores[missing != 0] *= 0.85
        if marks.specials:
            scores[(segment.specials & np.uint64(marks.specials)) == 0] *= 0.85
        return scores

    def _level_factor(self, question: Question, owner: int) -> float:
        if not question.levels:
            return 1.0
        return 1.08 if self.base.cards[owner].levels & question.levels else 0.9

    def _decide(self, question: Question, ranked: list[tuple[int, float, float, float]]) -> Answer:
        procedures = [row for row in ranked if row[0] >= 0]
        scale = max(row[1] for row in ranked) if ranked else 1.0
        results = tuple(
            self._result(row[0], row[1] / scale) for row in self._spread(procedures)[:MOST_RESULTS]
        )
        if not ranked:
            return Answer("none", aspect=question.aspect)
        first = ranked[0]
        if first[0] < 0 and first[1] > 1.02 * (procedures[0][1] if procedures else 0.0):
            entry = self._entries[-1 - first[0]]
            if entry.kind == "topic":
                return Answer("none", results, entry.meant[0] if entry.meant else None, question.aspect)
            return Answer("choices", results, None, question.aspect)
        if not procedures:
            return Answer("none", aspect=question.aspect)
        _, _, of_question, of_surface = procedures[0]
        if max(of_question, of_surface) < 0.35:
            return Answer("none", results, None, question.aspect)
        return Answer("match", results, None, question.aspect)

    def _spread(
        self, procedures: list[tuple[int, float, float, float]]
    ) -> list[tuple[int, float, float, float]]:
        """One procedure at several levels may take two of the first three places, not all."""
        first, later, seen = [], [], {}
        for row in procedures[:40]:
            family = self.base.cards[row[0]].family
            seen[family] = seen.get(family, 0) + 1
            (first if seen[family] <= 2 or len(first) >= 3 else later).append(row)
        return sorted(first[:3], key=lambda row: -row[1]) + sorted(first[3:] + later, key=lambda row: -row[1])
