"""What time brings: reminders, absences, and visits whose desk has since been closed. The sweep calls it.

Each reminder is taken by emptying its column in the transaction that writes the message, so that two sweeps at
once owe it once; the message's key says the same a second time.
"""

from datetime import timedelta

from redis.exceptions import RedisError
from sqlalchemy import text

from motcua.citizens.models import Citizen
from motcua.core import queue, scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.dossiers import promising
from motcua.dossiers.models import Dossier
from motcua.messaging.outbox import Owed, owe_all
from motcua.messaging.wording import texts

from . import opening, slots, telling
from .models import TO_COME, Desk, Visit
from .people import rules
from .reminder_times import is_quiet

BATCH = 500
REMINDERS = {"visit_reminder_day": Visit.remind_day_at, "visit_reminder_hour": Visit.remind_hour_at}
BUTTONS = {"visit_reminder_day": ("confirm", "move", "cancel"), "visit_reminder_hour": ("move", "cancel")}
LOOK_FOR_CLOSED_EVERY_S = 60
OFFERED = 3
LEAST_LIFETIME = timedelta(minutes=5)

# Joined by desk and day in the database: a province may have ten thousands of visits to come.
OUTSIDE = text("""
    SELECT id FROM visit
    WHERE tenant_id = :tenant AND state IN ('booked', 'confirmed') AND ends_at > :now AND NOT EXISTS (
        SELECT FROM unnest(CAST(:desks AS bigint[]), CAST(:days AS date[]), CAST(:begins AS timestamptz[]),
                           CAST(:ends AS timestamptz[])) AS span(desk_id, day, begins_at, ends_at)
        WHERE span.desk_id = visit.desk_id AND span.day = visit.day
          AND span.begins_at <= visit.starts_at AND visit.ends_at <= span.ends_at)
    ORDER BY starts_at, number
""")


def sweep() -> int:
    """One round for the tenant in scope; commits, returns how many messages it owes more."""
    owed = 0
    if not is_quiet(now()):
        owed = sum(_remind(event) for event in REMINDERS)
    _give_up()
    db.session.commit()
    if _is_time_to_look():
        owed += call_off_closed()
        db.session.commit()
    return owed


