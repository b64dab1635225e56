"""Which news an event is: one kind a thing, each with a text of its own."""

from datetime import datetime

from motcua.core.database import db

from .models import Dossier, DossierEvent
from .record_models import DossierSupplement
from .records import Made
from .statuses import CORRECTION, RECALLS, Status

KINDS = {
    Status.FILED: "dossier_filed",
    Status.ACCEPTED: "dossier_accepted",
    Status.REFUSED: "dossier_refused",
    Status.PROCESSING: "dossier_moved",
    Status.SUPPLEMENT: "dossier_supplement",
    Status.FEE: "dossier_fee",
    Status.WITHDRAWAL: "dossier_withdrawal",
    Status.STOPPED: "dossier_stopped",
    Status.RETURNED: "dossier_returned",
}
ON_THE_WAY = (Status.FILED, Status.ACCEPTED, Status.PROCESSING)
ENDED = (Status.REFUSED, Status.STOPPED)
# Of these only who is known on Zalo hears: a paid message is for news of substance.
FREE_ONLY = frozenset({"dossier_moved", "dossier_fee_paid", "dossier_supplemented", "dossier_silent"})


def kinds_of(
    dossier: Dossier, event: DossierEvent, before: int | None, old_due: datetime | None, made: Made
) -> list[str]:
    """The texts that tell this event, the weightiest first. A mere passing on gives way to what it brought."""
    main = kind_of(dossier, event, before, old_due)
    brought = []
    if made.apology is not None:
        brought.append("dossier_late")
    if made.fee is not None and "fee_paid" in event.said:
        brought.append("dossier_fee_paid")
    if main == "dossier_moved" and before is not None:
        if not brought and old_due is not None and dossier.due_at not in (None, old_due):
            return ["dossier_due_changed"]
        return brought or [main]
    return [main, *brought]


def concerning(kind: str, made: Made) -> Made:
    """Of the records that one event brought, those that this kind of news is about: each has its own reason."""
    if kind == "dossier_late":
        return Made(apology=made.apology)
    if kind == "dossier_fee_paid":
        return Made(fee=made.fee)
    return Made(made.supplement, made.fee, None, made.result)


def kind_of(dossier: Dossier, event: DossierEvent, before: int | None, old_due: datetime | None) -> str:
    """Which of the texts tells the step itself."""
    step = (before, event.status)
    if step == CORRECTION:
        return "dossier_corrected"
    if step in RECALLS:
        return "dossier_recalled"
    if event.status == Status.READY:
        promised = old_due or dossier.due_at
        return "dossier_ready_early" if promised and event.occurred_at < promised else "dossier_ready"
    if before == Status.WITHDRAWAL and event.status == Status.STOPPED:
        return "dossier_withdrawn"
    if before == Status.WITHDRAWAL and event.status in ON_THE_WAY:
        return "dossier_withdrawal_refused"
    if before == Status.SUPPLEMENT and event.status in ON_THE_WAY:
        return "dossier_supplemented"
    if before == Status.SUPPLEMENT and event.status in ENDED and _window_lapsed(dossier, event):
        return "dossier_supplement_lapsed"
    if event.status == Status.ACCEPTED and before not in (None, Status.FILED):
        return "dossier_moved"  # back on the desk after a payment
    return KINDS[Status(event.status)]


def _window_lapsed(dossier: Dossier, event: DossierEvent) -> bool:
    """Whether the papers were waited for until their last day, and did not come."""
    respond_by = db.session.scalar(
        db.select(DossierSupplement.respond_by)
        .where(DossierSupplement.dossier_id == dossier.id)
        .order_by(DossierSupplement.number.desc())
        .limit(1)
    )
    return respond_by is not None and event.occurred_at >= respond_by
