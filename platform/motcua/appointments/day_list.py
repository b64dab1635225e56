"""What the staff of a desk see: the day's list, and how full the week is."""

from dataclasses import dataclass
from datetime import date, timedelta

from motcua.citizens.models import Citizen
from motcua.core.database import db
from motcua.dossiers.models import Dossier
from motcua.zalo.phone import mask_phone

from . import slots
from .models import TO_COME, Desk, Visit
from .states import BY_OFFICER


@dataclass(frozen=True)
class Row:
    """One visit as the desk reads it. `steps` are the marks that may follow."""

    visit: Visit
    who: str
    dossier_code: str | None
    procedure_code: str | None
    steps: frozenset[str]


@dataclass(frozen=True)
class DayFill:
    """How full a day is: `taken` of `places`; no places: closed."""

    day: date
    places: int
    taken: int

    @property
    def percent(self) -> int:
        return round(100 * self.taken / self.places) if self.places else 0


def of_day(desk: Desk, day: date) -> list[Row]:
    """In the order they are called: by hour, then by number. One query."""
    rows = db.session.execute(
        db.select(Visit, Citizen, Dossier)
        .outerjoin(Citizen, (Citizen.tenant_id == Visit.tenant_id) & (Citizen.id == Visit.citizen_id))
        .outerjoin(Dossier, (Dossier.tenant_id == Visit.tenant_id) & (Dossier.id == Visit.dossier_id))
        .where(Visit.desk_id == desk.id, Visit.day == day)
        .order_by(Visit.starts_at, Visit.number)
    )
    return [
        Row(
            visit,
            _who(citizen, dossier),
            dossier.code if dossier else None,
            visit.procedure_code,
            BY_OFFICER.get(visit.state, frozenset()),
        )
        for visit, citizen, dossier in rows
    ]


def of_week(desk: Desk, monday: date) -> list[DayFill]:
    """Seven days from `monday`."""
    sunday = monday + timedelta(6)
    found = slots.all_slots(desk, monday, sunday)
    counts = dict(
        db.session.execute(
            db.select(Visit.day, db.func.count())
            .where(Visit.desk_id == desk.id, Visit.day.between(monday, sunday), Visit.state != "cancelled")
            .group_by(Visit.day)
        ).all()
    )
    days = [monday + timedelta(ahead) for ahead in range(7)]
    places = {day: desk.capacity * sum(1 for one in found if one.day == day) for day in days}
    return [DayFill(day, places[day], counts.get(day, 0)) for day in days]


def to_come_on(desk: Desk, day: date) -> list[Visit]:
    """Whom a closure of that day would send away."""
    return list(
        db.session.scalars(
            db.select(Visit)
            .where(Visit.desk_id == desk.id, Visit.day == day, TO_COME)
            .order_by(Visit.starts_at, Visit.number)
        )
    )


def _who(citizen: Citizen | None, dossier: Dossier | None) -> str:
    """The owner's name where there is a dossier, else the phone, masked: the list is printed and lies on desks."""
    if dossier:
        return dossier.people["owner"]["name"]
    phone = citizen.phone if citizen else None
    return mask_phone(phone) if phone else "Người dân qua Zalo"
