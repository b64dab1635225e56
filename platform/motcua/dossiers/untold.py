"""What could not come in the chat goes by phone: the notice that was not owed while the one in the chat might come."""

from datetime import timedelta

from sqlalchemy import text

from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.messaging.models import Message
from motcua.messaging.outbox import LIFETIME, Owed, Zbs, owe_all

from . import applicant
from .models import Dossier

BATCH = 200
LOOK_BACK = max(LIFETIME.values()) + timedelta(days=1)

# Whoever else stands for the same phone and has heard, or still may, is enough.
UNTOLD = text("""
    SELECT id FROM message
    WHERE tenant_id = :tenant AND state IN ('failed', 'expired') AND created_at >= :since
      AND content ->> 'instead_of' IS NOT NULL
      AND NOT EXISTS (
          SELECT FROM message AS other
          WHERE other.tenant_id = :tenant AND other.dossier_id = message.dossier_id
            AND other.content ->> 'instead_of' = message.content ->> 'instead_of'
            AND other.state NOT IN ('failed', 'expired'))
    ORDER BY id LIMIT :batch FOR UPDATE SKIP LOCKED
""")


def sweep() -> int:
    """One batch for the tenant in scope; commits, returns how many notices by phone are owed more."""
    words = {"tenant": scope.required(), "since": now() - LOOK_BACK, "batch": BATCH}
    ids = db.session.scalars(UNTOLD, words).all()
    if not ids:
        db.session.commit()
        return 0
    rows = db.session.execute(
        db.select(Message, Dossier)
        .join(Dossier, (Dossier.tenant_id == Message.tenant_id) & (Dossier.id == Message.dossier_id))
        .where(Message.id.in_(ids))
        .order_by(Message.id)
    ).all()
    owed = owe_all([one for message, dossier in rows if (one := _by_phone(message, dossier)) is not None])
    for message, _ in rows:
        message.content = {name: said for name, said in message.content.items() if name != "instead_of"}
    db.session.commit()
    return owed


def _by_phone(message: Message, dossier: Dossier) -> Owed | None:
    phone = applicant.phone_of(dossier)
    if phone is None:
        return None
    return Owed(
        phone,
        message.event,
        dedupe_key=message.content["instead_of"],
        zbs=Zbs(**message.content["zbs"]),
        lane=message.lane,
        dossier_id=dossier.id,
    )
