"""The acts that a dossier's own line of time tells of: reasons as notes, no list of papers, no signer.

A source that sends more (what to supplement, an apology's signer) has records of its own; whoever keeps them
makes `acts` from them and need not come here.
"""

from collections.abc import Sequence

from ..models import Dossier, DossierEvent
from ..statuses import Status
from .acts import Apology, Refusal, Stop, Supplement


def agency_at(dossier: Dossier, events: Sequence[DossierEvent], at: DossierEvent | None) -> str:
    """Who held the dossier when `at` happened: the event's agency, else the last one named before it."""
    named = [one.agency_name for one in events[: events.index(at) + 1] if one.agency_name] if at else []
    return named[-1] if named else dossier.agency_name


def supplement_told(dossier: Dossier, events: Sequence[DossierEvent]) -> Supplement | None:
    event = _last(events, Status.SUPPLEMENT)
    if event is None:
        return None
    return Supplement(
        event.occurred_at,
        agency_at(dossier, events, event),
        event.note,
        respond_by=event.step_due_at,
        stage="appraisal"
        if dossier.received_at and dossier.received_at <= event.occurred_at
        else "reception",
        officer=event.officer,
    )


def refusal_told(dossier: Dossier, events: Sequence[DossierEvent]) -> Refusal | None:
    event = _last(events, Status.REFUSED)
    return event and Refusal(
        event.occurred_at, agency_at(dossier, events, event), event.note, officer=event.officer
    )


def stop_told(dossier: Dossier, events: Sequence[DossierEvent]) -> Stop | None:
    event = _last(events, Status.STOPPED)
    return event and Stop(
        event.occurred_at, agency_at(dossier, events, event), event.note, stage=event.step or event.department
    )


def apology_told(dossier: Dossier, events: Sequence[DossierEvent]) -> Apology | None:
    """A due date later than the promised one; the reason is left for a hand to write.

    The day on the paper is that of the last thing that happened before the promise ran out.
    """
    promised, due = dossier.promised_at, dossier.due_at
    if not promised or not due or due <= promised:
        return None
    known = [one.recorded_at for one in events if one.recorded_at <= due]
    return Apology(known[-1] if known else promised, dossier.agency_name, promised, due, None)


def _last(events: Sequence[DossierEvent], status: Status) -> DossierEvent | None:
    return next((one for one in reversed(events) if one.status == status), None)
