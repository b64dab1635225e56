"""Taking in what the one-stop system says of a dossier: whole dossiers and single events."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from motcua.catalogue import lookup
from motcua.citizens.models import phone_index
from motcua.core import crypto, scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Invalid, NotFound

from . import codes, following, news
from .models import PEOPLE, Dossier, DossierEvent, proof_index
from .rows import rows
from .statuses import Status, is_expected

CLOCKS_DIFFER = timedelta(hours=1)


class DossierNotFound(NotFound):
    code = "dossier_not_found"
    message = "Không tìm thấy hồ sơ này. Xin kiểm tra lại mã hồ sơ trên giấy tiếp nhận."


@dataclass(frozen=True)
class Told:
    """What one event changed. `known`: we had this very event already."""

    dossier: Dossier
    known: bool = False
    is_late: bool = False
    is_unexpected: bool = False


def find(code: str) -> Dossier:
    """The dossier of the tenant in scope. Raises DossierNotFound, also for an impossible code."""
    try:
        code = codes.normalise(code)
    except Invalid as error:
        raise DossierNotFound from error
    dossier = rows().dossier(code)
    if dossier is None:
        raise DossierNotFound
    return dossier


def find_by_token(token: str) -> Dossier:
    """The dossier behind a QR's token. Raises DossierNotFound."""
    dossier = db.session.scalar(db.select(Dossier).where(Dossier.token == token))
    if dossier is None:
        raise DossierNotFound
    return dossier


def put(code: str, data: dict) -> tuple[Dossier, bool]:
    """Store a whole dossier as `schemas.DossierIn` loads it; returns it and whether it is new.

    The very same content sent again changes nothing. Raises Invalid (naming the field) for an impossible
    code, an unknown procedure or agency, or a time in the future. Does not commit.
    """
    code = codes.normalise(code)
    rows().lock(code)
    dossier = rows().dossier(code)
    digest = _digest(data)
    if dossier is not None and dossier.source_digest == digest:
        return dossier, False
    procedure = rows().procedure(data["procedure_code"])
    if procedure is None:
        raise _invalid(
            "procedure_code",
            f"Tỉnh chưa có thủ tục mã {data['procedure_code']}. Xin kiểm tra lại mã hoặc bật thủ tục trong danh mục.",
        )
    at = _not_in_future("status_at", data.get("status_at") or data.get("received_at") or now())
    where = _where(data)
    is_new = dossier is None
    if is_new:
        if not where.get("agency_name"):
            raise _invalid("agency_code", "Thiếu cơ quan giải quyết. Xin gửi agency_code hoặc agency_name.")
        dossier = Dossier(
            code=code,
            token=codes.new_token(),
            status=data["status"],
            status_at=at,
            promised_at=data.get("due_at"),
        )
    old_due = dossier.due_at
    _fill(dossier, data, procedure, digest)
    if is_new:
        _move(dossier, where, data["status"], at)
        rows().add(dossier)
        _keep_phones(dossier, data)
        following.follow_by_phone(dossier)
        event = _event(dossier, where, data["status"], at, data.get("note"))
        event.is_unexpected = not is_expected(None, data["status"])
        news.tell(dossier, event, before=None)
        return dossier, True
    _keep_phones(dossier, data)
    following.follow_by_phone(dossier)
    if data.get("status_at"):
        _take_event(dossier, where, data["status"], at, data.get("note"))
    else:
        _move(dossier, where, dossier.status, dossier.status_at)
    if "due_at" in data and dossier.due_at != old_due:
        news.tell_due_changed(dossier, old_due)
    return dossier, False


def add_event(code: str, data: dict) -> Told:
    """Store one event as `schemas.EventIn` loads it. Does not commit.

    Raises DossierNotFound, and Invalid for an unknown agency or a time in the future.
    """
    dossier = find(code)
    rows().lock(dossier.code)
    rows().refresh(dossier)
    at = _not_in_future("occurred_at", data["occurred_at"])
    where = _where(data)
    return _take_event(dossier, where, data["status"], at, data.get("note"))


