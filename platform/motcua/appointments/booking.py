"""Booking, moving, cancelling and marking a visit. Each works in the caller's transaction.

Two locks, always in this order: the person's (limits over all desks), then the desk's day (capacity, numbers).
Both last until the commit, so that what was counted still holds when it is written.
"""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from motcua.citizens.models import Citizen
from motcua.core import scope
from motcua.core.clock import VIETNAM, now
from motcua.core.database import db
from motcua.core.errors import Conflict, NotFound
from motcua.dossiers.models import Dossier
from motcua.tenancy import current

from . import desks, people, reminder_times, slots, states
from .models import TO_COME, Desk, DeskDay, Visit
from .people import BookingRefused, Person
from .slots import Slot

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('visit/' || :tenant || '/' || :key, 0))")
MOST_MOVES = 10
REFRESH = {"populate_existing": True}


class VisitUnknown(NotFound):
    code = "visit_unknown"
    message = "Không tìm thấy lượt hẹn này. Xin mở lại liên kết trong tin nhắn hoặc đặt lịch mới."


def book(
    person: Person,
    desk: Desk,
    starts_at: datetime,
    purpose: str,
    *,
    booked_by: str,
    procedure_code: str | None = None,
) -> Visit:
    """Raises BookingRefused for a full, past or unknown slot, and for a person over a limit."""
    _lock(person)
    slot = _slot_of(desk, starts_at)
    people.check_limits(person, slot.day)
    number = _take_place(desk, slot)
    dossier = person.dossier
    visit = Visit(
        desk_id=desk.id,
        day=slot.day,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        number=number,
        person=person.key,
        citizen_id=person.citizen.id if person.citizen else None,
        dossier_id=dossier.id if dossier else None,
        procedure_code=dossier.procedure_code if dossier else procedure_code,
        purpose=purpose,
        booked_by=booked_by,
    )
    visit.remind_day_at, visit.remind_hour_at = reminder_times.of(desk, slot)
    db.session.add(visit)
    db.session.flush()
    return visit


def move(visit: Visit, starts_at: datetime) -> Visit:
    """Give a visit another slot of its desk. Raises BookingRefused; the visit then stays as it was."""
    person = _person_of(visit)
    _lock(person)
    visit = _locked(visit.id)
    if not visit.can_move or (visit.is_open and visit.ends_at <= now()):
        raise BookingRefused("over")
    if visit.sequence >= MOST_MOVES:
        raise BookingRefused("churn")
    desk = db.session.get(Desk, (visit.tenant_id, visit.desk_id))
    slot = _slot_of(desk, starts_at)
    people.check_limits(person, slot.day, moving=visit)
    number = _take_place(desk, slot, moving=visit)
    visit.number, visit.day = number, slot.day
    visit.starts_at, visit.ends_at = slot.starts_at, slot.ends_at
    visit.state, visit.cancelled_by = "booked", None
    visit.sequence += 1
    visit.remind_day_at, visit.remind_hour_at = reminder_times.of(desk, slot)
    db.session.flush()
    return visit


def cancel(visit: Visit, by: str = "citizen") -> Visit:
    """Release the place. `by`: citizen, office. Raises StepRefused for a visit that is over."""
    visit = _locked(visit.id)
    states.check(visit.state, "cancelled", states.BY_CITIZEN)
    visit.state, visit.cancelled_by = "cancelled", by
    visit.sequence += 1
    visit.remind_day_at = visit.remind_hour_at = None
    db.session.flush()
    return visit


def confirm(visit: Visit) -> Visit:
    """The citizen says again that they will come. Raises StepRefused."""
    visit = _locked(visit.id)
    states.check(visit.state, "confirmed", states.BY_CITIZEN)
    visit.state = "confirmed"
    return visit


def mark(visit_id: int, state: str, *, agency: str | None = None) -> Visit:
    """An officer's mark on today's list; commits.

    Raises VisitUnknown, also for one at a desk that is not `agency`'s where one is given, StepRefused, Conflict on
    another day.
    """
    visit = _locked(visit_id)
    if agency not in (None, desks.get(visit.desk_id).agency_code):
        raise VisitUnknown
    if visit.day != current.today():
        raise Conflict("Chỉ ghi được lượt hẹn trong chính ngày hẹn. Xin mở danh sách của hôm nay.")
    states.check(visit.state, state, states.BY_OFFICER)
    visit.state = state
    if state == "arrived":
        visit.arrived_at, visit.served_at = visit.arrived_at or now(), None
    elif state == "served":
        visit.served_at = now()
    else:
        visit.arrived_at = None
    if state in ("arrived", "served", "no_show"):
        visit.remind_day_at = visit.remind_hour_at = None
    db.session.execute(
        db.update(DeskDay)
        .where(DeskDay.desk_id == visit.desk_id, DeskDay.day == visit.day)
        .values(is_kept=True)
    )
    db.session.commit()
    return visit


