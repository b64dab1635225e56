"""One person behind several Zalo ids of a province: they get one notice.

Known by the same proven phone on several OAs, or because Zalo says that they are one user of the OAs' app.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, ScalarSelect, Subquery, case, collate, func, literal_column, select
from sqlalchemy.orm import aliased

from .models import Citizen

# Not a parameter, and the phone below has a name: DISTINCT ON must see the same expression twice.
_APART = literal_column("'citizen:'")
_other = aliased(Citizen)
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
    groups = _together(citizens)
    if all(len(group) == 1 for group in groups):
        return [Person(group[0], (group[0].id,)) for group in groups]
    working = connected()
    return [
        Person(max(group, key=lambda one: _rank(one, working)), tuple(one.id for one in group))
        for group in groups
    ]


def person_key(phones: Subquery | None = None, *, on_one_oa: bool = False) -> ColumnElement[str]:
    """SQL: the same for all accounts of one person.

    `phones`: `phones_of_users()`, where the statement has joined it; else each account's is looked up.
    `on_one_oa`: the province has no other OA, where a user could have another account.
    """
    if on_one_oa:
        return func.coalesce(Citizen.phone_index, func.concat(_APART, Citizen.id))
    phone = _phone_of_user() if phones is None else phones.c.phone
    by_app = case((Citizen.app_user_index.is_not(None), func.coalesce(phone, Citizen.app_user_index)))
    return func.coalesce(Citizen.phone_index, by_app, func.concat(_APART, Citizen.id))


def phones_of_users() -> Subquery:
    """`app_user_index` and `phone`, one row a user: for statements over all citizens."""
    user = _other.app_user_index
    least = func.min(_other.phone_index).label("phone")
    return (
        select(user, least)
        .where(user.is_not(None), _other.phone_index.is_not(None))
        .group_by(user)
        .subquery()
    )


def _phone_of_user() -> ScalarSelect[str]:
    # The collation keeps the planner from looking for the least phone of all by the index of phones.
    least = func.min(collate(_other.phone_index, "C")).label("phone")
    same = _other.app_user_index == Citizen.app_user_index
    return (
        select(least).where(_other.tenant_id == Citizen.tenant_id, same).correlate(Citizen).scalar_subquery()
    )


def _together(citizens: Iterable[Citizen]) -> list[list[Citizen]]:
    groups: list[list[Citizen]] = []
    known: dict[str, list[Citizen]] = {}
    for one in citizens:
        proven = one.phone_index if one.phone_proven_at is not None else None
        signs = [sign for sign in (proven, one.app_user_index) if sign is not None]
        mine = next((known[sign] for sign in signs if sign in known), None)
        if mine is None:
            groups.append(mine := [])
        mine.append(one)
        for sign in signs:
            other = known.get(sign, mine)
            if other is not mine:  # what seemed two is one
                first, second = (mine, other) if groups.index(mine) < groups.index(other) else (other, mine)
                first += second
                groups.remove(second)
                known |= {key: first for key, group in known.items() if group is second}
                mine = first
            known[sign] = mine
    return groups


def _rank(citizen: Citizen, connected: Collection[str]) -> tuple:
    return citizen.oa_id in connected, citizen.phone_proven_at or LONG_AGO, citizen.id
