"""Fixing who a broadcast goes to, a chunk of citizens at a time; it goes on after any crash where it stopped.

Of an uploaded list everybody is accounted for: who may not be told becomes a recipient that is skipped from the
start, and a line that is nobody here stays behind, marked. Of an audience by conditions only those are recipients
who may be told: the topic that they turned on is what they are chosen by, and DỪNG turns every topic off.
"""

from sqlalchemy import ColumnElement, and_, case, not_, or_, tuple_
from sqlalchemy.dialects.postgresql import distinct_on, insert

from motcua.citizens.models import Citizen
from motcua.citizens.persons import person_key
from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import db

from . import audience, listed
from .audience import Audience
from .models import Broadcast, BroadcastListed, BroadcastRecipient

CHUNK = 20_000  # citizens looked at in one transaction


def freeze_chunk(one: Broadcast) -> bool:
    """Look at the next citizens; False when all have been looked at. `one` is locked; does not commit.

    Conditions of time are as of the start, whenever the chunk comes.
    """
    last = _end_of_chunk(one.frozen_through)
    if last is None:
        settle(one)
        return False
    who, untold, language = _chosen(one)
    person = person_key(on_one_oa=audience.is_on_one_oa())
    rows = (
        db.select(
            db.literal(scope.required()),
            db.literal(one.id),
            Citizen.id,
            person,
            audience.contact_at(),
            language,
            untold,
        )
        .where(Citizen.id > one.frozen_through, Citizen.id <= last, who)
        .ext(distinct_on(person))
        .order_by(person, _rank(untold), audience.contact_at().desc(), Citizen.id)
    )
    added = insert(BroadcastRecipient).from_select(
        ["tenant_id", "broadcast_id", "citizen_id", "person", "contact_at", "language", "skipped"], rows
    )
    there, new = BroadcastRecipient, added.excluded
    db.session.execute(
        added.on_conflict_do_update(
            index_elements=["tenant_id", "broadcast_id", "person"],
            set_={name: new[name] for name in ("citizen_id", "contact_at", "language", "skipped")},
            where=tuple_(_rank(new.skipped), there.contact_at) < tuple_(_rank(there.skipped), new.contact_at),
        )
    )
    one.frozen_through = last
    return True


def settle(one: Broadcast, *, cut_short: bool = False) -> None:
    """Nobody is added any more: mark the lines of the list that are no recipient, and count. Does not commit.

    `cut_short`: cancelled before everybody was looked at.
    """
    lines = _mark_lines(one, cut_short) if Audience.of(one).source == "list" else 0
    listed.forget_told(one)
    people, untold = db.session.execute(
        db.select(db.func.count(), db.func.count(BroadcastRecipient.skipped)).where(
            BroadcastRecipient.broadcast_id == one.id
        )
    ).one()
    one.frozen_at, one.total, one.skipped = now(), people + lines, untold + lines


def _chosen(one: Broadcast) -> tuple[ColumnElement, ColumnElement, ColumnElement]:
    """Which citizens become recipients, why some of them are not told, and in which language the others are."""
    chosen = Audience.of(one)
    if chosen.source == "list":
        return audience.is_listed(one.id), audience.why_untold(one, chosen, one.started_at), _language(one)
    told = and_(audience.described(one, chosen, one.started_at), audience.may_be_told(one, chosen))
    return told, db.cast(db.null(), db.Text), db.null()


def _rank(untold: ColumnElement) -> ColumnElement[int]:
    """Of several accounts one that may be told speaks for the person, then one that said DỪNG."""
    return case((untold.is_(None), 0), (untold == "muted", 1), else_=2)


def _end_of_chunk(after: int) -> int | None:
    ids = db.select(Citizen.id).where(Citizen.id > after).order_by(Citizen.id).limit(CHUNK).subquery()
    return db.session.scalar(db.select(db.func.max(ids.c.id)))


def _mark_lines(one: Broadcast, cut_short: bool) -> int:
    """How many lines became no recipient; looked for by person and by account: a phone may have been proven since."""
    line, row = BroadcastListed, BroadcastRecipient
    phone, uid = Citizen.phone_index == line.phone_index, Citizen.uid_index == line.uid_index
    of_this = row.broadcast_id == one.id
    same = row.tenant_id == Citizen.tenant_id
    became = (  # each an anti-join of its own: under an OR they would be looked up line by line
        db.select(row.id).where(of_this, row.person == line.phone_index),
        db.select(row.id).where(of_this, same, row.citizen_id == Citizen.id, phone),
        db.select(row.id).where(of_this, same, row.citizen_id == Citizen.id, uid),
        db.select(row.id).where(of_this, same, row.person == person_key(), uid),
    )
    known = or_(*(db.select(Citizen.id).where(by).correlate(line).exists() for by in (phone, uid)))
    why = case((known, "not_fed"), else_="unknown") if cut_short else "unknown"
    return db.session.execute(
        db.update(line)
        .where(
            line.broadcast_id == one.id,
            line.fault.is_(None),
            *(not_(query.correlate(line).exists()) for query in became),
        )
        .values(untold=why)
        .execution_options(synchronize_session=False)
    ).rowcount


def _language(one: Broadcast) -> ColumnElement[str | None]:
    """What the list asks for, by phone or by user id: an index each, which an OR of both did not always use."""
    line = BroadcastListed
    ways = (line.phone_index == Citizen.phone_index, line.uid_index == Citizen.uid_index)
    return db.func.least(
        *(
            db.select(db.func.min(line.language))
            .where(line.broadcast_id == one.id, way)
            .correlate(Citizen)
            .scalar_subquery()
            for way in ways
        )
    )
