"""Which desk serves what, and its settings with the days it is closed."""

from datetime import date

from sqlalchemy.dialects.postgresql import insert

from motcua.catalogue import listing, lookup
from motcua.catalogue.lookup import Procedure
from motcua.core import scope
from motcua.core.clock import VIETNAM
from motcua.core.database import db
from motcua.core.errors import NotFound
from motcua.core.text.normal import normalise, without_marks
from motcua.dossiers.models import Dossier

from .models import Desk, DeskClosure


class DeskUnknown(NotFound):
    code = "desk_unknown"
    message = "Không tìm thấy quầy này. Xin chọn lại quầy trong danh sách."


def get(desk_id: int) -> Desk:
    """Raises DeskUnknown."""
    desk = db.session.scalar(db.select(Desk).where(Desk.id == desk_id))
    if desk is None:
        raise DeskUnknown
    return desk


def all_desks(agency: str | None = None) -> list[Desk]:
    """Of the tenant in scope. `agency`: only its own."""
    its = () if agency is None else (Desk.agency_code == agency,)
    return list(
        db.session.scalars(db.select(Desk).where(*its).order_by(Desk.agency_code, Desk.name, Desk.id))
    )


def agencies_by_code() -> dict[str, str]:
    """Code -> name of the agencies that may have a desk."""
    return dict(listing.agency_names())


def serving(dossier: Dossier | None = None, procedure_code: str | None = None) -> list[Desk]:
    """Desks that may be booked for this dossier or procedure, the likeliest first; all, where neither is named.

    Desks of the agency that holds the dossier, or decides the procedure, come alone where there are any; of those,
    the one that the dossier names as its place of collection comes first.
    """
    desks = [one for one in all_desks() if one.takes_bookings]
    code = dossier.procedure_code if dossier else procedure_code
    procedure = lookup.find_procedure(code) if code else None
    if code:
        desks = [one for one in desks if _takes(one, code, procedure)]
    agency = dossier.agency_code if dossier else procedure and procedure.agency
    desks = [one for one in desks if agency and one.agency_code == agency] or desks
    if dossier and dossier.pickup_place:
        named = normalise(dossier.pickup_place)
        desks.sort(key=lambda one: normalise(one.name) not in named)
    return desks


def collect_from(dossier: Dossier) -> date | None:
    """The first local day on which the result can be collected: today when it is there, else when it is due."""
    if dossier.ready_at is not None or dossier.due_at is None:
        return None
    return dossier.due_at.astimezone(VIETNAM).date()


def named(desks: list[Desk], words: str) -> list[Desk]:
    """Those whose name or address holds every one of these words, accents aside."""
    wanted = without_marks(normalise(words)).split()
    return [one for one in desks if wanted and _holds(one, wanted)]


def closures(desk: Desk, since: date) -> list[DeskClosure]:
    return list(
        db.session.scalars(
            db.select(DeskClosure)
            .where(DeskClosure.desk_id == desk.id, DeskClosure.day >= since)
            .order_by(DeskClosure.day)
        )
    )


def close_on(desk: Desk, day: date, reason: str, staff_id: int) -> None:
    """Close the desk on one day; a second time only the reason changes."""
    statement = insert(DeskClosure).values(
        tenant_id=scope.required(), desk_id=desk.id, day=day, reason=reason, made_by=staff_id
    )
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "desk_id", "day"],
            set_={"reason": statement.excluded.reason, "made_by": statement.excluded.made_by},
        )
    )


def open_on(desk: Desk, day: date) -> None:
    """Take a closure back. Whom it sent away is not called back: they have chosen another day by now."""
    db.session.execute(db.delete(DeskClosure).where(DeskClosure.desk_id == desk.id, DeskClosure.day == day))


def _takes(desk: Desk, code: str, procedure: Procedure | None) -> bool:
    if not desk.fields and not desk.procedure_codes:
        return True
    return code in desk.procedure_codes or bool(procedure and procedure.facts.field in desk.fields)


def _holds(desk: Desk, words: list[str]) -> bool:
    have = without_marks(normalise(desk.place)).replace(",", " ").split()
    return all(word in have for word in words)
