"""Finding the provisions that a line in plain words asks for: one ranking for everyday and for official words."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import numpy as np

from motcua.catalogue.base import REWRITES
from motcua.catalogue.phrases import PhraseTable, words_of
from motcua.catalogue.question import Question, understand
from motcua.catalogue.segments import Segment
from motcua.core.text.normal import normalise, without_marks

from . import vehicles, wording
from .decree import Decree, Provision, read_decree
from .measures import Span, measure, spans_of

MOST = 10
_OF_SURFACE = 0.55  # how much it counts against a wording that the line says only part of it
_SCATTERED = 0.4  # what words count that stand in another wording of the same violation
_LATER = 0.03  # each place further down in an everyday entry counts so much less
_INSIDE, _OUTSIDE = 1.3, 0.5  # a number within the provision's range, or beside it
_NO_ACCIDENT = 0.75  # what a provision on accidents counts where the line speaks of none
_ACCIDENT = re.compile(
    r"\b(?:tai nan|tong|dung|dam|huc|can (?:nguoi|chet|trung)|va cham|va quet|hau qua|quet trung)\b"
)
_LEAST, _LEAST_SHARE = 0.17, 0.2
# “vượt đèn đỏ và không đội mũ”: each part names a violation of its own.
_AND = re.compile(r"\s(?:và|va|cộng với|kèm|lại còn|vừa)\s|[+;&,]\s", re.IGNORECASE)
_MOST_PARTS, _OWN_VIOLATION = 4, 0.6
_SHOWN = 0.5  # of the best one's score


class Found(NamedTuple):
    provision: Provision
    score: float


@dataclass(frozen=True)
class Answer:
    """`found` best first. `vehicles` of the line, empty where it names none; `values` by measure."""

    found: tuple[Found, ...]
    vehicles: frozenset[str]
    values: Mapping[str, float]


class FineIndex:
    """The whole decree, ready for questions. Immutable; any number of threads share it."""

    def __init__(self, folder: Path):
        self.decree: Decree = read_decree(folder)
        self.vehicles = vehicles.Vehicles(folder / "vehicles.csv")
        provisions = self.decree.provisions
        self._position = {one.code: at for at, one in enumerate(provisions)}
        self._spans: list[dict[str, list[Span]]] = [spans_of(one.text) for one in provisions]
        everyday = wording.read_everyday(folder / "everyday.csv")
        vocabulary = wording.read_words(folder / "words.csv")
        quiet = PhraseTable([*vocabulary.phrases("noise"), *self.vehicles.quiet])
        telling = PhraseTable(vocabulary.phrases(*REWRITES))
        surfaces = wording.surfaces_of(everyday, provisions, quiet, telling)
        texts = [[word for said in entry.said for word in words_of(said)] for entry in everyday] + [
            words_of(" ".join(wording.official_pieces(one))) for one in provisions
        ]
        self._words = wording.known_words(vocabulary, self.vehicles, texts, surfaces)
        self._segment = Segment(surfaces, self._words.rarity)
        self._meant = [self._places(entry) for entry in everyday]
        self._meant += [[(at, 0)] for at in range(len(provisions))]
        self._is_of_accident = ["gây tai nạn" in one.text for one in provisions]

    def search(self, text: str) -> Answer:
        """The answer to one line; nothing where it has too little to do with traffic. Never raises for odd text."""
        asked = self.vehicles.asked(text)
        whole = self._search(text, asked)
        parts = [part for part in _AND.split(text) if part.strip()]
        if not 1 < len(parts) <= _MOST_PARTS:
            return whole
        each = [self._search(part, asked) for part in parts]
        if not all(one.found and one.found[0].score >= _OWN_VIOLATION for one in each):
            return whole
        in_turn: dict[str, Found] = {}
        for rank in zip_longest(*(one.found for one in each)):
            for one in filter(None, rank):
                in_turn.setdefault(one.provision.code, one)
        return Answer(tuple(in_turn.values())[:MOST], asked, whole.values)

    def _search(self, text: str, asked: frozenset[str]) -> Answer:
        measured = measure(text)
        question = understand(measured.rest, self._words)
        if not question.size:
            return Answer((), asked, measured.values)
        speaks_of_accident = _ACCIDENT.search(without_marks(normalise(text))) is not None
        scores: dict[int, float] = {}
        for owner, score in self._owners(question):
            for at, place in self._meant[owner]:
                scores[at] = max(score * (1 - _LATER * place), scores.get(at, 0.0))
        for at in scores:
            if self._is_of_accident[at] and not speaks_of_accident:
                scores[at] *= _NO_ACCIDENT
            scores[at] *= vehicles.fit(self.decree.provisions[at].group, asked)
            scores[at] *= self._number_fit(at, measured.values)
        best = sorted(scores, key=lambda at: -scores[at])[:MOST]
        top = scores[best[0]] if best else 0.0
        found = tuple(
            Found(self.decree.provisions[at], round(scores[at], 4))
            for at in best
            if scores[at] >= _SHOWN * top
        )
        return Answer(found if top >= _LEAST else (), asked, measured.values)

    def _places(self, entry: wording.Everyday) -> list[tuple[int, int]]:
        """The provisions meant, each with its place among those about the same vehicle."""
        seen: Counter[str] = Counter()
        places = []
        for code in entry.meant:
            at = self._position[code]
            group = self.decree.provisions[at].group
            places.append((at, seen[group]))
            seen[group] += 1
        return places

    def _owners(self, question: Question) -> list[tuple[int, float]]:
        """Each violation's best wording that shares enough with the question."""
        segment = self._segment
        matched, scattered = segment.matched(question.terms)
        worth = matched + _SCATTERED * (scattered - matched)
        of_question = np.minimum(worth / question.size, 1.0)
        of_surface = np.minimum(matched / np.maximum(segment.sizes, 1e-6), 1.0)
        scores = of_question * of_surface**_OF_SURFACE * segment.factors
        scores[of_question < _LEAST_SHARE] = 0
        order = np.argsort(-scores, kind="stable")[:400]
        best: dict[int, float] = {}
        for at in order.tolist():
            if scores[at] <= 0:
                break
            best.setdefault(int(segment.owners[at]), float(scores[at]))
        return list(best.items())

    def _number_fit(self, at: int, values: Mapping[str, float]) -> float:
        fit = 1.0
        for measure_name, value in values.items():
            spans = self._spans[at].get(measure_name)
            if spans:
                fit *= _INSIDE if any(value in span for span in spans) else _OUTSIDE
        return fit
