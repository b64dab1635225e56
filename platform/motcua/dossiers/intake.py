"""Taking in what the one-stop system says of a dossier: whole dossiers and single events."""

from dataclasses import dataclass

from motcua.catalogue import lookup
from motcua.citizens.models import phone_index
from motcua.core import crypto, scope
from motcua.core.clock import now
from motcua.core.database import db

from . import (
    applicant,
    codes,
    finding,
    following,
    news,
    people_index,
    promising,
    reading,
    records,
    status_map,
    syncing,
    workflow,
)
from .chronicle import Chronicle
from .finding import DossierNotFound, find, find_by_token
from .models import PEOPLE, Dossier, DossierEvent
from .reading import Draft
from .records import NOTHING, Made
from .rows import rows
from .statuses import Status, why_unexpected

__all__ = ["DossierNotFound", "Told", "add_event", "find", "find_by_token", "hold", "put", "reread"]


@dataclass(frozen=True)
class Told:
    """What one event changed. `known`: we had this very event already, with all that it says."""

    dossier: Dossier
    known: bool = False
    is_late: bool = False
    is_unexpected: bool = False


def put(code: str, data: dict) -> tuple[Dossier, bool]:
    """Store a whole dossier as `schemas.DossierIn` loads it; returns it and whether it is new.

    `time_limit` in `data`: which of the procedure's times is this dossier's, as Duration.limit says it.
    The very same content sent again changes nothing. Raises Invalid (naming the field) for an impossible
    code, an unknown procedure or agency, or a time in the future. Does not commit.
    """
    code = codes.normalise(code)
    dossier = hold(code)
    digest = reading.digest(data)
    if dossier is not None and dossier.source_digest == digest:
        return dossier, False
    procedure = rows().procedure(data["procedure_code"])
    if procedure is None:
        raise reading.invalid(
            "procedure_code",
            f"Tỉnh chưa có thủ tục mã {data['procedure_code']}. Xin kiểm tra lại mã hoặc bật thủ tục trong danh mục.",
        )
    at = reading.not_in_future("status_at", data.get("status_at") or data.get("received_at") or now())
    is_new = dossier is None
    if is_new:
        return _create(code, data, procedure, reading.draft(data, at), digest), True
    old_due, received_before = dossier.due_at, dossier.received_at
    _fill(dossier, data, procedure, digest)
    _keep_phones(dossier, data)
    people_index.keep(dossier, data, is_new=False)
    if data.get("status_at"):
        told = reading.draft(data, at)
        if _take_event(dossier, told).known and at >= dossier.status_at:
            workflow.patch(dossier, told.where)  # the same event, but a due date or a desk was corrected
    else:
        workflow.patch(dossier, reading.where_of(data))
        dossier.source_time = dossier.synced_at = now()
        syncing.compare(dossier, data.get("status"))
    _keep_legs(dossier, data)
    if "due_at" in data:
        promising.end(dossier)
    else:
        old_due = dossier.due_at  # an event has told of its own
        promising.settle(dossier, procedure, received_before=received_before)
    if dossier.due_at != old_due:
        news.tell_due_changed(dossier, old_due)
    return dossier, False


def add_event(code: str, data: dict) -> Told:
    """Store one event as `schemas.EventIn` loads it. Does not commit.

    Raises DossierNotFound, and Invalid for an unknown agency or a time in the future.
    """
    dossier = hold(codes.folded(code))
    if dossier is None:
        raise DossierNotFound
    at = reading.not_in_future("occurred_at", data["occurred_at"])
    return _take_event(dossier, reading.draft(data, at))


def _create(code: str, data: dict, procedure: lookup.Procedure, told: Draft, digest: str) -> Dossier:
    if not told.where.get("agency_name"):
        raise reading.invalid(
            "agency_code", "Thiếu cơ quan giải quyết. Xin gửi agency_code hoặc agency_name."
        )
    dossier = Dossier(
        code=code,
        token=codes.new_token(),
        payment_state="none",
        handover_state="none",
        sync_state="current",
        has_records=False,
        has_aliases=False,
        source_time=now(),
        synced_at=now(),
        snapshot={},
    )
    _fill(dossier, data, procedure, digest)
    event = told.for_dossier(None)
    workflow.step(dossier, event)
    rows().add(dossier)
    _keep_phones(dossier, data)
    people_index.keep(dossier, data, is_new=True)
    event.dossier_id = dossier.id
    event.id = rows().store(event)
    made = NOTHING
    is_plain = event.status in (Status.FILED, Status.ACCEPTED) and not set(event.said) & {
        *workflow.MEMBERS,
        "is_unmapped",
    }
    if not is_plain:
        events = workflow.line(dossier)
        event = events[0]
        found = _replay(dossier, events)
        made = records.made_by(event, found, records.keep(dossier, found))
    _keep_legs(dossier, data)
    finding.keep_aliases(dossier, data.get("aliases", []))
    if "due_at" not in data:
        promising.settle(dossier, procedure, received_before=None, limit=data.get("time_limit"))
    news.tell(dossier, event, before=None, made=made)
    return dossier


