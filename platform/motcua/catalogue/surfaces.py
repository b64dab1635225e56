"""What a question is compared with: each procedure's name and each of its other names, as weighted terms."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .phrases import Word

PAIR_SHARE = 0.6  # what a pair of neighbours counts beside the words themselves
_ASIDE = 0.45  # words between brackets
_TAIL = 0.6  # words behind “đối với”, “trong trường hợp” …


@dataclass(frozen=True)
class Surface:
    """One text that stands for an owner. `weights`: how much each word counts, 1 for the words that matter."""

    owner: int
    words: tuple[Word, ...]
    weights: tuple[float, ...]
    factor: float = 1.0
    actions: int = 0
    specials: int = 0


class Rarity:
    """How telling a term is, learnt from the names of all procedures."""

    def __init__(self, names: Sequence[Sequence[Word]]):
        plain, keys, pairs = Counter(), Counter(), Counter()
        for words in names:
            plain.update({word.plain for word in words})
            keys.update({word.key for word in words})
            pairs.update(set(pairs_of(words)))
        total = len(names) + 1
        self._plain, self._keys, self._pairs = (
            {term: math.log(total / (count + 0.5)) for term, count in counts.items()}
            for counts in (plain, keys, pairs)
        )
        self._unknown = math.log(total / 0.5)

    def of_plain(self, plain: str) -> float:
        return self._plain.get(plain, self._unknown)

    def of_key(self, key: str) -> float:
        return self._keys.get(key, self._unknown)

    def of_pair(self, pair: tuple[str, str]) -> float:
        return PAIR_SHARE * self._pairs.get(pair, self._unknown)


def pairs_of(words: Sequence[Word]) -> Iterable[tuple[str, str]]:
    return pairwise(word.plain for word in words)


class Segment:
    """Surfaces ready for comparing: for each term, which surfaces have it and what it is worth there.

    Read-only once built, so any number of threads and tenants share one.
    """

    def __init__(self, surfaces: Sequence[Surface], rarity: Rarity):
        plain: dict[str, dict[int, float]] = defaultdict(dict)
        exact: dict[str, dict[int, float]] = defaultdict(dict)
        pairs: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
        sizes = np.zeros(len(surfaces), dtype=np.float32)
        for at, surface in enumerate(surfaces):
            for word, weight in zip(surface.words, surface.weights, strict=True):
                _raise_to(plain[word.plain], at, weight * rarity.of_plain(word.plain))
                _raise_to(exact[word.key], at, weight * rarity.of_key(word.key))
            for pair, weight in zip(pairs_of(surface.words), _pair_weights(surface.weights), strict=True):
                _raise_to(pairs[pair], at, weight * rarity.of_pair(pair))
        for weights in (*plain.values(), *pairs.values()):
            for at, weight in weights.items():
                sizes[at] += weight
        self.owners = np.array([surface.owner for surface in surfaces], dtype=np.int32)
        self.factors = np.array([surface.factor for surface in surfaces], dtype=np.float32)
        self.actions = np.array([surface.actions for surface in surfaces], dtype=np.uint64)
        self.specials = np.array([surface.specials for surface in surfaces], dtype=np.uint64)
        self.sizes = sizes
        self._spans: tuple[dict, dict, dict] = ({}, {}, {})
        ids: list[int] = []
        worth: list[float] = []
        for spans, terms in zip(self._spans, (plain, exact, pairs), strict=True):
            for term, weights in terms.items():
                spans[term] = (len(ids), len(ids) + len(weights))
                ids.extend(weights)
                worth.extend(weights.values())
        self._ids = np.array(ids, dtype=np.int32)
        self._worth = np.array(worth, dtype=np.float32)

    def __len__(self) -> int:
        return len(self.owners)

    def matched(self, terms: "Terms") -> np.ndarray:
        """What of the terms each surface has: float array, one a surface."""
        spans, weights = [], []
        for known, asked in zip(self._spans, (terms.plain, terms.exact, terms.pairs), strict=True):
            for term, weight in asked.items():
                span = known.get(term)
                if span is not None:
                    spans.append(span)
                    weights.append(weight)
        if not spans:
            return np.zeros(len(self), dtype=np.float64)
        ids = np.concatenate([self._ids[start:end] for start, end in spans])
        worth = np.concatenate([self._worth[start:end] for start, end in spans])
        worth = worth * np.repeat(np.array(weights, dtype=np.float32), [end - start for start, end in spans])
        return np.bincount(ids, worth, len(self))


@dataclass(frozen=True)
class Terms:
    """A question as weighted terms; the weights of a word's terms add up to at most 1."""

    plain: dict[str, float]
    exact: dict[str, float]
    pairs: dict[tuple[str, str], float]


def _raise_to(weights: dict[int, float], at: int, weight: float) -> None:
    if weight > weights.get(at, 0.0):
        weights[at] = weight


def _pair_weights(weights: Sequence[float]) -> Iterable[float]:
    return map(min, weights, weights[1:])


_TAIL_OPENS = re.compile(
    r"\b(?:đối với|trong trường hợp|trường hợp|thuộc thẩm quyền|theo quy định|quy định tại|thực hiện tại"
    r"|bằng dịch vụ)\b"
)


def weighted_pieces(name: str) -> list[tuple[str, float]]:
    """A normalised name cut into pieces with what their words count: asides and tails less."""
    pieces: list[tuple[str, float]] = []
    depth = 0
    tail = False
    for piece in re.split(r"([()\[\]])", name):
        if piece in "([" and piece:
            depth += 1
        elif piece in ")]" and piece:
            depth = max(0, depth - 1)
        else:
            opens = _TAIL_OPENS.search(piece)
            cut = opens.start() if opens and not tail and pieces else len(piece) if not tail else 0
            if opens and not tail and opens.start() > 0:
                cut = opens.start()
            aside = _ASIDE if depth else 1.0
            if cut:
                pieces.append((piece[:cut], aside))
            if cut < len(piece):
                pieces.append((piece[cut:], aside * _TAIL))
            if opens and not depth:
                tail = True
    return [(piece, weight) for piece, weight in pieces if piece.strip()]
