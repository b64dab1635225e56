"""Finding dossiers by a person's name or ID number, which are encrypted: keyed indexes for the staff's search.

A name is found only whole (with or without accents), a number whole or by its last four digits. Nobody without
the province's key can read the indexes, and they say nothing across provinces.
"""

from collections.abc import Iterable

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from motcua.catalogue.names import plain_name
from motcua.core import crypto, scope
from motcua.core.database import Base, TenantOwned, db

from .models import PEOPLE, Dossier


class DossierPerson(TenantOwned, Base):
    """That somebody with this keyed index stands on the dossier."""

    __tablename__ = "dossier_person"

    dossier_id: Mapped[int] = mapped_column(BigInteger)
    index: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "dossier_id"], ["dossier.tenant_id", "dossier.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("tenant_id", "dossier_id", "index"),
        Index("ix_dossier_person_index", "tenant_id", "index", "dossier_id"),
    )


def of_name(name: str) -> str:
    return _index("name", plain_name(name))


def of_id(number: str) -> str:
    return _index("id", number.upper())


def of_id_end(digits: str) -> str:
    """Of the last four digits."""
    return _index("id_end", digits[-4:])


def keep(dossier: Dossier, data: dict, *, is_new: bool) -> None:
    """Make the indexes those of the people in `data`, as `schemas.DossierIn` loads it."""
    wanted = _of_people(data[role] for role in PEOPLE if data.get(role))
    held = set() if is_new else _held(dossier)
    db.session.add_all(DossierPerson(dossier_id=dossier.id, index=one) for one in sorted(wanted - held))
    if held - wanted:
        db.session.execute(
            db.delete(DossierPerson).where(
                DossierPerson.dossier_id == dossier.id, DossierPerson.index.in_(held - wanted)
            )
        )


def fill(after: int = 0, most: int = 500) -> int | None:
    """Index dossiers from before there was an index, by id: the last one looked at, None at the end.

    May run as often as one likes. Does not commit.
    """
    rows = db.session.scalars(
        db.select(Dossier).where(Dossier.id > after).order_by(Dossier.id).limit(most)
    ).all()
    for dossier in rows:
        keep(dossier, dossier.people, is_new=False)
    return rows[-1].id if rows else None


def found_by(index: str) -> db.Select:
    """The ids of dossiers, as a sub-select."""
    return db.select(DossierPerson.dossier_id).where(DossierPerson.index == index)


def _of_people(people: Iterable[dict]) -> set[str]:
    wanted = set()
    for person in people:
        wanted.add(of_name(person["name"]))
        if person.get("id_number"):
            wanted |= {of_id(person["id_number"]), of_id_end(person["id_number"])}
    return wanted


def _held(dossier: Dossier) -> set[str]:
    return set(
        db.session.scalars(db.select(DossierPerson.index).where(DossierPerson.dossier_id == dossier.id))
    )


def _index(purpose: str, value: str) -> str:
    return crypto.keyring().blind_index(scope.required(), f"dossier_{purpose}", value)
