"""A dossier's messages as the desk sees them: to whom (masked), how, for how much, and what became of each."""

from dataclasses import dataclass
from datetime import datetime

from motcua.citizens.models import Citizen
from motcua.core.database import db
from motcua.core.language import t
from motcua.dossiers.models import Dossier
from motcua.messaging.models import Message
from motcua.zalo.phone import mask_phone

MOST = 200


@dataclass(frozen=True)
class Shown:
    message: Message
    recipient: str
    times: tuple[tuple[str, datetime], ...]  # what happened, and when, in order


def of(dossier: Dossier) -> list[Shown]:
    """The newest first."""
    messages = db.session.scalars(
        db.select(Message).where(Message.dossier_id == dossier.id).order_by(Message.id.desc()).limit(MOST)
    ).all()
    ids = {one.citizen_id for one in messages if one.citizen_id}
    citizens = (
        {one.id: one for one in db.session.scalars(db.select(Citizen).where(Citizen.id.in_(ids)))}
        if ids
        else {}
    )
    return [Shown(one, _recipient(one, citizens.get(one.citizen_id)), _times(one)) for one in messages]


def _recipient(message: Message, citizen: Citizen | None) -> str:
    if citizen is None:
        return t("Số {phone}", phone=mask_phone(message.phone)) if message.phone else "–"
    if citizen.phone:
        return t("Người theo dõi trên Zalo ({phone})", phone=mask_phone(citizen.phone))
    return t("Người theo dõi trên Zalo")


def _times(message: Message) -> tuple[tuple[str, datetime], ...]:
    known = (
        ("gửi", message.sent_at),
        ("đến máy", message.delivered_at),
        ("đã xem", message.seen_at),
    )
    return tuple((name, at) for name, at in known if at is not None)
