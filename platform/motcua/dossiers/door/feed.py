"""What changed, in one order that never skips: for systems that want to hear of it.

A serial number given while a change is written would skip: a later number may be committed, and read past,
before an earlier one. So changes get their position when somebody asks, one asker of a province at a time, and
only committed changes can get one: what is committed later stands later.
"""

import re
from dataclasses import dataclass

from sqlalchemy import text

from motcua.core import scope
from motcua.core.database import db
from motcua.core.errors import Invalid
from motcua.dossiers.models import Dossier, DossierEvent

DOSSIER_EVENT = "dossier.event"
KINDS = (DOSSIER_EVENT,)
MOST = 1000
CURSOR = re.compile(r"^(c1-[0-7][0-9a-f]{15})?$")  # empty: from the beginning

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
_NUMBER = text(
    "WITH waiting AS (SELECT id FROM dossier_event WHERE position IS NULL AND tenant_id = :tenant"
    " ORDER BY id LIMIT :count),"
    " numbered AS (SELECT id, nextval('change_position') AS position FROM waiting)"
    " UPDATE dossier_event SET position = numbered.position FROM numbered"
    " WHERE dossier_event.id = numbered.id AND dossier_event.tenant_id = :tenant"
)
_HAS_NEW = text("SELECT EXISTS (SELECT FROM dossier_event WHERE position IS NULL AND tenant_id = :tenant)")


class CursorInvalid(Invalid):
    code = "cursor_invalid"


@dataclass(frozen=True)
class Entry:
    """One change: `row` is what `kind` names, `code` the dossier's."""

    position: int
    kind: str
    code: str
    row: DossierEvent


def after(position: int, limit: int) -> list[Entry]:
    """At most `limit` changes behind `position`, in order. Numbers new ones, and commits that."""
    number_new(MOST)  # before reading: what another asker has just numbered is then seen too
    return _read(position, limit)


def goes_on_after(position: int) -> bool:
    """Whether there is any change behind `position`, or one without a position."""
    if db.session.scalar(_HAS_NEW, {"tenant": scope.required()}):
        return True
    return bool(db.session.scalar(db.select(db.exists().where(DossierEvent.position > position))))


def number_new(count: int) -> int:
    """Give positions to at most `count` changes that have none, and commit; returns how many got one."""
    tenant_id = scope.required()
    if not db.session.scalar(_HAS_NEW, {"tenant": tenant_id}):
        return 0
    db.session.execute(_LOCK, {"key": f"changes/{tenant_id}"})
    numbered = db.session.execute(_NUMBER, {"tenant": tenant_id, "count": count}).rowcount
    db.session.commit()
    return numbered


def _read(position: int, limit: int) -> list[Entry]:
    rows = db.session.execute(
        db.select(DossierEvent, Dossier.code)
        .join(
            Dossier, (Dossier.tenant_id == DossierEvent.tenant_id) & (Dossier.id == DossierEvent.dossier_id)
        )
        .where(DossierEvent.position > position)
        .order_by(DossierEvent.position)
        .limit(limit)
    )
    return [Entry(event.position, DOSSIER_EVENT, code, event) for event, code in rows]


def entry_of(kind: str, row_id: int) -> Entry | None:
    """A change that was numbered before; None when it is gone."""
    row = db.session.execute(
        db.select(DossierEvent, Dossier.code)
        .join(
            Dossier, (Dossier.tenant_id == DossierEvent.tenant_id) & (Dossier.id == DossierEvent.dossier_id)
        )
        .where(DossierEvent.id == row_id)
    ).first()
    return row and Entry(row[0].position, kind, row[1], row[0])


def cursor(position: int) -> str:
    """Opaque to the caller, and of no use in another province: rows there are not seen."""
    return f"c1-{position:016x}"


def read_cursor(word: str | None) -> int:
    """The position behind which to go on; 0 without a cursor. Raises CursorInvalid."""
    if not word:
        return 0
    if not CURSOR.fullmatch(word):
        sentence = (
            "Cursor không đọc được. Xin dùng đúng `cursor` của lần trả lời trước, hoặc bỏ đi để đọc từ đầu."
        )
        raise CursorInvalid(sentence, details={"cursor": [sentence]})
    return int(word[3:], 16)
