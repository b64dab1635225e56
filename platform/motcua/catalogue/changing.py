"""The one way to change a province's catalogue: folder, console, import and undo all pass here.

In one transaction: the rows, their history, the versions of the province's own procedures, and the number that
tells a search index that it is stale. Changes of one province happen one after the other.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.tenancy import current

from . import versions
from .layers import NOTHING, OWN, State, shown
from .models import CatalogueChange, OwnProcedureVersion, TenantCatalogue, TenantProcedure

BATCH = 1000
COLUMNS = (
    "code_suffix", "agency", "is_enabled", "overrides", "name", "field", "name_key", "folder", "changes",
)  # fmt: skip
# One statement for a thousand rows: an executemany of as many takes several times as long.
_UPSERT = text(
    f"INSERT INTO tenant_procedure (tenant_id, code, {', '.join(COLUMNS)})"  # noqa: S608 - constants
    " SELECT :tenant, one.* FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS one(code text, code_suffix text,"
    " agency text, is_enabled boolean, overrides jsonb, name text, field text, name_key text, folder jsonb,"
    " changes jsonb) ON CONFLICT (tenant_id, code) DO UPDATE SET "
    + ", ".join(f"{column} = excluded.{column}" for column in COLUMNS)
)
_REMEMBER = text(
    "INSERT INTO catalogue_change (tenant_id, code, at, source, import_id, staff_name, reason, fields)"
    " SELECT :tenant, one.code, :at, :source, :import_id, :staff_name, :reason, one.fields"
    " FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS one(code text, fields jsonb)"
)


@dataclass(frozen=True)
class Author:
    """Who changes: `source` is "folder", "console", "import" or "undo"."""

    source: str
    name: str = ""
    import_id: int | None = None
    reason: str = ""


def lock() -> int:
    """Wait for other changes of this province's catalogue and keep them out until the end of the transaction.

    Returns the catalogue's number. Take it before reading what is to be changed.
    """
    db.session.execute(insert(TenantCatalogue).values(version=0).on_conflict_do_nothing())
    return db.session.scalar(db.select(TenantCatalogue.version).with_for_update())


def touch() -> None:
    """What citizens can look up has changed."""
    db.session.execute(db.update(TenantCatalogue).values(version=TenantCatalogue.version + 1))


def states(codes: Iterable[str] | None = None) -> dict[str, State]:
    """What was said of each of `codes` (None: of all); an unknown code is left out."""
    statement = db.select(TenantProcedure.code, TenantProcedure.folder, TenantProcedure.changes)
    if codes is not None:
        statement = statement.where(TenantProcedure.code.in_(list(codes)))
    return {code: State(folder, changes) for code, folder, changes in db.session.execute(statement)}


def store(before: Mapping[str, State], after: Mapping[str, State], author: Author) -> int:
    """Make each procedure of `after` so; `before` is what `states` gave under the lock.

    Returns for how many something changed. What follows from it is written too; the caller commits.
    """
    told, written, deleted, own = [], [], [], {}
    for code, new in after.items():
        old = before.get(code, NOTHING)
        if new == old:
            continue
        (deleted if new.is_empty else written).append(code)
        fields = _differences(old, new)
        if fields and not (author.source == "folder" and old.is_empty):
            told.append({"code": code, "fields": fields})
        if old.said().get(OWN) != (facts := new.said().get(OWN)):
            own[code] = facts
    if not written and not deleted:
        return 0
    _write(written, after)
    db.session.execute(db.delete(TenantProcedure).where(TenantProcedure.code.in_(deleted)))
    _keep_own_versions(own)
    _tell(told, author)
    touch()
    db.session.expire_all()
    return len(written) + len(deleted)


def _differences(old: State, new: State) -> dict[str, dict[str, Any]]:
    """By field, as CatalogueChange.fields: where the values or what is said in the upper layer differ."""
    before, after = old.said(), new.said()
    names = {name for name in old.changes | new.changes if old.changes.get(name) != new.changes.get(name)}
    names |= {name for name in before | after if before.get(name) != after.get(name)}
    return {
        name: {"from": shown(name, before), "to": shown(name, after), "entry": old.changes.get(name)}
        for name in sorted(names)
    }


def _write(codes: list[str], after: Mapping[str, State]) -> None:
    for start in range(0, len(codes), BATCH):
        rows = [{"code": code} | after[code].columns() for code in codes[start : start + BATCH]]
        db.session.execute(_UPSERT, {"tenant": scope.required(), "rows": _json(rows)})


def _keep_own_versions(own: dict[str, dict[str, Any] | None]) -> None:
    fresh = {
        code: {"name": facts["name"], "field": facts["field"], "facts": facts}
        for code, facts in own.items()
        if facts
    }
    gone = [code for code, facts in own.items() if not facts]
    if own:
        versions.keep(OwnProcedureVersion, fresh, gone, current.today())


def _tell(told: list[dict[str, Any]], author: Author) -> None:
    words = {
        "tenant": scope.required(),
        "at": now(),
        "source": author.source,
        "import_id": author.import_id,
        "staff_name": author.name,
        "reason": author.reason,
    }
    for start in range(0, len(told), BATCH):
        db.session.execute(_REMEMBER, words | {"rows": _json(told[start : start + BATCH])})


def history(code: str, limit: int = 50) -> list[CatalogueChange]:
    """The last changes of one procedure, the newest first."""
    return list(
        db.session.scalars(
            db.select(CatalogueChange)
            .where(CatalogueChange.code == code)
            .order_by(CatalogueChange.id.desc())
            .limit(limit)
        )
    )


def _json(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows, ensure_ascii=False)
