"""One person behind several Zalo ids of a province, by the same proven phone on several OAs: they get one notice."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from .models import Citizen

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Person:
    """`citizen`: where to write. `key`: the lowest id of `ids`, so that what they were told stays told when they
    link another OA."""

    citizen: Citizen
    ids: tuple[int, ...]

    @property
    def key(self) -> int:
        return min(self.ids)


def persons(citizens: Iterable[Citizen], connected: Callable[[], Collection[str]]) -> list[Person]:
    """Each person once, in the order in which they first come.

    Written to on a connected OA (`connected` answers their ids, and is asked only where somebody has several), of
    those on the one where the phone was proven last.
    """
    groups: dict[object, list[Citizen]] = {}
    for one in citizens:
        proven = one.phone_index if one.phone_proven_at is not None else None
        groups.setdefault(proven or one.id, []).append(one)
    if all(len(group) == 1 for group in groups.values()):
        return [Person(group[0], (group[0].id,)) for group in groups.values()]
    working = connected()
    return [
        Person(max(group, key=lambda one: _rank(one, working)), tuple(one.id for one in group))
        for group in groups.values()
    ]


def _rank(citizen: Citizen, connected: Collection[str]) -> tuple:
    return citizen.oa_id in connected, citizen.phone_proven_at or LONG_AGO, citizen.id
