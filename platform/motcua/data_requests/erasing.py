"""Erasing what is held about one person, table by table, and the sealed tombstone that stays."""

from datetime import datetime

from motcua import audit
from motcua.appointments import booking
from motcua.audit import chain, seals
from motcua.citizens import registry
from motcua.citizens.models import Citizen
from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Conflict
from motcua.feedback import drafts

from . import held
from .models import DataHold, DataRequest, DataTombstone


class Held(Conflict):
    code = "data_held"
    message = (
        "Dữ liệu của người này đang được giữ theo yêu cầu pháp luật nên chưa xóa được. Xin gỡ lệnh giữ trước."
    )


def subject_of(request: DataRequest) -> held.Subject:
    citizen = db.session.get(Citizen, (request.tenant_id, request.citizen_id)) if request.citizen_id else None
    return held.subject_of(citizen, request.phone_index)


def holds_on(subject: held.Subject) -> list[DataHold]:
    """In force, the oldest first."""
    keys = subject.keys
    whose = DataHold.citizen_id.in_(keys["citizen"]) | DataHold.phone_index.in_(keys["phone"])
    return list(
        db.session.scalars(
            db.select(DataHold).where(DataHold.ended_at.is_(None), whose).order_by(DataHold.id)
        )
    )


def erase(request: DataRequest) -> DataTombstone:
    """Do it; does not commit. Raises Held, and then nothing is changed."""
    subject = subject_of(request)
    if holds_on(subject):
        raise Held
    for citizen in subject.citizens:
        booking.forget(citizen)
        drafts.forget(citizen)
    db.session.flush()
    counts: dict[str, int] = {}
    for holding, rows in held.each(subject):
        table = held.table_of(holding)
        if isinstance(holding.erase, dict):
            statement = db.update(table).where(rows).values(**held.values_of(holding))
        elif holding.erase == held.DELETE:
            statement = db.delete(table).where(rows)
        else:
            continue
        changed = db.session.execute(statement).rowcount
        counts[holding.table] = counts.get(holding.table, 0) + changed
    for citizen in subject.citizens:
        registry.erase(citizen)
    counts["citizen"] = len(subject.citizens)
    _empty_requests(subject)
    return _leave_a_tombstone(request, {name: number for name, number in counts.items() if number})


def _empty_requests(subject: held.Subject) -> None:
    """The words of all the person's requests about data; that they asked, and when, stays."""
    keys = subject.keys
    whose = DataRequest.citizen_id.in_(keys["citizen"]) | DataRequest.phone_index.in_(keys["phone"])
    db.session.execute(
        db.update(DataRequest)
        .where(whose)
        .values(
            phone_index=None,
            phone_encrypted=None,
            said_encrypted=None,
            copy_key_hash=None,
            copy_expires_at=None,
        )
        .execution_options(synchronize_session="fetch")
    )


def _leave_a_tombstone(request: DataRequest, counts: dict[str, int]) -> DataTombstone:
    at, by = now(), request.handled_by or ""
    tombstone = DataTombstone(
        request_id=request.id,
        erased_at=at,
        erased_by=by,
        counts=counts,
        seal=seals.seal(scope.required(), "tombstone", told(request.id, at, by, counts)),
    )
    db.session.add(tombstone)
    request.state, request.closed_at = "done", at
    audit.record("data_request.erase", f"data request {request.id}", counts)
    return tombstone


def told(request_id: int, at: datetime, by: str, counts: dict[str, int]) -> str:
    """What the seal of a tombstone is over."""
    return chain.as_json({"request": request_id, "at": chain.moment(at), "by": by, "counts": counts})


def is_genuine(tombstone: DataTombstone) -> bool:
    what = told(tombstone.request_id, tombstone.erased_at, tombstone.erased_by, tombstone.counts)
    return seals.holds(tombstone.tenant_id, "tombstone", what, tombstone.seal)
