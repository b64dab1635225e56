"""Whom a province on trial may write to: invited phones, by number or as the citizens who shared them."""

from sqlalchemy.dialects.postgresql import insert

from motcua.citizens.models import phone_index
from motcua.core import crypto, scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Invalid
from motcua.messaging.models import TrialGuest
from motcua.zalo.phone import normalise_phone

MOST_GUESTS = 200  # more is not a trial


def invite(phone: str, who: str) -> bool:
    """Let the tenant in scope write to this phone while it is on trial; False when it may already. No commit.

    Raises Invalid for a number that is none, and when there are too many guests.
    """
    number, tenant_id = normalise_phone(phone), scope.required()
    if db.session.scalar(db.select(db.func.count()).select_from(TrialGuest)) >= MOST_GUESTS:
        raise Invalid(
            f"Bản dùng thử gửi được cho tối đa {MOST_GUESTS} số. Xin bỏ bớt số đã mời hoặc chuyển tỉnh sang dùng thật."
        )
    row = {
        "tenant_id": tenant_id,
        "phone_index": phone_index(number),
        "phone_encrypted": crypto.keyring().encrypt(tenant_id, "phone", number),
        "invited_by": who,
        "invited_at": now(),
    }
    written = db.session.execute(
        insert(TrialGuest)
        .values(row)
        .on_conflict_do_nothing(index_elements=["tenant_id", "phone_index"])
        .returning(TrialGuest.id)
    )
    return written.first() is not None


def dismiss(phone: str) -> bool:
    """Take an invitation back; False when there was none. No commit."""
    gone = db.session.execute(
        db.delete(TrialGuest)
        .where(TrialGuest.phone_index == phone_index(normalise_phone(phone)))
        .returning(TrialGuest.id)
    )
    return gone.first() is not None


def guests() -> list[TrialGuest]:
    """Of the tenant in scope, in the order they were invited."""
    return list(db.session.scalars(db.select(TrialGuest).order_by(TrialGuest.id)))
