"""Keeping a nightly file's lines sealed, and finding those of one key."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from motcua.core import crypto, scope
from motcua.core.database import db

from .models import SourceFile, SourceRow

BATCH = 1000
FAULTY_KEPT = 10


@dataclass(frozen=True)
class Kept:
    """What the newest file says under one key; `rows` is empty where it says nothing."""

    rows: tuple[dict[str, Any], ...]
    as_of: date


def key_index(service: str, key: str) -> str:
    """The fingerprint a line is found by, in the tenant in scope."""
    return crypto.keyring().blind_index(scope.required(), f"source:{service}", key)


def find(service: str, key: str) -> Kept | None:
    """None while no file was taken in yet."""
    newest = newest_file(service)
    if newest is None:
        return None
    index = key_index(service, key)
    query = db.select(SourceRow.sealed).where(SourceRow.file_id == newest.id, SourceRow.key_index == index)
    sealed = db.session.scalars(query.order_by(SourceRow.id)).all()
    tenant_id = scope.required()
    return Kept(tuple(crypto.open_json(tenant_id, _purpose(service), one) for one in sealed), newest.as_of)


def newest_file(service: str) -> SourceFile | None:
    """The one that answers are given from."""
    query = db.select(SourceFile).where(SourceFile.service == service, _IS_FAULTLESS)
    return db.session.scalar(query.order_by(SourceFile.taken_at.desc()).limit(1))


def replace(service: str, as_of: date, rows: Iterable[tuple[str, dict[str, Any]]]) -> SourceFile:
    """Keep the lines (key and record) of a sound file in place of the one before; the caller commits."""
    tenant_id = scope.required()
    before = [SourceFile.service == service, _IS_FAULTLESS]
    file = SourceFile(service=service, as_of=as_of, row_count=0)
    db.session.execute(db.delete(SourceFile).where(*before))
    db.session.add(file)
    db.session.flush()
    batch: list[dict[str, Any]] = []
    for key, record in rows:
        file.row_count += 1
        batch.append(
            {
                "tenant_id": tenant_id,
                "file_id": file.id,
                "key_index": key_index(service, key),
                "sealed": crypto.seal_json(tenant_id, _purpose(service), record),
            }
        )
        if len(batch) == BATCH:
            db.session.execute(db.insert(SourceRow), batch)
            batch = []
    if batch:
        db.session.execute(db.insert(SourceRow), batch)
    return file


def note_faults(service: str, as_of: date, row_count: int, faults: list[dict[str, Any]]) -> None:
    """Remember why a file was not taken; what answers are given from stays. The caller commits."""
    db.session.add(SourceFile(service=service, as_of=as_of, row_count=row_count, faults=faults))
    db.session.flush()
    query = db.select(SourceFile.id).where(SourceFile.service == service, ~_IS_FAULTLESS)
    kept = db.session.scalars(query.order_by(SourceFile.taken_at.desc()).limit(FAULTY_KEPT)).all()
    db.session.execute(
        db.delete(SourceFile).where(SourceFile.service == service, ~_IS_FAULTLESS, SourceFile.id.not_in(kept))
    )


_IS_FAULTLESS = db.func.jsonb_array_length(SourceFile.faults) == 0


def _purpose(service: str) -> str:
    return f"source:{service}"