def coming(citizen: Citizen) -> list[tuple[Visit, Desk]]:
    """The citizen's visits still to come, soonest first."""
    rows = db.session.execute(
        db.select(Visit, Desk)
        .join(Desk, (Desk.tenant_id == Visit.tenant_id) & (Desk.id == Visit.desk_id))
        .where(Visit.citizen_id == citizen.id, TO_COME, Visit.ends_at > now())
        .order_by(Visit.starts_at)
    )
    return [(visit, desk) for visit, desk in rows]


def of_citizen(citizen: Citizen, visit_id: int) -> Visit:
    """One of the citizen's own. Raises VisitUnknown."""
    visit = db.session.scalar(db.select(Visit).where(Visit.id == visit_id, Visit.citizen_id == citizen.id))
    if visit is None:
        raise VisitUnknown
    return visit


def by_token(token: str) -> tuple[Visit, Desk]:
    """Raises VisitUnknown."""
    row = db.session.execute(
        db.select(Visit, Desk)
        .join(Desk, (Desk.tenant_id == Visit.tenant_id) & (Desk.id == Visit.desk_id))
        .where(Visit.token == token[:64])
    ).first()
    if row is None:
        raise VisitUnknown
    return row[0], row[1]


def forget(citizen: Citizen) -> None:
    """The citizen asked for erasure: visits to come are released."""
    for visit, _ in coming(citizen):
        cancel(visit)


def _person_of(visit: Visit) -> Person:
    citizen = db.session.get(Citizen, (visit.tenant_id, visit.citizen_id)) if visit.citizen_id else None
    dossier = db.session.get(Dossier, (visit.tenant_id, visit.dossier_id)) if visit.dossier_id else None
    return Person(visit.person, citizen, dossier)


def _lock(person: Person) -> None:
    tenant_id = scope.required()
    db.session.execute(LOCK, {"tenant": tenant_id, "key": person.key})
    if person.dossier:  # husband and wife may book for one dossier at the same moment
        db.session.execute(LOCK, {"tenant": tenant_id, "key": f"of-dossier:{person.dossier.id}"})


def _locked(visit_id: int) -> Visit:
    visit = db.session.scalar(
        db.select(Visit).where(Visit.id == visit_id).with_for_update(), execution_options=REFRESH
    )
    if visit is None:
        raise VisitUnknown
    return visit


def _slot_of(desk: Desk, starts_at: datetime) -> Slot:
    """The desk's slot that begins then, full or not."""
    day, today = starts_at.astimezone(VIETNAM).date(), current.today()
    if not desk.takes_bookings:
        raise BookingRefused("closed")
    if not today <= day <= today + timedelta(desk.horizon_days) or starts_at <= now():
        raise BookingRefused("past")
    for slot in slots.all_slots(desk, day, day):
        if slot.starts_at == starts_at:
            return slot
    raise BookingRefused("closed")


def _take_place(desk: Desk, slot: Slot, moving: Visit | None = None) -> int:
    """Lock the desk's day, count, and give the next queue number of that day.

    A visit that stays on its day keeps its number; the number of one that leaves is not given again.
    """
    statement = insert(DeskDay).values(
        tenant_id=scope.required(), desk_id=desk.id, day=slot.day, last_number=0, is_kept=False
    )
    # The update changes nothing: it is there for the lock on the row, new or old.
    row_id, last = db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "desk_id", "day"], set_={"last_number": DeskDay.last_number}
        ).returning(DeskDay.id, DeskDay.last_number)
    ).one()
    taken = db.session.scalar(
        db.select(db.func.count())
        .select_from(Visit)
        .where(
            slots.overlapping(desk.id, slot.starts_at, slot.ends_at),
            Visit.id != (moving.id if moving else 0),
        )
    )
    if taken >= desk.capacity:
        raise BookingRefused("full")
    if moving is not None and moving.day == slot.day:
        return moving.number
    db.session.execute(db.update(DeskDay).where(DeskDay.id == row_id).values(last_number=last + 1))
    return last + 1
