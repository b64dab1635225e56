"""Form “Phiếu kiểm soát”: the dossier's way from hand to hand, read off its line of time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from .. import wording
from ..models import Dossier, DossierEvent
from ..statuses import Status
from . import facts
from .acts_told import agency_at
from .filling import subject_of
from .heading import desk_of, heading_of

A_MINUTE = timedelta(minutes=1)
ENDS = (Status.READY, Status.REFUSED, Status.STOPPED)


def fill_control(dossier: Dossier, events: Sequence[DossierEvent]) -> facts.ControlFacts | None:
    """All events in their order, those that came late too; None while the dossier is not received."""
    if dossier.received_at is None:
        return None
    day = wording.day_of(dossier.received_at)
    first = agency_at(dossier, events, events[0] if events else None)
    agencies = list(dict.fromkeys(agency_at(dossier, events, one) for one in events))
    return facts.ControlFacts(
        heading=heading_of(first, day, at_desk=True),
        subject=subject_of(dossier),
        agency=dossier.agency_name,
        others=tuple(one for one in agencies if one != dossier.agency_name),
        received=wording.spelled_moment(dossier.received_at),
        due=dossier.due_at and wording.spelled_moment(dossier.due_at),
        hops=tuple(_hops(dossier, events, day)),
    )


def _hops(dossier: Dossier, events: Sequence[DossierEvent], day):
    giver: str | None = None
    for event, after in pairwise([*events, None]):
        agency = agency_at(dossier, events, event)
        taker = _hands(event, desk_of(agency, day))
        yield facts.Hop(
            giver=giver,
            taker=taker,
            agency=agency,
            at=wording.spelled_moment(event.occurred_at),
            result=_result(dossier, event, after),
            note=_note(event),
        )
        giver = taker


def _hands(event: DossierEvent, desk: str) -> str:
    """Who holds it: the officer, else the department, else the desk."""
    return ", ".join(filter(None, (event.officer, event.department))) or desk


def _result(dossier: Dossier, event: DossierEvent, after: DossierEvent | None) -> str | None:
    """How the step kept its time limit; the last step is measured by the whole dossier's."""
    if event.status in ENDS:
        return _against(event.occurred_at, dossier.due_at)
    return _against(after.occurred_at, event.step_due_at) if after else None


def _against(done: datetime, due: datetime | None) -> str | None:
    if due is None:
        return None
    if abs(done - due) < A_MINUTE:  # papers write hours and minutes
        return "Đúng hạn"
    return "Trước hạn" if done < due else "Quá hạn"


def _note(event: DossierEvent) -> str:
    parts = [event.status_name, event.step, event.note]
    if event.is_late:
        parts.append(f"ghi nhận muộn, {wording.short_moment(event.recorded_at)}")
    return "; ".join(filter(None, parts))
