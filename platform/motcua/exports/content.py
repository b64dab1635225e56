"""What stands in the export: every table of the province's, row by row, with words opened and secrets left out."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Table

from motcua.core import crypto, scope
from motcua.core.database import Base, TenantOwned, db
from motcua.core.errors import MotcuaError

AT_ONCE = 1_000
# Column -> the purpose it is encrypted under, for what is the province's own data. Whatever is not here and is
# encrypted, or is a key, a digest or an index, is left out: it would be of no use, or dangerous, elsewhere.
OPENED: dict[tuple[str, str], str] = {
    ("citizen", "uid_encrypted"): "zalo_uid",
    ("citizen", "phone_encrypted"): "phone",
    ("message", "phone_encrypted"): "phone",
    ("trial_guest", "phone_encrypted"): "phone",
    ("data_request", "phone_encrypted"): "phone",
    ("data_request", "said_encrypted"): "data_request",
    ("data_request", "answer_encrypted"): "data_request",
    ("dossier", "people_encrypted"): "dossier_people",
    ("dossier_request", "said_encrypted"): "dossier_request",
    ("dossier_result", "receiver_encrypted"): "result_receiver",
    ("complaint", "text_encrypted"): "complaint",
    ("complaint", "question_encrypted"): "complaint",
    ("complaint", "answer_encrypted"): "complaint",
    ("feedback", "phone_encrypted"): "feedback",
    ("feedback", "text_encrypted"): "feedback",
    ("feedback", "place_encrypted"): "feedback",
    ("feedback", "location_encrypted"): "feedback",
    ("feedback", "answer_encrypted"): "feedback",
    ("feedback", "question_encrypted"): "feedback",
    ("feedback_step", "note_encrypted"): "feedback",
    ("handover_line", "text_encrypted"): "handover_line",
    ("survey_answer", "comment_encrypted"): "survey_comment",
    ("licence_reminder", "licence_encrypted"): "licence_reminder",
}
SECRET_ENDS = ("_encrypted", "_hash", "_digest", "_index", "token", "indexes", "nonce", "secret")
LEFT_OUT = frozenset({"pending_consent", "answered_request", "dossier_batch_chunk", "export", "export_part"})
# Bodies are files of their own, see `bodies`.
LEFT_OUT_COLUMNS = frozenset(
    {
        ("feedback_photo", "body_encrypted"),
        ("catalogue_import_file", "content"),
        ("service_data_file", "content"),
        ("dossier_person", "index"),
        ("service_source_row", "sealed"),  # another office's, kept for one question at a time
    }
)
KEPT = frozenset({("audit_entry", "prev_hash"), ("audit_entry", "hash")})


def tables() -> list[Table]:
    """Of the province's, by name; none that only the machine needs."""
    owned = {one.class_.__table__ for one in Base.registry.mappers if issubclass(one.class_, TenantOwned)}
    return sorted((one for one in owned if one.name not in LEFT_OUT), key=lambda one: one.name)


def columns_of(table: Table) -> list[str]:
    return [column.name for column in table.columns if _is_told(table.name, column.name)]


def names_of(table: Table) -> list[str]:
    """What the columns are called outside: what was encrypted is not any more."""
    return [name.removesuffix("_encrypted") for name in columns_of(table)]


def _is_told(table: str, column: str) -> bool:
    if (table, column) in OPENED or (table, column) in KEPT:
        return True
    return (table, column) not in LEFT_OUT_COLUMNS and not column.endswith(SECRET_ENDS)


def rows_of(table: Table) -> Iterator[dict[str, Any]]:
    """Of the tenant in scope by id, AT_ONCE in memory at a time; encrypted words are opened."""
    names, told, last = columns_of(table), names_of(table), 0
    while True:
        rows = db.session.execute(
            db.select(*(table.c[name] for name in names))
            .where(table.c.id > last)
            .order_by(table.c.id)
            .limit(AT_ONCE)
        ).all()
        for row in rows:
            yield {
                as_told: _plain(table.name, name, value)
                for name, as_told, value in zip(names, told, row, strict=True)
            }
            last = row.id
        db.session.rollback()  # no snapshot is held while the disk is written
        if len(rows) < AT_ONCE:
            return


def as_line(row: dict[str, Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"


def _plain(table: str, column: str, value: Any) -> Any:
    if value is None:
        return None
    if (purpose := OPENED.get((table, column))) is not None:
        return _opened(purpose, value) if value else None
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return None
    return value if isinstance(value, str | int | float | bool | list | dict) else str(value)


def _opened(purpose: str, stored: str) -> str | None:
    try:
        return crypto.keyring().decrypt(scope.required(), purpose, stored)
    except MotcuaError:  # a key that was thrown away, or an erased person's: it cannot be read anywhere
        return None
