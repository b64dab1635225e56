"""Which papers a dossier can have, and each of them made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from motcua.core.errors import NotFound
from motcua.tenancy import current

from .. import wording, workflow
from ..models import Dossier, DossierEvent
from ..statuses import Status
from . import acts_told, control, filling, issuing, sets
from .acts_told import agency_at

RECEIPT = "01"  # in every set

# Of each act: what tells of it, what fills its form, and which of its moments dates the paper.
TOLD = {
    "supplement": (acts_told.supplement_told, filling.fill_supplement, "asked_at"),
    "refusal": (acts_told.refusal_told, filling.fill_refusal, "refused_at"),
    "apology": (acts_told.apology_told, filling.fill_apology, "written_at"),
    "stop": (acts_told.stop_told, filling.fill_stop, "stopped_at"),
}
# From the receipt and the line of time alone.
WHOLE = {"receipt": filling.fill_receipt, "control": control.fill_control}


@dataclass(frozen=True)
class Draft:
    facts: Any
    agency: str
    at: datetime


class NothingToPrint(NotFound):
    code = "form_not_available"
    message = (
        "Hồ sơ chưa có việc để lập giấy này (ví dụ chưa tiếp nhận, chưa yêu cầu bổ sung, chưa từ chối). "
        "Xin xem diễn biến hồ sơ rồi chọn giấy khác."
    )


def set_of(dossier: Dossier) -> sets.FormSet:
    """The set of forms that held when the dossier came in."""
    return sets.set_on(current.tenant().settings, wording.day_of(dossier.received_at or dossier.created_at))


def available(dossier: Dossier, events: Sequence[DossierEvent]) -> list[sets.Form]:
    """The forms that can be printed for this dossier now; `events` its line of time, the oldest first."""
    return [form for form in set_of(dossier).forms if _has_cause(form.kind, dossier, events)]


def make(dossier: Dossier, number: str, by: str) -> issuing.Paper:
    """The dossier's form of that number (“01”) in its own set. Does not commit.

    Raises sets.FormUnknown for another number, NothingToPrint while there is nothing to say.
    """
    form_set = set_of(dossier)
    form, events = form_set.numbered(number), workflow.line(dossier)
    draft = _draft(form.kind, dossier, events)
    if draft is None:
        raise NothingToPrint
    return issuing.issue(
        form,
        form_set,
        draft.facts,
        agency=draft.agency,
        dated=wording.day_of(draft.at),
        by=by,
        dossier_id=dossier.id,
    )


def _has_cause(kind: str, dossier: Dossier, events: Sequence[DossierEvent]) -> bool:
    if kind in TOLD:
        return TOLD[kind][0](dossier, events) is not None
    return kind in WHOLE and dossier.received_at is not None


def _draft(kind: str, dossier: Dossier, events: Sequence[DossierEvent]) -> Draft | None:
    if kind in TOLD:
        tell, fill, moment = TOLD[kind]
        act = tell(dossier, events)
        return act and Draft(fill(dossier, act), act.agency_name, getattr(act, moment))
    facts = WHOLE[kind](dossier, events) if kind in WHOLE else None
    if facts is None:
        return None
    taken_in = next((one for one in events if one.status == Status.ACCEPTED), None)
    return Draft(facts, agency_at(dossier, events, taken_in), dossier.received_at)
