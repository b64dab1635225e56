"""A job that takes as long as it takes an urgent message, owed while it runs, to be sent."""

import time

from motcua.citizens.models import Citizen
from motcua.core import scope
from motcua.core.database import db, tenant_scope
from motcua.messaging.models import Message
from motcua.messaging.outbox import owe
from motcua.zalo.messages import TextMessage

PATIENCE_S = 20.0
became: list[str] = []


def run(tenant_id: str, citizen_id: int) -> None:
    with tenant_scope(tenant_id):
        citizen = db.session.get_one(Citizen, (scope.required(), citizen_id))
        owe(citizen, "dossier_accepted", dedupe_key="beside", consultation=TextMessage("Biên nhận"))
        db.session.commit()
        until = time.monotonic() + PATIENCE_S
        while (state := _state()) == "queued" and time.monotonic() < until:
            time.sleep(0.02)
        became.append(state)


def _state() -> str:
    db.session.rollback()
    return db.session.scalars(db.select(Message.state).where(Message.dedupe_key == "beside")).one()
