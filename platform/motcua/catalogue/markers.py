"""What sets variants of a procedure apart: the action (cấp lại, gia hạn …) and the special case (lưu động …)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from motcua.core.text.tokens import tokenise

from .phrases import Hit, PhraseTable, Word
from .vocabulary import Entry, Vocabulary

PLAIN_ACTION = "cấp"


@dataclass(frozen=True)
class Marks:
    """Bit sets: the actions and the special cases that a text names."""

    actions: int = 0
    specials: int = 0


class Markers:
    """Finds marks in names and in questions. Immutable once built."""

    def __init__(self, vocabulary: Vocabulary):
        self._bits: dict[tuple[str, str], int] = {}
        for kind in ("action", "special"):
            for entry in vocabulary.by_kind[kind]:
                for meant in entry.meant:
                    known = sum(1 for group, _ in self._bits if group == kind)
                    self._bits.setdefault((kind, meant), 1 << known)
        # In a name only the official words count: “mất” in a question asks for another copy, in a name it does not.
        official = {
            (kind, meant): Entry(kind, (" ".join(tokenise(meant)),), (meant,)) for kind, meant in self._bits
        }
        self._names = PhraseTable((entry.said[0], entry) for entry in official.values())

    def of_name(self, words: Sequence[Word]) -> Marks:
        """The marks of a procedure's name; of overlapping ones the longest counts."""
        return self.of_hits(longest_first(self._names.find(words, bare=False)))

    def of_hits(self, hits: Iterable[Hit]) -> Marks:
        actions = specials = 0
        for hit in hits:
            for meant in hit.entry.meant:
                bit = self._bits.get((hit.entry.kind, meant), 0)
                if hit.entry.kind == "action":
                    actions |= bit
                elif hit.entry.kind == "special":
                    specials |= bit
        return Marks(actions, specials)

    def action(self, name: str) -> int:
        return self._bits.get(("action", name), 0)


def longest_first(hits: Iterable[Hit]) -> list[Hit]:
    """Hits that do not overlap: the longest win, then the earlier ones; in order of place."""
    chosen: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (-hit.length, hit.start)):
        if all(
            hit.end <= other.start or hit.start >= other.end or _same_place(hit, other) for other in chosen
        ):
            chosen.append(hit)
    return sorted(chosen, key=lambda hit: hit.start)


def _same_place(hit: Hit, other: Hit) -> bool:
    return (hit.start, hit.end) == (other.start, other.end)
