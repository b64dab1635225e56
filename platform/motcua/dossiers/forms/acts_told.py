"""The acts that a dossier's line of time tells of: as fully as its source told them."""

from collections.abc import Sequence
from datetime import datetime

from .. import records
from ..models import Dossier, DossierEvent
from ..statuses import Status
from .acts import Apology, AskedPaper, Refusal, Stop, Supplement


def agency_at(dossier: Dossier, events: Sequence[DossierEvent], at: DossierEvent | None) -> str:
    """Who held the dossier when `at` happened: the event's agency, else the last one named before it."""
    named = [one.agency_name for one in events[: events.index(at) + 1] if one.agency_name] if at else []
    return named[-1] if named else dossier.agency_name


def supplement_told(dossier: Dossier, events: Sequence[DossierEvent]) -> Supplement | None:
    event = _last(events, Status.SUPPLEMENT)
    if event is None:
        return None
    asked = event.said.get("supplement", {})
    was_received = dossier.received_at is not None and dossier.received_at <= event.occurred_at
    return Supplement(
        event.occurred_at,
        agency_at(dossier, events, event),
        asked.get("reason") or event.reason or event.note,
        items=tuple(AskedPaper(**paper) for paper in asked.get("items", ())),
        respond_by=_moment(asked.get("respond_by")) or event.step_due_at,
        stage=asked.get("stage") or ("appraisal" if was_received else "reception"),
        officer=event.officer,
        contact_phone=asked.get("contact_phone"),
    )


def refusal_told(dossier: Dossier, events: Sequence[DossierEvent]) -> Refusal | None:
    event = _last(events, Status.REFUSED)
    return event and Refusal(
        event.occurred_at,
        agency_at(dossier, events, event),
        event.reason or event.note,
        officer=event.officer,
    )


def stop_told(dossier: Dossier, events: Sequence[DossierEvent]) -> Stop | None:
    event = _last(events, Status.STOPPED)
    return event and Stop(
        event.occurred_at,
        agency_at(dossier, events, event),
        event.reason or event.note,
        stage=event.step or event.department,
    )


def apology_told(dossier: Dossier, events: Sequence[DossierEvent]) -> Apology | None:
    """The last apology; where the source sent none, a due date later than the promised one.

    Then the reason is left for a hand to write, and the day on the paper is that of the last thing that happened
    before the promise ran out.
    """
    if any("apology" in one.said for one in events):
        kept = records.of(dossier)["apologies"][-1]
        return Apology(
            kept.apologised_at,
            kept.agency_name,
            kept.old_due_at or kept.new_due_at,
            kept.new_due_at,
            kept.reason,
            signer_title=kept.signer_title,
            signer_name=kept.signer,
        )
    promised, due = dossier.promised_at, dossier.due_at
    if not promised or not due or due <= promised:
        return None
    known = [one.recorded_at for one in events if one.recorded_at <= due]
    return Apology(known[-1] if known else promised, dossier.agency_name, promised, due, None)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _last(events: Sequence[DossierEvent], status: Status) -> DossierEvent | None:
    return next((one for one in reversed(events) if one.status == status), None)
