"""Taking a checked file into the catalogue, all of it in one transaction, and taking it back."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from motcua.catalogue import changing, lookup
from motcua.catalogue.changing import Author
from motcua.catalogue.layers import NOTHING, Entry, State, entry
from motcua.catalogue.models import CatalogueChange
from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Conflict

from . import imports
from .models import CatalogueImport, CatalogueImportRow

APPLIED, STALE = "applied", "stale"


def apply(import_id: int, staff_name: str) -> str:
    """Apply a checked import; returns APPLIED, also when it was applied already.

    STALE: the catalogue has changed since the check, so the file is checked again and nothing is applied.
    Raises ImportNotFound, and Conflict when it has faults or is not checked yet. Commits.
    """
    changing.lock()  # first of all: whoever else applies waits here, then sees the new catalogue
    one = imports.find(import_id, lock=True)
    if one.state == "applied":
        db.session.commit()
        return APPLIED
    if one.state != "ready":
        raise Conflict(
            "Chưa áp dụng được: tệp còn lỗi hoặc chưa kiểm tra xong. Xin xem lại trang của lần nhập."
        )
    if one.base_version != lookup.catalogue_version(scope.required()):
        imports.check_again(one)
        db.session.commit()
        return STALE
    plans = _plans(one)
    before, at = changing.states(plans), now()
    after = {
        code: _with(before.get(code, NOTHING), say, by=staff_name, at=at, import_id=one.id)
        for code, say in plans.items()
    }
    changing.store(before, after, Author("import", staff_name, one.id, one.file_name))
    one.state, one.applied_at, one.applied_by = "applied", at, staff_name
    db.session.commit()
    return APPLIED


def _plans(one: CatalogueImport) -> dict[str, dict[str, Any]]:
    rows = db.session.execute(
        db.select(CatalogueImportRow.code, CatalogueImportRow.plan["say"]).where(
            CatalogueImportRow.import_id == one.id, CatalogueImportRow.kind.in_(("new", "changed", "gone"))
        )
    )
    return dict(rows.all())


def _with(state: State, say: dict[str, Any], **origin) -> State:
    fresh = {name: entry(value, source="import", **origin) for name, value in say.items()}
    return replace(state, changes=state.changes | fresh)


def undo(import_id: int, staff_name: str) -> dict[str, Any]:
    """Give every field that the import changed the value it had, except where it was changed again since.

    Returns {"restored": how many procedures, "kept": [{"code", "field", "reason"}]}; undoing again gives the same
    and does nothing. Raises ImportNotFound, and Conflict when the import was never applied. Commits.
    """
    changing.lock()
    one = imports.find(import_id, lock=True)
    if one.state == "undone":
        db.session.commit()
        return one.undo_report
    if one.state != "applied":
        raise Conflict("Lần nhập này chưa áp dụng nên không có gì để hoàn tác.")
    # Undone from now on: what another import took over from this one must not come back either.
    one.state, one.undone_at, one.undone_by = "undone", now(), staff_name
    db.session.flush()
    earlier = _EarlierEntries()
    kept: list[dict[str, str]] = []
    changes = db.session.execute(
        db.select(CatalogueChange.code, CatalogueChange.fields).where(
            CatalogueChange.import_id == one.id, CatalogueChange.source == "import"
        )
    ).all()
    before = changing.states([code for code, _ in changes])
    brought = _brought(one)
    after = {}
    for code, fields in changes:
        state = before.get(code, NOTHING)
        if code in brought and (others := _of_others(state, one)):
            # Half of a procedure would be no procedure: it stays whole.
            kept.append({"code": code, "field": others[0], "reason": _reason(state.changes.get(others[0]))})
            continue
        entries = dict(state.changes)
        for name, told in fields.items():
            now_said = state.changes.get(name)
            if now_said is not None and now_said.get("import_id") == one.id:
                entries.pop(name)
                if (restored := earlier.of(name, code, told["entry"])) is not None:
                    entries[name] = restored
            elif now_said != told["entry"]:
                kept.append({"code": code, "field": name, "reason": _reason(now_said)})
        after[code] = replace(state, changes=entries)
    restored = changing.store(before, after, Author("undo", staff_name, one.id, one.file_name))
    one.undo_report = {"restored": restored, "kept": kept}
    db.session.commit()
    return one.undo_report


def _brought(one: CatalogueImport) -> set[str]:
    """Codes of procedures that the province did not carry out before the import."""
    return set(
        db.session.scalars(
            db.select(CatalogueImportRow.code).where(
                CatalogueImportRow.import_id == one.id, CatalogueImportRow.kind == "new"
            )
        )
    )


def _of_others(state: State, one: CatalogueImport) -> list[str]:
    """Fields of which somebody else speaks by now; the folder says its own and needs nobody to stay."""
    if state.folder is not None:
        return []
    return [name for name, said in state.changes.items() if said.get("import_id") != one.id]


def _reason(now_said: Entry | None) -> str:
    if now_said is None:
        return "Đã được bỏ giá trị riêng sau lần nhập này."
    if now_said["source"] == "import":
        return f"Đã được lần nhập số {now_said['import_id']} thay đổi sau đó."
    return f"Đã được {now_said['by'] or 'cán bộ'} sửa trên trang quản trị sau đó."


class _EarlierEntries:
    """What stood in the upper layer before an import, passing over imports that are undone themselves."""

    def __init__(self):
        self._undone = set(
            db.session.scalars(db.select(CatalogueImport.id).where(CatalogueImport.state == "undone"))
        )

    def of(self, name: str, code: str, found: Entry | None) -> Entry | None:
        while found is not None and found.get("import_id") in self._undone:
            fields = db.session.scalar(
                db.select(CatalogueChange.fields).where(
                    CatalogueChange.import_id == found["import_id"],
                    CatalogueChange.source == "import",
                    CatalogueChange.code == code,
                )
            )
            found = (fields or {}).get(name, {}).get("entry")
        return found


def changes_of(one: CatalogueImport, kind: str, page: int, size: int) -> Iterator[CatalogueImportRow]:
    """The rows of one kind (new, changed, gone, same), a page of them."""
    return iter(
        db.session.scalars(
            db.select(CatalogueImportRow)
            .where(CatalogueImportRow.import_id == one.id, CatalogueImportRow.kind == kind)
            .order_by(CatalogueImportRow.id)
            .offset((page - 1) * size)
            .limit(size)
        )
    )
