"""From what the one-stop system sends (loaded by `schemas`) to the event that we keep."""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from motcua.core import crypto, scope
from motcua.core.clock import now
from motcua.core.errors import Invalid

from . import status_map
from .models import DossierEvent
from .record_models import RECEIVER
from .rows import rows
from .status_map import Meaning
from .statuses import Status
from .workflow import MEMBERS

CLOCKS_DIFFER = timedelta(hours=1)
COLUMNS = ("agency_name", "department", "officer", "officer_title", "step", "step_due_at")
BESIDES = ("agency_code", "due_at", "pickup_place", "pickup_hours")  # kept in `DossierEvent.said`


@dataclass(frozen=True)
class Draft:
    """An event before we know which dossier's: `where` is flat, as `workflow.where_of` gives it."""

    name: int | str  # of what happened: the stated status, else the local code
    meaning: Meaning
    at: datetime
    where: dict[str, Any]
    local_code: str | None
    note: str | None
    reason: str | None
    members: dict[str, Any]  # JSON-safe, with no readable name of a receiver

    def for_dossier(self, dossier_id: int | None) -> DossierEvent:
        said = {name: _plain(self.where[name]) for name in BESIDES if name in self.where} | self.members
        if self.meaning.texts:
            said["text"] = self.meaning.texts
        if not self.meaning.is_known:
            said["is_unmapped"] = True
        return DossierEvent(
            tenant_id=scope.required(),
            dossier_id=dossier_id,
            fingerprint=self.fingerprint,
            status=self.meaning.status,
            occurred_at=self.at,
            recorded_at=now(),
            is_late=False,
            is_unexpected=False,
            note=self.note,
            reason=self.reason,
            local_code=self.local_code,
            status_map_version=self.meaning.version,
            said=said,
            **{name: self.where.get(name) for name in COLUMNS},
        )

    @property
    def fingerprint(self) -> str:
        """The same for the same event sent again, also when its local code has been mapped since."""
        who = (self.where.get(part) for part in ("agency_name", "department", "officer", "step"))
        return digest([self.name, self.at.timestamp(), *who])


def draft(data: dict, at: datetime) -> Draft:
    """The event that happened `at`. Raises Invalid for an unknown agency."""
    where = where_of(data)
    members = {name: _plain(data[name]) for name in MEMBERS if data.get(name)}
    if "apology" in members:
        where.setdefault("due_at", data["apology"]["new_due_at"])
    if "receiver_name" in members.get("handover", {}):
        name = members["handover"].pop("receiver_name")
        members["handover"]["receiver_encrypted"] = crypto.seal_json(scope.required(), RECEIVER, name)
    meaning = _meaning(data)
    is_read = data.get("status") is None and data.get("local_code")
    return Draft(
        f"local:{status_map.key_of(data['local_code'])}" if is_read else meaning.status,
        meaning,
        at,
        where,
        data.get("local_code"),
        data.get("note"),
        data.get("reason"),
        members,
    )


def where_of(data: dict) -> dict[str, Any]:
    """Flat columns of what `schemas.WhereIn` gives; a new department forgets the old one's officer."""
    where = {name: data[name] for name in ("agency_name", "department", "due_at") if name in data}
    if data.get("agency_code"):
        agency = None if data.get("agency_name") else rows().agency(data["agency_code"])
        if agency is None and not data.get("agency_name"):
            raise invalid(
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


def add_to(known: DossierEvent, told: Draft) -> bool:
    """The same event again may bring what its first telling left out, or a code that has been mapped since.

    Returns whether it did; what the first telling said stays.
    """
    learnt = learn(known, told.meaning)
    more = {name: value for name, value in told.members.items() if name not in known.said}
    if "apology" in more and "due_at" not in known.said:
        more["due_at"] = more["apology"]["new_due_at"]
    if more:
        known.said = known.said | more
    gives_reason = known.reason is None and told.reason is not None
    if gives_reason:
        known.reason = told.reason
    return bool(learnt or more or gives_reason)


def learn(event: DossierEvent, meaning: Meaning) -> bool:
    """Read an event's unknown local code by a map that knows it; False when there is nothing to learn."""
    if not event.said.get("is_unmapped") or not meaning.is_known:
        return False
    event.status, event.status_map_version = meaning.status, meaning.version
    said = {name: value for name, value in event.said.items() if name != "is_unmapped"}
    event.said = said | ({"text": meaning.texts} if meaning.texts else {})
    return True


def legs(stated: list[dict]) -> list[dict]:
    """Legs as `Dossier.snapshot` keeps them. Raises Invalid for an agency that nobody knows."""
    kept = []
    for one in stated:
        where = where_of({name: one[name] for name in ("agency_code", "agency_name") if name in one})
        times = {name: _plain(one.get(name)) for name in ("received_at", "due_at", "finished_at")}
        kept.append({"agency_code": where.get("agency_code"), "agency_name": where["agency_name"]} | times)
    return kept


def not_in_future(field: str, at: datetime) -> datetime:
    if at > now() + CLOCKS_DIFFER:
        raise invalid(field, "Thời điểm này ở tương lai. Xin kiểm tra đồng hồ và múi giờ của hệ thống gửi.")
    return at


def invalid(field: str, sentence: str) -> Invalid:
    return Invalid(details={field: [sentence]})


def digest(told: Any) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def _meaning(data: dict) -> Meaning:
    """A stated status wins over what a map says of the local code beside it."""
    if data.get("local_code"):
        meaning = rows().same(
            f"local_code:{data['local_code']}", partial(status_map.read, data["local_code"])
        )
        return replace(meaning, status=data["status"], is_known=True) if data.get("status") else meaning
    return Meaning(data.get("status") or Status.ACCEPTED, None, is_known=True)


def _plain(value: Any) -> Any:
    """JSON of loaded data: times and days as ISO 8601."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value
