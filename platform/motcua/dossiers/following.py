"""Who hears of a dossier: by a proven phone, by the code on the paper, until they no longer want to."""

from collections.abc import Iterable

from motcua.citizens.models import Citizen
from motcua.core.clock import now
from motcua.core.database import db

from .models import Dossier, DossierPhone, Follow, proof_index
from .rows import rows

STRENGTH = {"token": 0, "digits": 1, "phone": 2}


def follow(dossier: Dossier, citizen: Citizen, proof: str, *, digits: str | None = None) -> Follow:
    """Start (or resume) following; a stronger proof replaces a weaker one, never the other way round.

    `digits`: those that were proven.
    """
    found = db.session.scalar(
        db.select(Follow)
        .where(Follow.dossier_id == dossier.id, Follow.citizen_id == citizen.id)
        .with_for_update()
    )
    if found is None:
        found = Follow(dossier_id=dossier.id, citizen_id=citizen.id, proof=proof)
        db.session.add(found)
    elif STRENGTH[proof] > STRENGTH[found.proof]:
        found.proof = proof
    if digits is not None:
        found.proof_index = proof_index(dossier.code, digits)
    found.ended_at = None
    db.session.flush()
    return found


def strongest(follows: Iterable[Follow]) -> Follow:
    """Of one person's follows of a dossier, the one that opens most."""
    return max(follows, key=lambda one: STRENGTH[one.proof])


def follow_by_phone(dossier: Dossier, indexes: set[str]) -> None:
    """Citizens whose proven phone stands on the dossier (its blind `indexes`) follow it by themselves, unless they
    ended that."""
    for citizen in rows().citizens(indexes):
        if rows().follow_of(dossier, citizen) is None:
            fresh = Follow(dossier_id=dossier.id, citizen_id=citizen.id, proof="phone")
            rows().add_follow(dossier, citizen, fresh)


def follow_own(citizen: Citizen) -> list[Dossier]:
    """After a phone was proven: follow every unfinished dossier that carries it; returns all that do."""
    dossiers = db.session.scalars(
        db.select(Dossier)
        .join(
            DossierPhone,
            (DossierPhone.tenant_id == Dossier.tenant_id) & (DossierPhone.dossier_id == Dossier.id),
        )
        .where(DossierPhone.phone_index == citizen.phone_index)
        .order_by(Dossier.status_at.desc())
        .limit(20)
    ).all()
    for dossier in dossiers:
        follow(dossier, citizen, "phone")
    return list(dossiers)


def unfollow(dossier: Dossier, citizen: Citizen) -> bool:
    found = find(dossier, citizen)
    if found is None or found.ended_at is not None:
        return False
    found.ended_at = now()
    return True


def end_all(citizen: Citizen) -> None:
    """The citizen asked to be forgotten."""
    db.session.execute(
        db.update(Follow)
        .where(Follow.citizen_id == citizen.id, Follow.ended_at.is_(None))
        .values(ended_at=now())
    )


def find(dossier: Dossier, citizen: Citizen) -> Follow | None:
    return rows().follow_of(dossier, citizen)


def followed_by(citizen: Citizen, limit: int = 5) -> list[tuple[Dossier, Follow]]:
    """What the citizen follows, the most recently changed first."""
    found = db.session.execute(
        db.select(Dossier, Follow)
        .join(Follow, (Follow.tenant_id == Dossier.tenant_id) & (Follow.dossier_id == Dossier.id))
        .where(Follow.citizen_id == citizen.id, Follow.ended_at.is_(None))
        .order_by(Dossier.status_at.desc(), Dossier.id.desc())
        .limit(limit)
    )
    return [(dossier, follow) for dossier, follow in found]


def followers(dossier: Dossier) -> list[tuple[Citizen, Follow]]:
    """Citizens to be told: following, and not silenced."""
    return rows().followers(dossier)
