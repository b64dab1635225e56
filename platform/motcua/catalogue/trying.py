"""What a new word would change, before it is saved: the same questions asked of today's index and of the next."""

from collections.abc import Iterable
from dataclasses import dataclass

from . import asking, own_words
from .search import Answer, ProcedureIndex
from .vocabulary import Entry

SHOWN = 3  # a citizen looks at no more


@dataclass(frozen=True)
class Saved:
    """A question whose right answers are known."""

    words: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """One saved question that is answered differently; ranks from 1, None: not within the first three."""

    words: str
    rank_before: int | None
    rank_after: int | None

    @property
    def is_worse(self) -> bool:
        return (self.rank_after or SHOWN + 1) > (self.rank_before or SHOWN + 1)


@dataclass(frozen=True)
class Effect:
    """`before` and `after` answer the question at hand; counts are of saved questions right within three."""

    before: Answer
    after: Answer
    asked: int
    right_before: int
    right_after: int
    changes: tuple[Change, ...]


def effect(question: str, extra: Entry, saved: Iterable[Saved]) -> Effect:
    """Try one more entry for the tenant in scope; nothing is kept."""
    today = asking.of_tenant()
    next_one = asking.with_own_words([*own_words.entries(), extra])
    ranks = [(one, _rank(today, one), _rank(next_one, one)) for one in saved]
    return Effect(
        before=today.search(question),
        after=next_one.search(question),
        asked=len(ranks),
        right_before=sum(before is not None for _, before, _ in ranks),
        right_after=sum(after is not None for _, _, after in ranks),
        changes=tuple(Change(one.words, before, after) for one, before, after in ranks if before != after),
    )


def _rank(index: ProcedureIndex, one: Saved) -> int | None:
    found = [result.code for result in index.search(one.words).results[:SHOWN]]
    return next((at for at, code in enumerate(found, start=1) if code in one.codes), None)
