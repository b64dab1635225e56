"""Finding and making citizens from what Zalo tells us."""

from datetime import datetime

from sqlalchemy import and_, or_
from sqlalchemy.dialects.postgresql import insert

from motcua.core import crypto, scope
from motcua.core.clock import now
from motcua.core.database import db

from .models import PURPOSES, Citizen, Consent, app_user_index, uid_index

TEXT_VERSION = "2026-11"


def meet(oa_id: str, uid: str, app_user: str | None = None) -> Citizen:
    """The citizen behind a Zalo user id of one OA, created at first sight; ours alone until the transaction ends.

    `app_user`: "app id:user id by app", where Zalo said it; it is kept as a blind index.
    """
    tenant_id, index = scope.required(), uid_index(uid)
    query = (
        db.select(Citizen)
        .where(Citizen.oa_id == oa_id, Citizen.uid_index == index)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    citizen = db.session.scalar(query)
    if citizen is None:
        sealed = crypto.keyring().encrypt(tenant_id, "zalo_uid", uid)
        db.session.execute(
            insert(Citizen)
            .values(tenant_id=tenant_id, oa_id=oa_id, uid_index=index, uid_encrypted=sealed)
            .on_conflict_do_nothing()
        )
        citizen = db.session.scalars(query).one()
    if app_user is not None:
        citizen.app_user_index = app_user_index(app_user)
    return citizen


def note_interaction(citizen: Citizen, at: datetime | None) -> None:
    """Open (or extend) the 48-hour window for free consultation messages; events may come late."""
    at = min(at or now(), now())
    if citizen.last_interaction_at is None or at > citizen.last_interaction_at:
        citizen.last_interaction_at = at


def with_proven_phone(indexes: set[str]) -> list[Citizen]:
    """Citizens whose own, proven phone is one of these (blind indexes)."""
    if not indexes:
        return []
    return list(
        db.session.scalars(db.select(Citizen).where(Citizen.phone_index.in_(indexes)).order_by(Citizen.id))
    )


def agree(citizen: Citizen, purposes: tuple[str, ...], method: str) -> None:
    """Record consent for each purpose that is not already given."""
    given = set(
        db.session.scalars(
            db.select(Consent.purpose).where(Consent.citizen_id == citizen.id, Consent.withdrawn_at.is_(None))
        )
    )
    for purpose in purposes:
        if purpose not in given:
            db.session.add(
                Consent(citizen_id=citizen.id, purpose=purpose, text_version=TEXT_VERSION, method=method)
            )


def withdraw(citizen: Citizen) -> None:
    """“DỪNG”: nothing proactive from now on, on none of the province's OAs that the same person uses; answers to their
    own questions still come."""
    for one in accounts_of(citizen):
        one.muted_at, one.topics = now(), []
        for purpose in PURPOSES:
            if purpose != "link_phone":
                withdraw_purpose(one, purpose)


def accounts_of(citizen: Citizen) -> list[Citizen]:
    """This one and the others of the same person: with the same proven phone, or of the same user of an app."""
    same = [Citizen.id == citizen.id]
    if citizen.phone_proven_at is not None and citizen.phone_index is not None:
        same.append(and_(Citizen.phone_index == citizen.phone_index, Citizen.phone_proven_at.is_not(None)))
    if citizen.app_user_index is not None:
        same.append(Citizen.app_user_index == citizen.app_user_index)
    return list(db.session.scalars(db.select(Citizen).where(or_(*same)).order_by(Citizen.id)))


def withdraw_purpose(citizen: Citizen, purpose: str) -> None:
    db.session.execute(
        db.update(Consent)
        .where(Consent.citizen_id == citizen.id, Consent.withdrawn_at.is_(None), Consent.purpose == purpose)
        .values(withdrawn_at=now())
    )


def erase(citizen: Citizen) -> None:
    """Zalo's user_withdraw: forget phone and dialogue; the id stays only as a fingerprint."""
    citizen.phone_index = citizen.phone_encrypted = citizen.phone_proven_at = citizen.app_user_index = None
    citizen.is_follower, citizen.dialogue, citizen.topics, citizen.areas = False, {}, [], []
    citizen.uid_encrypted = crypto.keyring().encrypt(scope.required(), "zalo_uid", "")
    withdraw(citizen)