def _take_event(dossier: Dossier, where: dict, status: int, at: datetime, note: str | None) -> Told:
    fingerprint = _fingerprint(status, at, where)
    known = rows().event(dossier, fingerprint)
    if known is not None:
        return Told(dossier, True, known.is_late, known.is_unexpected)
    before, before_that = dossier.status, rows().status_before(dossier)
    event = _event(dossier, where, status, at, note)
    if at < dossier.status_at:
        event.is_late = True  # kept for the line of time; what we know is newer, and nobody is told twice
    else:
        event.is_unexpected = not is_expected(before, status, before_that)
        old_due, old_agency = dossier.due_at, dossier.agency_name
        _move(dossier, where, status, at)
        changed = status != before or dossier.agency_name != old_agency or dossier.due_at != old_due
        news.tell(dossier, event, before=before, old_due=old_due, shows_to_all=changed)
    return Told(dossier, False, event.is_late, event.is_unexpected)


def _event(dossier: Dossier, where: dict, status: int, at: datetime, note: str | None) -> DossierEvent:
    event = DossierEvent(
        dossier_id=dossier.id,
        fingerprint=_fingerprint(status, at, where),
        status=status,
        occurred_at=at,
        note=note,
        is_late=False,
        is_unexpected=False,
        **{
            name: where.get(name)
            for name in ("agency_name", "department", "officer", "officer_title", "step", "step_due_at")
        },
    )
    rows().add(event)
    return event


def _fill(dossier: Dossier, data: dict, procedure: lookup.Procedure, digest: str) -> None:
    people = {role: data[role] for role in PEOPLE if data.get(role)}
    dossier.procedure_code, dossier.procedure_name = procedure.code, procedure.name
    dossier.channel, dossier.summary = data["channel"], data.get("summary")
    dossier.people_encrypted = crypto.seal_json(scope.required(), "dossier_people", people)
    dossier.proof_indexes = sorted(
        {
            proof_index(dossier.code, person[item][-4:])
            for person in people.values()
            for item in ("phone", "id_number")
            if person.get(item)
        }
    )
    dossier.papers = data.get("papers") or []
    if data.get("received_at"):
        dossier.received_at = data["received_at"]
    dossier.source_digest = digest


def _move(dossier: Dossier, where: dict, status: int, at: datetime) -> None:
    """Bring the dossier to where the event says it is. What the event leaves out stays as it was."""
    dossier.status, dossier.status_at, dossier.source_time = status, at, now()
    for name, value in where.items():
        setattr(dossier, name, value)
    if status == Status.ACCEPTED and dossier.received_at is None:
        dossier.received_at = at
    if status == Status.READY:
        dossier.ready_at = at
    if status == Status.RETURNED:
        dossier.returned_at = at
    if dossier.promised_at is None:
        dossier.promised_at = dossier.due_at


def _where(data: dict) -> dict:
    """Flat columns of what `schemas.WhereIn` gives; a new department forgets the old one's officer."""
    where = {name: data[name] for name in ("agency_name", "department", "due_at") if name in data}
    if data.get("agency_code"):
        agency = rows().agency(data["agency_code"])
        if agency is None and not data.get("agency_name"):
            raise _invalid(
                "agency_code",
                f"Chưa có cơ quan mã {data['agency_code']}. Xin gửi kèm agency_name hoặc thêm cơ quan vào danh mục.",
            )
        where |= {"agency_code": data["agency_code"], "agency_name": data.get("agency_name") or agency.name}
    if "agency_name" in where or "department" in where or "officer" in data:
        officer = data.get("officer") or {}
        where |= {"officer": officer.get("name"), "officer_title": officer.get("title")}
    if "step" in data:
        where |= {"step": data["step"]["name"], "step_due_at": data["step"]["due_at"]}
    pickup = data.get("pickup") or {}
    where |= {f"pickup_{name}": pickup[name] for name in ("place", "hours") if name in pickup}
    return where


def _keep_phones(dossier: Dossier, data: dict) -> None:
    wanted = {phone_index(data[role]["phone"]) for role in PEOPLE if data.get(role, {}).get("phone")}
    rows().keep_phones(dossier, wanted)


def _not_in_future(field: str, at: datetime) -> datetime:
    if at > now() + CLOCKS_DIFFER:
        raise _invalid(field, "Thời điểm này ở tương lai. Xin kiểm tra đồng hồ và múi giờ của hệ thống gửi.")
    return at


def _invalid(field: str, sentence: str) -> Invalid:
    return Invalid(details={field: [sentence]})


def _digest(data: dict) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()


def _fingerprint(status: int, at: datetime, where: dict) -> str:
    told = [
        status,
        at.timestamp(),
        *(where.get(name) for name in ("agency_name", "department", "officer", "step")),
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