def _remind(event: str) -> int:
    column = REMINDERS[event]
    due = (
        db.select(Visit.id)
        .where(column <= now())
        .order_by(column)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    taken = db.session.scalars(
        db.update(Visit)
        .where(Visit.id.in_(due.scalar_subquery()))
        .values({column.key: None})
        .returning(Visit.id)
        .execution_options(synchronize_session=False)
    ).all()
    if not taken:
        return 0
    bodies = texts.bodies_of(event)
    messages = []
    for visit, desk, citizen, dossier in _with_people(Visit.id.in_(taken), Visit.starts_at > now()):
        language = citizen.language if citizen else texts.VIETNAMESE
        said = telling.words(visit, desk, language, dossier)
        shown = telling.buttons(visit, language, *BUTTONS[event])
        messages += _owed(
            event,
            f"visit:{visit.id}:{visit.sequence}:{event}",
            (visit, desk, citizen, dossier),
            telling.message(event, bodies[language], said, shown),
        )
    return owe_all(messages)


def _give_up() -> int:
    """Nobody came within the grace: the place was theirs in vain."""
    over = now() - timedelta(minutes=rules().grace_minutes)
    return db.session.execute(
        db.update(Visit)
        .where(TO_COME, Visit.ends_at <= over)
        .values(state="no_show", remind_day_at=None, remind_hour_at=None)
        .execution_options(synchronize_session=False)
    ).rowcount


def call_off_closed() -> int:
    """Call off visits to come whose desk is closed at that time, and offer other slots; returns how many hear."""
    gone = displaced()
    if not gone:
        return 0
    bodies = texts.bodies_of("visit_closed")
    offers: dict[int, list] = {}
    messages = []
    for visit, desk, citizen, dossier in _with_people(Visit.id.in_(gone), lock=True):
        visit.state, visit.cancelled_by = "cancelled", "office"
        visit.sequence += 1
        visit.remind_day_at = visit.remind_hour_at = None
        language = citizen.language if citizen else texts.VIETNAMESE
        if desk.id not in offers:
            offers[desk.id] = slots.bookable(desk)
        near = [one for one in offers[desk.id] if one.day >= visit.day] or offers[desk.id]
        shown = telling.move_buttons(visit, near[:OFFERED], language)
        shown += telling.buttons(visit, language, "move")
        said = telling.words(visit, desk, language, dossier)
        messages += _owed(
            "visit_closed",
            f"visit:{visit.id}:{visit.sequence}:closed",
            (visit, desk, citizen, dossier),
            telling.message("visit_closed", bodies[language], said, shown),
            lane="urgent",
        )
    return owe_all(messages)


def displaced() -> list[int]:
    """Ids of visits to come that lie outside their desk's opening hours as they are now."""
    coming = (TO_COME, Visit.ends_at > now())
    days = db.session.execute(db.select(Visit.desk_id, Visit.day).where(*coming).distinct()).all()
    if not days:
        return []
    offices = promising.offices()
    desks = {one.id: one for one in db.session.scalars(db.select(Desk))}
    closed = opening.closures_of(list(desks), min(day for _, day in days), max(day for _, day in days))
    spans = [
        (desk_id, day, begin, end)
        for desk_id, day in days
        for begin, end in opening.moments_on(desks[desk_id], offices, day, closed[desk_id])
    ]
    named = {name: [one[at] for one in spans] for at, name in enumerate(("desks", "days", "begins", "ends"))}
    return list(db.session.scalars(OUTSIDE, {"tenant": scope.required(), "now": now()} | named))


def _with_people(*conditions, lock: bool = False):
    """(visit, desk, citizen or None, dossier or None) in one query."""
    query = (
        db.select(Visit, Desk, Citizen, Dossier)
        .join(Desk, (Desk.tenant_id == Visit.tenant_id) & (Desk.id == Visit.desk_id))
        .outerjoin(Citizen, (Citizen.tenant_id == Visit.tenant_id) & (Citizen.id == Visit.citizen_id))
        .outerjoin(Dossier, (Dossier.tenant_id == Visit.tenant_id) & (Dossier.id == Visit.dossier_id))
        .where(TO_COME, *conditions)
        .order_by(Visit.starts_at, Visit.number)
    )
    if lock:
        query = query.with_for_update(of=Visit)
    return db.session.execute(query, execution_options={"populate_existing": True}).all()


def _owed(event: str, key: str, about: tuple, consultation, lane: str = "normal") -> list[Owed]:
    """The message to whom it concerns; nobody where they want to hear nothing or cannot be reached."""
    visit, desk, citizen, dossier = about
    lifetime = max(visit.starts_at - now(), LEAST_LIFETIME)
    zbs = telling.template(visit, desk)
    if citizen is not None:
        silent = citizen.muted_at is not None and lane == "normal"
        recipient, said = (None if silent else citizen), consultation
    else:
        recipient, said = dossier and _phone_of(dossier), None
    if recipient is None:
        return []
    return [Owed(recipient, event, key, said, zbs, lane, visit.dossier_id, lifetime)]


def _phone_of(dossier: Dossier) -> str | None:
    people = dossier.people
    roles = ("authorised", "submitter", "owner")
    return next((people[role]["phone"] for role in roles if people.get(role, {}).get("phone")), None)


def _is_time_to_look() -> bool:
    """At most once a minute for a tenant, over all workers."""
    key = f"motcua:visits:looked:{scope.required()}"
    try:
        return bool(queue.connection().set(key, "1", nx=True, ex=LOOK_FOR_CLOSED_EVERY_S))
    except RedisError:
        return False
