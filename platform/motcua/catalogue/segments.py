"""Surfaces ready for comparing: which of them have a question's words, and what the words are worth there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .surfaces import Rarity, Surface

LENGTH = 0.32  # how much of a surface's own length counts against it


@dataclass(frozen=True)
class Terms:
    """A question as weighted terms; the weights of a word's terms add up to at most 1."""

    plain: dict[str, float]
    exact: dict[str, float]
    pairs: dict[tuple[str, str], float]


class Segment:
    """Read-only once built, so any number of threads and tenants share one.

    Arrays, one item a surface: `sizes` what all its words are worth; `pull` what a shorter one has over a
    longer, `rough_pull` the same where what matches was not raised to its power.
    """

    def __init__(self, surfaces: Sequence[Surface], rarity: Rarity):
        self.owners = np.array([surface.owner for surface in surfaces], dtype=np.int32)
        self.factors = np.array([surface.factor for surface in surfaces], dtype=np.float32)
        self.actions = np.array([surface.actions for surface in surfaces], dtype=np.uint64)
        self.specials = np.array([surface.specials for surface in surfaces], dtype=np.uint64)
        self._terms = _TermNumbers()
        plain, exact, pairs = self._terms.read(surfaces, rarity)
        count = len(surfaces)
        self.sizes = (plain.sums(count) + pairs.sums(count)).astype(np.float32)
        self.pull = self.factors / np.maximum(self.sizes, 1.0) ** LENGTH
        self.rough_pull = self.pull ** (1 / (1 + LENGTH))
        self._by_surface = _Postings.joined(plain, exact, pairs)
        slots, slot_of = np.unique(self.owners, return_inverse=True)
        self._slot_of, self._slots = slot_of.astype(np.int32), len(slots)
        self._by_owner = _Postings.joined(*(one.by(self._slot_of) for one in (plain, exact, pairs)))

    def __len__(self) -> int:
        return len(self.owners)

    def matched(self, terms: Terms) -> tuple[np.ndarray, np.ndarray]:
        """What of the terms each surface has, and what its owner has in any surface: two float arrays."""
        which, weights = self._terms.find(terms)
        by_owner = self._by_owner.sum(which, weights, self._slots)
        return self._by_surface.sum(which, weights, len(self)), by_owner[self._slot_of]


class _TermNumbers:
    """All terms of a segment as numbers: accent-free words first, then accented ones, then pairs of neighbours."""

    def __init__(self):
        self._plains: dict[str, int] = {}
        self._keys: dict[str, int] = {}
        self._pairs = np.empty(0, dtype=np.int64)  # sorted; a pair is one number made of its words' two

    def read(self, surfaces: Sequence[Surface], rarity: Rarity) -> tuple["_Said", "_Said", "_Said"]:
        """Number the terms of the surfaces; returns where each kind stands and what it is worth there."""
        plains, keys, plain_of_key = self._plains, self._keys, []
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
        of_key = np.array(exact, dtype=np.int64)
        of_plain = np.array(plain_of_key, dtype=np.int64)[of_key]
        weight = np.array(weights)
        at = np.repeat(np.arange(len(surfaces)), [len(surface.words) for surface in surfaces])
        inside = at[:-1] == at[1:]
        codes = (of_plain[:-1] * len(plains) + of_plain[1:])[inside]
        self._pairs, of_pair = np.unique(codes, return_inverse=True)
        pair_weight = np.minimum(weight[:-1], weight[1:])[inside]
        words = list(plains)
        pairs = (divmod(code, len(words)) for code in self._pairs.tolist())
        rare_plain = np.array([rarity.of_plain(plain) for plain in words])
        rare_key = np.array([rarity.of_key(key) for key in keys])
        rare_pair = np.array([rarity.of_pair((words[a], words[b])) for a, b in pairs])
        return (
            _Said.of(of_plain, at, weight * rare_plain[of_plain], len(plains)),
            _Said.of(of_key, at, weight * rare_key[of_key], len(keys)),
            _Said.of(of_pair, at[:-1][inside], pair_weight * rare_pair[of_pair], len(self._pairs)),
        )

    def find(self, terms: Terms) -> tuple[list[int], list[float]]:
        """The numbers of those terms that stand in the segment, and their weights."""
        which: list[int] = []
        weights: list[float] = []
        for known, asked, offset in (
            (self._plains, terms.plain, 0),
            (self._keys, terms.exact, len(self._plains)),
        ):
            for term, weight in asked.items():
                number = known.get(term)
                if number is not None:
                    which.append(offset + number)
                    weights.append(weight)
        codes, pair_weights = [], []
        for (first, second), weight in terms.pairs.items():
            a, b = self._plains.get(first), self._plains.get(second)
            if a is not None and b is not None:
                codes.append(a * len(self._plains) + b)
                pair_weights.append(weight)
        if codes and len(self._pairs):
            offset = len(self._plains) + len(self._keys)
            places = np.searchsorted(self._pairs, codes).clip(max=len(self._pairs) - 1)
            for place, code, weight in zip(places.tolist(), codes, pair_weights, strict=True):
                if self._pairs[place] == code:
                    which.append(offset + place)
                    weights.append(weight)
        return which, weights


@dataclass(frozen=True)
class _Said:
    """Terms of one kind, numbered below `count`, in order: at which places each stands, what it is worth there.

    A term said twice at one place counts there once, with its greatest worth.
    """

    term: np.ndarray
    at: np.ndarray
    worth: np.ndarray
    count: int

    @classmethod
    def of(cls, term: np.ndarray, at: np.ndarray, worth: np.ndarray, count: int) -> "_Said":
        order = np.lexsort((at, term))
        term, at, worth = term[order], at[order], worth[order]
        fresh = np.ones(len(term), dtype=bool)
        fresh[1:] = (term[1:] != term[:-1]) | (at[1:] != at[:-1])
        starts = np.flatnonzero(fresh)
        most = np.maximum.reduceat(worth, starts) if len(starts) else worth
        return cls(term[starts], at[starts], most, count)

    def by(self, group: np.ndarray) -> "_Said":
        """The same with places taken together: `group` tells for each one which group it is in."""
        return self.of(self.term, group[self.at], self.worth, self.count)

    def sums(self, places: int) -> np.ndarray:
        return np.bincount(self.at, self.worth, places)


@dataclass(frozen=True)
class _Postings:
    """For each numbered term, a span of places and what it is worth at each."""

    starts: np.ndarray  # one more than there are terms
    places: np.ndarray
    worth: np.ndarray

    @classmethod
    def joined(cls, *kinds: _Said) -> "_Postings":
        counts = np.concatenate([np.bincount(kind.term, minlength=kind.count) for kind in kinds])
        starts = np.concatenate([[0], np.cumsum(counts)])
        places = np.concatenate([kind.at for kind in kinds]).astype(np.int32)
        worth = np.concatenate([kind.worth for kind in kinds]).astype(np.float32)
        return cls(starts, places, worth)

    def sum(self, which: list[int], weights: list[float], places: int) -> np.ndarray:
        """What the weighted terms are worth at each of the places."""
        if not which:
            return np.zeros(places)
        starts, ends = self.starts[which], self.starts[np.array(which) + 1]
        spans = [slice(start, end) for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
        at = np.concatenate([self.places[span] for span in spans])
        worth = np.concatenate([self.worth[span] for span in spans])
        worth = worth * np.repeat(np.array(weights, dtype=np.float32), ends - starts)
        return np.bincount(at, worth, places)
