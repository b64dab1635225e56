"""Which procedures a question fits best: scores of surfaces, weighed by action, case and level."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .base import Card
from .question import Question
from .segments import LENGTH, Segment

_MOST_SURFACES = 600  # scored in detail
_SCATTERED = 0.5  # what words count that stand in another of the procedure's surfaces
# How much it counts against a name that it speaks of another action or case than the question, and for it.
_OTHER_ACTION, _SAME_ACTION, _UNASKED_ACTION = 0.8, 1.15, 0.86
_UNASKED_CASE, _OTHER_CASE = 0.85, 0.85
_SAME_LEVEL, _OTHER_LEVEL = 1.08, 0.9


class Row(NamedTuple):
    """An owner's best surface: its score, and the shares of question and surface that match."""

    owner: int
    score: float
    of_question: float
    of_surface: float

    @property
    def sureness(self) -> float:
        return self.of_question * self.of_surface


class Ranking:
    """Ranks one tenant's procedures. `cards`, `enabled`: by owner; owners below zero are no procedures."""

    def __init__(
        self, segments: Sequence[Segment], cards: Sequence[Card], enabled: np.ndarray, plain_action: int
    ):
        self._cards, self._plain_action = cards, np.uint64(plain_action)
        self._priors = np.array([card.prior for card in cards])
        self._segments = [
            (segment, (segment.owners < 0) | enabled[np.maximum(segment.owners, 0)]) for segment in segments
        ]

    def rank(self, question: Question) -> list[Row]:
        """Every owner's best surface, best first."""
        best: dict[int, Row] = {}
        for segment, is_shown in self._segments:
            for row in self._rows(question, segment, is_shown):
                if row.owner not in best or row.score > best[row.owner].score:
                    best[row.owner] = row
        return sorted(best.values(), key=lambda row: -row.score)

    def _rows(self, question: Question, segment: Segment, is_shown: np.ndarray) -> list[Row]:
        matched, scattered = segment.matched(question.terms)
        worth = (matched + _SCATTERED * (scattered - matched)) * is_shown
        # A cheap order first: the exact one costs too much for thirty thousand surfaces.
        rough = worth * segment.rough_pull
        count = min(_MOST_SURFACES, len(segment))
        top = np.argpartition(-rough, count - 1)[:count]
        top = top[rough[top] > 0]
        owners = segment.owners[top]
        scores = worth[top] ** (1 + LENGTH) * segment.pull[top] * self._marks_factors(question, segment, top)
        is_procedure = owners >= 0
        scores[is_procedure] *= self._priors[owners[is_procedure]]
        if question.levels:
            scores[is_procedure] *= self._level_factors(question, owners[is_procedure])
        order = np.argsort(-scores, kind="stable")
        _, firsts = np.unique(owners[order], return_index=True)
        chosen = order[firsts]
        of_question = matched[top] / max(question.size, 1e-6)
        of_surface = matched[top] / np.maximum(segment.sizes[top], 1e-6)
        return [
            Row(*values)
            for values in zip(
                owners[chosen].tolist(),
                scores[chosen].tolist(),
                of_question[chosen].tolist(),
                of_surface[chosen].tolist(),
                strict=True,
            )
        ]

    def _marks_factors(self, question: Question, segment: Segment, top: np.ndarray) -> np.ndarray:
        marks = question.marks
        asked_action, asked_case = np.uint64(marks.actions), np.uint64(marks.specials)
        actions, cases = segment.actions[top], segment.specials[top]
        factors = np.ones(len(top))
        if marks.actions:
            is_same = (actions & asked_action) != 0
            factors[is_same] = _SAME_ACTION
            factors[(actions != 0) & ~is_same] = _OTHER_ACTION
        else:
            factors[(actions != 0) & ((actions & self._plain_action) == 0)] = _UNASKED_ACTION
        factors[(cases & ~asked_case) != 0] *= _UNASKED_CASE
        if marks.specials:
            factors[(cases & asked_case) == 0] *= _OTHER_CASE
        return factors

    def _level_factors(self, question: Question, owners: np.ndarray) -> list[float]:
        return [
            _SAME_LEVEL if self._cards[owner].levels & question.levels else _OTHER_LEVEL
            for owner in owners.tolist()
        ]