def reread(event_id: int) -> bool:
    """Read an event's unknown local code by the map of today; returns whether it is known now. Does not commit."""
    event = db.session.get(DossierEvent, (scope.required(), event_id))
    dossier = db.session.get(Dossier, (scope.required(), event.dossier_id))
    rows().lock(dossier.code)
    for one in (dossier, event):
        db.session.refresh(one)
    before = _standing(dossier)
    known = reading.learn(event, status_map.read(event.local_code))
    if known:
        _walk(dossier, event.fingerprint, before, is_again=True)
    return known


def _take_event(dossier: Dossier, told: Draft) -> Told:
    event = told.for_dossier(dossier.id)
    before = _standing(dossier)
    is_short = workflow.comes_after(dossier, event) and workflow.needs_no_history(dossier, event)
    if is_short:
        event.unexpected_why = why_unexpected(dossier.status, event.status)
        event.is_unexpected = event.unexpected_why is not None
    event.id = rows().store(event)
    is_again = event.id is None
    if is_again:
        event = rows().event(dossier, told.fingerprint)
        if not reading.add_to(event, told):
            return Told(dossier, True, event.is_late, event.is_unexpected)
    dossier.synced_at, dossier.sync_state = now(), "current"
    if is_short and not is_again:
        received_before = dossier.received_at
        found = workflow.advance(dossier, event)
        if "due_at" in event.said:
            promising.end(dossier)
        else:
            promising.renew_after(dossier, event.status)
            promising.settle_received(dossier, received_before)
        made = records.made_by(event, found, records.add(dossier, found))
        return _tell(dossier, event, before, made)
    return _walk(dossier, event.fingerprint, before, is_again)


def _walk(dossier: Dossier, fingerprint: str, before: tuple, is_again: bool) -> Told:
    """Walk the whole line again, because of one of its events."""
    events = workflow.line(dossier)
    found = _replay(dossier, events)
    event = next(one for one in events if one.fingerprint == fingerprint)
    is_last = events[-1] is event
    event.is_late = event.is_late or not is_last
    made = records.made_by(event, found, records.keep(dossier, found))
    if is_last:
        return _tell(dossier, event, before, made, is_again)
    if dossier.due_at != before[1]:  # what we know is newer, and nobody is told twice
        news.tell_due_changed(dossier, before[1])
    return Told(dossier, False, event.is_late, event.is_unexpected)


def _replay(dossier: Dossier, events: list[DossierEvent]) -> Chronicle:
    held = promising.hold(dossier)
    found = workflow.replay(dossier, events)
    promising.resume(dossier, held, is_stated=workflow.states_due(dossier, events))
    return found


def _tell(dossier: Dossier, event: DossierEvent, before: tuple, made: Made, is_again: bool = False) -> Told:
    """`event` is the last: say so to those it concerns; one heard before only if it means something else now."""
    dossier.source_time = now()
    changed = _standing(dossier) != before
    if changed or not is_again:
        news.tell(
            dossier,
            event,
            before=before[0],
            old_due=before[1],
            shows_to_all=changed,
            made=made,
            is_corrected=is_again,
        )
    return Told(dossier, False, event.is_late, event.is_unexpected)


def _standing(dossier: Dossier) -> tuple:
    """What everybody may see change: the status, the date, the agency."""
    return dossier.status, dossier.due_at, dossier.agency_name


def _fill(dossier: Dossier, data: dict, procedure: lookup.Procedure, digest: str) -> None:
    people = {role: data[role] for role in PEOPLE if data.get(role)}
    dossier.procedure_code, dossier.procedure_name = procedure.code, procedure.name
    dossier.channel, dossier.summary = data["channel"], data.get("summary")
    dossier.people_encrypted = crypto.seal_json(scope.required(), "dossier_people", people)
    dossier.proof_indexes = sorted(applicant.proof_indexes(dossier.code, people.values()))
    dossier.papers = data.get("papers") or []
    if data.get("received_at"):
        workflow.state_received(dossier, data["received_at"])
    if "aliases" in data and dossier.id is not None:
        finding.keep_aliases(dossier, data["aliases"])
    dossier.source_digest = digest


def _keep_legs(dossier: Dossier, data: dict) -> None:
    """Each agency's part as the source states it; it stands for what the events show."""
    if "legs" not in data:
        return
    dossier.snapshot = workflow.snapshot_of(dossier) | {"legs": reading.legs(data["legs"])}
    db.session.flush()
    records.keep(dossier, _replay(dossier, workflow.line(dossier)))


def _keep_phones(dossier: Dossier, data: dict) -> None:
    """The phones on the dossier, and those who follow it because they proved one of them."""
    wanted = {phone_index(data[role]["phone"]) for role in PEOPLE if data.get(role, {}).get("phone")}
    rows().keep_phones(dossier, wanted)
    following.follow_by_phone(dossier, wanted)


def hold(code: str) -> Dossier | None:
    """The dossier as it is now, or None; nobody else writes under its code until we commit."""
    rows().lock(code)
    dossier = rows().dossier(code)
    if dossier is not None and dossier.code != code:  # found by another of its codes
        rows().lock(dossier.code)
        rows().refresh(dossier)
    return dossier
