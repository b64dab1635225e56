"""One procedure changed by hand in the console: what the province says differently, on and off."""

from dataclasses import dataclass, replace
from typing import Any

from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Invalid, NotFound

from . import changing, versions
from .changing import Author
from .codes import normalise_code
from .effective import FieldValue, facts_of, fields_of, merged, own_of
from .facts import ProcedureFacts
from .importing import cells
from .importing.cells import Fault
from .layers import OVERRIDES, State, entry
from .models import (
    Agency,
    CatalogueChange,
    NationalProcedure,
    NationalProcedureVersion,
    OwnProcedureVersion,
    TenantProcedure,
)
from .procedures_file import EVERY_COMMUNE

EDITABLE = ("agency", *OVERRIDES)
LONGEST = {"name": 2000, "desk": 500, "note": 2000, "fee_note": 2000}
READERS = {"time": cells.read_time, "fee": cells.read_fee}


class ProcedureNotFound(NotFound):
    code = "procedure_not_found"
    message = "Tỉnh không có thủ tục này trong danh mục. Xin kiểm tra lại mã thủ tục."


@dataclass(frozen=True)
class Whole:
    """All that a page shows of one procedure. `national` also where the province has its own of this code."""

    code: str
    facts: ProcedureFacts  # what citizens get
    base: ProcedureFacts
    national: ProcedureFacts | None
    is_own: bool
    is_withdrawn: bool
    is_enabled: bool
    agency: str | None
    code_suffix: str | None
    fields: list[FieldValue]
    history: list[CatalogueChange]
    versions: list[NationalProcedureVersion | OwnProcedureVersion]


def open_procedure(code: str) -> Whole:
    """On or off, by any form of its code. Raises ProcedureNotFound."""
    code = _national_code(code)
    row = db.session.execute(
        db.select(TenantProcedure, NationalProcedure)
        .outerjoin(NationalProcedure, NationalProcedure.code == TenantProcedure.code)
        .where(TenantProcedure.code == code)
    ).first()
    if row is None:
        raise ProcedureNotFound
    said, national = row
    state = State(said.folder, said.changes)
    own = own_of(state)
    base = facts_of(national.facts if national else None, own)
    if base is None:
        raise ProcedureNotFound
    return Whole(
        code=code,
        facts=merged(base, said.overrides),
        base=base,
        national=ProcedureFacts.from_json(national.facts) if national and own else None,
        is_own=bool(own),
        is_withdrawn=bool(national and national.withdrawn_on and not own),
        is_enabled=said.is_enabled,
        agency=said.agency,
        code_suffix=said.code_suffix,
        fields=fields_of(base, state),
        history=changing.history(code),
        versions=versions.history(OwnProcedureVersion if own else NationalProcedureVersion, code),
    )


def edit(code: str, values: dict[str, str], staff_name: str, reason: str = "") -> bool:
    """Say `values` (some of EDITABLE; "" is “as the national value”); returns whether anything changed.

    Raises ProcedureNotFound, and Invalid with `details` field -> sentences; then nothing changed. Commits.
    """
    understood, faults = {}, {}
    for name, text in values.items():
        try:
            understood[name] = _understand(name, text)
        except Fault as fault:
            faults[name] = [str(fault)]
    if faults:
        raise Invalid("Chưa lưu: có mục chưa đúng. Xin sửa các mục được nêu rồi lưu lại.", details=faults)
    return _say(code, understood, staff_name, reason)


def switch(code: str, enabled: bool, staff_name: str, reason: str) -> bool:
    """On or off for citizens. Raises ProcedureNotFound, and Invalid without a reason. Commits."""
    if not reason.strip():
        raise Invalid("Chưa ghi lý do. Xin ghi vì sao bật hoặc tắt thủ tục, để người sau còn biết.")
    return _say(code, {"enabled": enabled}, staff_name, reason.strip())


def _understand(name: str, text: str) -> str | None:
    if name not in EDITABLE:
        raise Fault("Không có mục này.", "Xin tải lại trang.")
    word = name.partition(".")[0]
    if word == "agency":
        return _agency(text.strip())
    read = READERS.get(word)
    value = read(text) if read else cells.text_of(text, LONGEST.get(word, 2000))
    return value or None


def _agency(code: str) -> str | None:
    known = not code or code == EVERY_COMMUNE
    if not known and not db.session.scalar(db.select(Agency.id).where(Agency.code == code)):
        raise Fault("Tỉnh không có cơ quan này.", "Xin chọn lại từ danh sách.")
    return code or None


def _say(code: str, values: dict[str, Any], staff_name: str, reason: str) -> bool:
    code = _national_code(code)
    changing.lock()
    before = changing.states([code])
    if code not in before:
        db.session.rollback()
        raise ProcedureNotFound
    state, entries = before[code], dict(before[code].changes)
    said, folder = state.said(), state.folder or {}
    for name, value in values.items():
        if value == (said.get(name, True) if name == "enabled" else said.get(name)):
            continue
        if state.folder is not None and value == folder.get(name, True if name == "enabled" else None):
            entries.pop(name, None)  # back to what the folder says
        else:
            entries[name] = entry(value, source="console", by=staff_name, at=now())
    after = {code: replace(state, changes=entries)}
    changed = changing.store(before, after, Author("console", staff_name, reason=reason[:500]))
    db.session.commit()
    return bool(changed)


def _national_code(code: str) -> str:
    try:
        return normalise_code(code)[0]
    except ValueError:
        raise ProcedureNotFound from None
