"""Fixing who a broadcast goes to, a chunk of citizens at a time; it goes on after any crash where it stopped."""

from sqlalchemy.dialects.postgresql import distinct_on, insert

from motcua.citizens.models import Citizen
from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import db

from . import audience
from .audience import Audience
from .models import Broadcast, BroadcastListed, BroadcastRecipient

CHUNK = 20_000  # citizens looked at in one transaction


def freeze_chunk(one: Broadcast) -> bool:
    """Look at the next citizens; False when all have been looked at. `one` is locked; does not commit.

    Conditions of time are as of the start, whenever the chunk comes.
    """
    last = _end_of_chunk(one.frozen_through)
    if last is None:
        one.frozen_at, one.total = now(), _total(one)
        return False
    chosen = Audience.of(one)
    rows = (
        db.select(
            db.literal(scope.required()),
            db.literal(one.id),
            Citizen.id,
            audience.person(),
            audience.contact_at(),
            _language(one) if chosen.source == "list" else db.null(),
        )
        .where(
            Citizen.id > one.frozen_through,
            Citizen.id <= last,
            audience.described(one, chosen, one.started_at),
            audience.may_be_told(one, chosen),
        )
        .ext(distinct_on(audience.person()))
        .order_by(audience.person(), audience.contact_at().desc(), Citizen.id)
    )
    added = insert(BroadcastRecipient).from_select(
        ["tenant_id", "broadcast_id", "citizen_id", "person", "contact_at", "language"], rows
    )
    db.session.execute(
        added.on_conflict_do_update(
            index_elements=["tenant_id", "broadcast_id", "person"],
            set_={name: added.excluded[name] for name in ("citizen_id", "contact_at", "language")},
            where=added.excluded.contact_at > BroadcastRecipient.contact_at,
        )
    )
    one.frozen_through = last
    return True


def _end_of_chunk(after: int) -> int | None:
    ids = db.select(Citizen.id).where(Citizen.id > after).order_by(Citizen.id).limit(CHUNK).subquery()
    return db.session.scalar(db.select(db.func.max(ids.c.id)))


def _total(one: Broadcast) -> int:
    return db.session.scalar(
        db.select(db.func.count())
        .select_from(BroadcastRecipient)
        .where(BroadcastRecipient.broadcast_id == one.id)
    )


def _language(one: Broadcast):
    """What the list asks for, by phone or by user id."""
    line = BroadcastListed
    return (
        db.select(db.func.min(line.language))
        .where(
            line.broadcast_id == one.id,
            (line.phone_index == Citizen.phone_index) | (line.uid_index == Citizen.uid_index),
        )
        .correlate(Citizen)
        .scalar_subquery()
    )
