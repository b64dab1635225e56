"""What a question is compared with: each procedure's name and each of its other names, as weighted terms."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

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
        count = len(surfaces)
        self.owners = np.array([surface.owner for surface in surfaces], dtype=np.int32)
        self.factors = np.array([surface.factor for surface in surfaces], dtype=np.float32)
        self.actions = np.array([surface.actions for surface in surfaces], dtype=np.uint64)
        self.specials = np.array([surface.specials for surface in surfaces], dtype=np.uint64)
        said = _Said(surfaces)
        rare = np.array([rarity.of_plain(plain) for plain in said.plains])
        plain = _Postings(said.plain, said.at, said.weights * rare[said.plain])
        rare = np.array([rarity.of_key(key) for key in said.keys])
        exact = _Postings(said.exact, said.at, said.weights * rare[said.exact])
        pairs = said.pairs()
        rare = np.array([rarity.of_pair(pair) for pair in pairs.terms])
        paired = _Postings(pairs.which, pairs.at, pairs.weights * rare[pairs.which])
        self.sizes = (plain.sums(count) + paired.sums(count)).astype(np.float32)
        self._spans, self._ids, self._worth = _joined(
            (said.plains, plain), (said.keys, exact), (pairs.terms, paired)
        )

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


class _Pairs(NamedTuple):
    """`terms` without repeats; for each place where one stands: `which`, `at` which surface, its `weights`."""

    terms: list[tuple[str, str]]
    which: np.ndarray
    at: np.ndarray
    weights: np.ndarray


class _Said:
    """All words of all surfaces in one row, as numbers: of the accented and of the accent-free word."""

    def __init__(self, surfaces: Sequence[Surface]):
        keys: dict[str, int] = {}
        plains: dict[str, int] = {}
        plain_of_key: list[int] = []
        exact: list[int] = []
        weights: list[float] = []
        for surface in surfaces:
            for word in surface.words:
                number = keys.get(word.key)
                if number is None:
                    number = keys[word.key] = len(plain_of_key)
                    plain_of_key.append(plains.setdefault(word.plain, len(plains)))
                exact.append(number)
            weights.extend(surface.weights)
        self.keys, self.plains = list(keys), list(plains)
        self.exact = np.array(exact, dtype=np.int64)
        self.plain = np.array(plain_of_key, dtype=np.int64)[self.exact]
        self.weights = np.array(weights)
        self.at = np.repeat(np.arange(len(surfaces)), [len(surface.words) for surface in surfaces])

    def pairs(self) -> _Pairs:
        """Neighbours within a surface; a pair weighs what the lighter of its words does."""
        inside = self.at[:-1] == self.at[1:]
        base = len(self.plains)
        codes = (self.plain[:-1] * base + self.plain[1:])[inside]
        weights = np.minimum(self.weights[:-1], self.weights[1:])[inside]
        unique, which = np.unique(codes, return_inverse=True)
        firsts, seconds = np.divmod(unique, base)
        terms = [
            (self.plains[a], self.plains[b]) for a, b in zip(firsts.tolist(), seconds.tolist(), strict=True)
        ]
        return _Pairs(terms, which, self.at[:-1][inside], weights)


class _Postings:
    """For each term, in order, the surfaces that have it; a term said twice in one counts its greatest weight."""

    def __init__(self, terms: np.ndarray, at: np.ndarray, weights: np.ndarray):
        order = np.lexsort((at, terms))
        terms, at, weights = terms[order], at[order], weights[order]
        fresh = np.ones(len(terms), dtype=bool)
        fresh[1:] = (terms[1:] != terms[:-1]) | (at[1:] != at[:-1])
        starts = np.flatnonzero(fresh)
        self.terms, self.at = terms[starts], at[starts]
        self.weights = np.maximum.reduceat(weights, starts) if len(starts) else weights

    def sums(self, count: int) -> np.ndarray:
        return np.bincount(self.at, self.weights, count)


def _joined(*kinds: tuple[Sequence, _Postings]) -> tuple[list[dict], np.ndarray, np.ndarray]:
    """The postings of all kinds in one row, and for each kind: term -> where in that row it stands."""
    spans, offset = [], 0
    for names, postings in kinds:
        ends = np.searchsorted(postings.terms, np.arange(len(names)), side="right") + offset
        starts = np.concatenate([[offset], ends[:-1]]) if len(names) else ends
        spans.append(dict(zip(names, zip(starts.tolist(), ends.tolist(), strict=True), strict=True)))
        offset += len(postings.at)
    ids = np.concatenate([postings.at for _, postings in kinds]).astype(np.int32)
    worth = np.concatenate([postings.weights for _, postings in kinds]).astype(np.float32)
    return spans, ids, worth


@dataclass(frozen=True)
class Terms:
    """A question as weighted terms; the weights of a word's terms add up to at most 1."""

    plain: dict[str, float]
    exact: dict[str, float]
    pairs: dict[tuple[str, str], float]


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
