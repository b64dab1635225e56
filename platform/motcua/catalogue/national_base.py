"""Loading the national base: what changed becomes a new version, what left the base is withdrawn."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.dialects.postgresql import insert

from motcua.core.clock import now
from motcua.core.database import db

from . import versions
from .facts import ProcedureFacts
from .models import NationalCatalogue, NationalProcedure, NationalProcedureVersion
from .names import plain_name

BATCH = 500
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True)
class Loaded:
    total: int
    changed: int
    withdrawn: int


def keep_national(procedures: Iterable[ProcedureFacts]) -> Loaded:
    """Make the base exactly `procedures`; the same again changes nothing. Does not commit."""
    number = _lock()
    known = {
        code: (digest, withdrawn_on)
        for code, digest, withdrawn_on in db.session.execute(
            db.select(NationalProcedure.code, NationalProcedure.digest, NationalProcedure.withdrawn_on)
        )
    }
    rows = {facts.code: _row(facts) for facts in procedures}
    fresh = {code: row for code, row in rows.items() if known.get(code) != (row["digest"], None)}
    gone = [code for code, (_, withdrawn) in known.items() if code not in rows and withdrawn is None]
    if not fresh and not gone:
        return Loaded(len(rows), 0, 0)
    day = now().astimezone(ZONE).date()
    _write(list(fresh.values()))
    db.session.execute(
        db.update(NationalProcedure).where(NationalProcedure.code.in_(gone)).values(withdrawn_on=day)
    )
    contents = {code: {name: row[name] for name in ("name", "field", "facts")} for code, row in fresh.items()}
    versions.keep(NationalProcedureVersion, contents, gone, day)
    db.session.execute(db.update(NationalCatalogue).values(version=number + 1))
    db.session.expire_all()
    return Loaded(len(rows), len(fresh), len(gone))


def _lock() -> int:
    """One loader at a time; returns the base's number."""
    db.session.execute(insert(NationalCatalogue).values(id=1, version=0).on_conflict_do_nothing())
    return db.session.scalar(db.select(NationalCatalogue.version).with_for_update())


def _row(facts: ProcedureFacts) -> dict:
    body = facts.to_json()
    digest = hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return {
        "code": facts.code,
        "name": facts.name,
        "field": facts.field,
        "facts": body,
        "digest": digest,
        "name_key": plain_name(facts.name),
        "withdrawn_on": None,
    }


def _write(rows: list[dict]) -> None:
    statement = insert(NationalProcedure)
    changes = {
        name: statement.excluded[name]
        for name in ("name", "field", "facts", "digest", "name_key", "withdrawn_on")
    }
    statement = statement.on_conflict_do_update(index_elements=["code"], set_=changes)
    for start in range(0, len(rows), BATCH):
        db.session.execute(statement, rows[start : start + BATCH])
