"""What a question is compared with: each procedure's name and each of its other names, as weighted words."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

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
