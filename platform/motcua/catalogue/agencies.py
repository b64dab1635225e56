"""The province's agencies as the folder names them and as the console changed them: the console wins.

`Agency.changes` holds what the console said, field -> {"value", "by", "at"}; an agency that only the console knows
has an entry for its name and is never removed by the folder.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from motcua import audit
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Conflict, Invalid, NotFound
from motcua.tenancy.hours_text import parse_hours

from . import changing
from .agencies_file import KINDS, LEVELS, RESERVED_CODES, AgencyRow
from .models import Agency, AgencyChange
from .names import plain_name

EDITABLE = ("name", "desk_name", "address", "phone", "departments", "office_hours", "valid_to")
BATCH = 1000
LONGEST = {"name": 200, "desk_name": 200, "address": 300, "phone": 40}
MOST_DEPARTMENTS = 40
_PHONE = re.compile(r"\+?[0-9][0-9 .()-]{6,30}")
_FOLDER = tuple(
    one.name for one in Agency.__table__.columns
    if one.name not in ("tenant_id", "id", "address", "phone", "departments", "changes")
)  # fmt: skip


def keep_folder(rows: Iterable[AgencyRow]) -> None:
    """Make the agencies those of the folder, under what the console said. Does not commit."""
    values = [_said_by_folder(row) for row in rows]
    known = {one.code: one for one in all_agencies()}
    for value in values:
        held = known.get(value["code"])
        for name, entry in (held.changes if held else {}).items():
            if name in value:
                value[name] = _read(name, entry["value"])
    statement = insert(Agency)
    changed = {name: statement.excluded[name] for name in _FOLDER if name != "code"}
    statement = statement.on_conflict_do_update(index_elements=["tenant_id", "code"], set_=changed)
    for start in range(0, len(values), BATCH):
        db.session.execute(statement, values[start : start + BATCH])
    kept = {value["code"] for value in values} | {one.code for one in known.values() if is_own(one)}
    db.session.execute(db.delete(Agency).where(Agency.code.not_in(kept)))


def _said_by_folder(row: AgencyRow) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in _FOLDER}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def all_agencies() -> list[Agency]:
    """Of the tenant in scope, closed ones too, by level and name."""
    return list(db.session.scalars(db.select(Agency).order_by(Agency.level.desc(), Agency.name)))


def find(code: str) -> Agency:
    """Raises NotFound."""
    found = db.session.scalar(db.select(Agency).where(Agency.code == code))
    if found is None:
        raise NotFound
    return found


def is_own(agency: Agency) -> bool:
    """Only the console knows it."""
    return bool(agency.changes.get("name", {}).get("is_own"))


def history(code: str) -> list[AgencyChange]:
    """The newest first."""
    query = db.select(AgencyChange).where(AgencyChange.code == code).order_by(AgencyChange.id.desc())
    return list(db.session.scalars(query.limit(100)))


def add(kind: str, level: str, given: dict[str, Any], by: str) -> Agency:
    """A new agency; its code comes from its name. Raises Invalid, Conflict. Does not commit."""
    changing.lock()
    if kind not in KINDS or level not in LEVELS:
        raise Invalid(details={"kind": "Xin chọn loại và cấp của cơ quan trong danh sách."})
    values = checked(given)
    code = re.sub(r"[^a-z0-9]+", "-", plain_name(values["name"])).strip("-")[:60]
    if not code or code in RESERVED_CODES:
        raise Invalid(details={"name": "Tên này chưa dùng làm mã được. Xin viết tên đầy đủ của cơ quan."})
    if db.session.scalar(db.select(Agency.id).where(Agency.code == code)):
        raise Conflict(f"Đã có cơ quan mang mã {code}. Xin sửa cơ quan đó, hoặc đặt tên khác.")
    changes = {name: _entry(name, value, by) for name, value in values.items()}
    changes["name"]["is_own"] = True
    agency = Agency(code=code, kind=kind, level=level, changes=changes, **values)
    db.session.add(agency)
    _remember(agency, by, "", {name: [None, value] for name, value in values.items() if value})
    audit.record("agency.add", f"agency {code}", {"name": values["name"]})
    return agency


def change(code: str, given: dict[str, Any], by: str, reason: str = "") -> list[str]:
    """What the console says of it from now on; returns the names of the fields that changed.

    Raises NotFound, Invalid. Does not commit.
    """
    changing.lock()
    return _apply(find(code), checked(given), by, reason, "agency.change")


def close(code: str, last_day: date, by: str, reason: str) -> None:
    """After `last_day` it takes no dossiers and citizens no longer see it; old dossiers keep its name."""
    changing.lock()
    agency = find(code)
    if agency.valid_from and last_day < agency.valid_from:
        raise Invalid("Ngày cuối sớm hơn ngày thành lập. Xin chọn lại ngày.")
    _apply(agency, {"valid_to": last_day}, by, reason, "agency.close")


def reopen(code: str, by: str) -> None:
    changing.lock()
    _apply(find(code), {"valid_to": None}, by, "", "agency.reopen")


def checked(given: dict[str, Any]) -> dict[str, Any]:
    """Trimmed values of the fields that a form carries. Raises Invalid with the fields that are wrong."""
    faults: dict[str, str] = {}
    values: dict[str, Any] = {}
    for name, longest in LONGEST.items():
        values[name] = " ".join(str(given.get(name, "")).split()) or None
        if values[name] and len(values[name]) > longest:
            faults[name] = f"Dài quá {longest} ký tự. Xin viết gọn lại."
    if not values["name"]:
        faults["name"] = "Xin ghi tên cơ quan."
    if values["phone"] and not _PHONE.fullmatch(values["phone"]):
        faults["phone"] = "Số điện thoại chưa đúng dạng. Xin ghi như 0252 3821 234."
    values["departments"] = [
        line for one in given.get("departments", "").splitlines() if (line := " ".join(one.split())[:150])
    ]
    if len(values["departments"]) > MOST_DEPARTMENTS:
        faults["departments"] = f"Nhiều hơn {MOST_DEPARTMENTS} bộ phận. Xin chỉ ghi nơi người dân cần đến."
    values["office_hours"] = " ".join(given.get("office_hours", "").split()) or None
    if values["office_hours"]:
        try:
            parse_hours(values["office_hours"])
        except Invalid as error:
            faults["office_hours"] = error.message
    if faults:
        raise Invalid(details=faults)
    return values


def _apply(agency: Agency, values: dict[str, Any], by: str, reason: str, action: str) -> list[str]:
    differing = {name: value for name, value in values.items() if getattr(agency, name) != value}
    if not differing:
        return []
    told = {name: [_plain(getattr(agency, name)), _plain(value)] for name, value in differing.items()}
    entries = {name: _entry(name, value, by) for name, value in differing.items()}
    if is_own(agency) and "name" in entries:
        entries["name"]["is_own"] = True
    for name, value in differing.items():
        setattr(agency, name, value)
    agency.changes = agency.changes | entries
    _remember(agency, by, reason, told)
    audit.record(action, f"agency {agency.code}", told | ({"reason": reason} if reason else {}))
    return sorted(differing)


def _remember(agency: Agency, by: str, reason: str, fields: dict[str, list]) -> None:
    told = {name: [_plain(one) for one in pair] for name, pair in fields.items()}
    db.session.add(AgencyChange(code=agency.code, staff_name=by, reason=reason, fields=told))
    changing.touch()


def _entry(name: str, value: Any, by: str) -> dict[str, Any]:
    return {"value": _plain(value), "by": by, "at": now().isoformat()}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _read(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name == "valid_to" and value else value
