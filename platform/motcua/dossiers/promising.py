"""Due dates that we reckon ourselves, because the source gave none; each with what it was reckoned from.

What the source says always wins: a due date of its own ends ours. The clock's stops are read from the line of
time: status 5 stops it, a later 1, 2 or 4 lets it run again.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import NamedTuple

from motcua.catalogue.lookup import Procedure
from motcua.catalogue.models import Agency
from motcua.core.database import db
from motcua.tenancy import calendars, current
from motcua.tenancy.calendars import Offices

from . import deadlines, workflow
from .deadlines import Supplement
from .models import Dossier, DossierEvent
from .rows import rows
from .statuses import Status

STOPS = Status.SUPPLEMENT
GOES_ON = (Status.FILED, Status.ACCEPTED, Status.PROCESSING)
DEFAULT_POLICY = "pause"


def offices() -> Offices:
    """The calendars of the tenant in scope, as they are now."""
    own_hours = db.session.execute(
        db.select(Agency.code, Agency.office_hours).where(Agency.office_hours.is_not(None))
    ).all()
    days = [day.mark for day in calendars.days_in_force()]
    return calendars.offices_of(current.tenant().settings, days, map(tuple, own_hours))


class Held(NamedTuple):
    """A date of ours while the dossier's line of time is walked again: no event knows it."""

    is_ours: bool
    due_at: datetime | None
    received_at: datetime | None


def hold(dossier: Dossier) -> Held:
    return Held(dossier.due_is_ours, dossier.due_at, dossier.received_at)


def resume(dossier: Dossier, held: Held, *, is_stated: bool) -> None:
    """After the walk. `is_stated`: the source named a date somewhere on the line, or that there is none."""
    if is_stated:
        end(dossier)
    elif not held.is_ours:
        settle_received(dossier, held.received_at)
    elif dossier.is_finished or dossier.received_at is None:
        dossier.due_at = held.due_at
    else:
        renew(dossier)


def settle_received(dossier: Dossier, received_before: datetime | None) -> None:
    """After an event: it may have been the one that took the dossier in."""
    if dossier.received_at != received_before:
        settle(dossier, rows().procedure(dossier.procedure_code), received_before=received_before)


def settle(
    dossier: Dossier,
    procedure: Procedure | None,
    *,
    received_before: datetime | None,
    limit: tuple[float | None, str] | None = None,
) -> None:
    """After the source told of the dossier without naming a due date: promise one where the law names a time.

    A promise already made stays as it is, whatever became of the calendar, unless the moment of receipt changed.
    `limit`: which of the procedure's times somebody chose; else its only one.
    """
    if dossier.received_at is None or dossier.status in (Status.FILED, Status.REFUSED):
        return
    if dossier.due_is_ours:
        if dossier.received_at != received_before:
            renew(dossier)
        return
    limit = limit or (procedure and procedure.facts.time_limit(dossier.channel))
    if limit is None or dossier.due_at is not None:
        return
    dossier.due_duration, dossier.due_unit = limit
    dossier.due_policy, dossier.due_is_ours = DEFAULT_POLICY, True
    renew(dossier)


def end(dossier: Dossier) -> None:
    """The source named the date itself."""
    dossier.due_is_ours = False
    dossier.due_duration = dossier.due_unit = dossier.due_policy = dossier.calendar_version = None


def renew_after(dossier: Dossier, status: int) -> None:
    """After an event: its stop or start moves a date of ours."""
    if dossier.due_is_ours and not dossier.is_finished and status in (STOPS, *GOES_ON):
        renew(dossier)


def renew(dossier: Dossier) -> None:
    """Reckon the due date by the calendar of now."""
    with db.session.no_autoflush:
        known, version = rows().same("calendar", partial(calendars.in_force, offices))
        supplements = _stops((one.status, one.occurred_at) for one in workflow.line(dossier))
    dossier.calendar_version = version.number
    dossier.due_at = reckon(dossier, known, supplements)
    if dossier.promised_at is None and dossier.due_at is not None:
        workflow.state_promised(dossier, dossier.due_at)


def reckon(dossier, known: Offices, supplements: Iterable[Supplement]) -> datetime | None:
    """When a dossier (or a row with its columns) with a basis is due; None while its clock stands still."""
    return deadlines.due_at(
        dossier.received_at,
        dossier.due_duration,
        dossier.due_unit,
        known.of(dossier.agency_code),
        supplements=supplements,
        policy=dossier.due_policy,
    )


def supplements_of(dossier_ids: Collection[int] | db.Select) -> dict[int, list[Supplement]]:
    """When papers were asked for and when the work went on, of those dossiers that were ever asked, in one query."""
    asked = db.select(DossierEvent.dossier_id).where(
        DossierEvent.dossier_id.in_(dossier_ids), DossierEvent.status == STOPS
    )
    told = db.session.execute(
        db.select(DossierEvent.dossier_id, DossierEvent.status, DossierEvent.occurred_at)
        .where(DossierEvent.dossier_id.in_(asked), DossierEvent.status.in_((STOPS, *GOES_ON)))
        .order_by(DossierEvent.dossier_id, DossierEvent.occurred_at, DossierEvent.id)
    )
    return {
        dossier_id: _stops((status, at) for _, status, at in line)
        for dossier_id, line in groupby(told, key=lambda one: one.dossier_id)
    }


def _stops(line: Iterable[tuple[int, datetime]]) -> list[Supplement]:
    """From statuses and moments in order."""
    found: list[Supplement] = []
    for status, at in line:
        is_waiting = bool(found) and found[-1][1] is None
        if status == STOPS and not is_waiting:
            found.append((at, None))
        elif status in GOES_ON and is_waiting:
            found[-1] = (found[-1][0], at)
    return found
