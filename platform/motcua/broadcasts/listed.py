"""The uploaded list of a broadcast: kept encrypted, faulty lines until they are mended or dropped. Commits nothing."""

from sqlalchemy.dialects.postgresql import insert

from motcua.citizens.models import phone_index, uid_index
from motcua.core import crypto, scope
from motcua.core.database import db
from motcua.core.errors import Invalid

from . import list_file
from .list_file import Line
from .models import LISTED, Broadcast, BroadcastListed

CHUNK = 2_000
MOST_FAULTS_SHOWN = 200


def replace(one: Broadcast, lines: list[Line]) -> int:
    """Instead of the list there was; returns how many lines said the same as an earlier one and were merged."""
    clear(one)
    return _add(one, lines)


def clear(one: Broadcast) -> None:
    db.session.execute(db.delete(BroadcastListed).where(BroadcastListed.broadcast_id == one.id))


def forget_told(one: Broadcast) -> None:
    """Only lines that became nobody's message stay, for the office to see; `retention` has the days."""
    db.session.execute(
        db.delete(BroadcastListed).where(
            BroadcastListed.broadcast_id == one.id, BroadcastListed.untold.is_(None)
        )
    )


def faults(one: Broadcast, most: int = MOST_FAULTS_SHOWN) -> list[BroadcastListed]:
    """The first faulty lines, by their place in the file."""
    return list(
        db.session.scalars(
            db.select(BroadcastListed)
            .where(BroadcastListed.broadcast_id == one.id, BroadcastListed.fault.is_not(None))
            .order_by(BroadcastListed.line)
            .limit(most)
        )
    )


def sizes(one: Broadcast) -> tuple[int, int]:
    """How many good lines and how many faulty ones."""
    row = db.session.execute(
        db.select(
            db.func.count().filter(BroadcastListed.fault.is_(None)),
            db.func.count().filter(BroadcastListed.fault.is_not(None)),
        ).where(BroadcastListed.broadcast_id == one.id)
    ).one()
    return row[0], row[1]


def mend(one: Broadcast, typed: dict[int, str]) -> int:
    """Read faulty lines again as they were typed now (row id -> value; empty drops the line).

    Returns how many were merged with earlier ones.
    """
    rows = db.session.scalars(
        db.select(BroadcastListed).where(
            BroadcastListed.broadcast_id == one.id,
            BroadcastListed.fault.is_not(None),
            BroadcastListed.id.in_(list(typed)),
        )
    ).all()
    lines = [_read_again(row, typed[row.id].strip()) for row in rows if typed[row.id].strip()]
    for row in rows:
        db.session.delete(row)
    db.session.flush()
    return _add(one, lines)


def drop_faults(one: Broadcast) -> None:
    db.session.execute(
        db.delete(BroadcastListed).where(
            BroadcastListed.broadcast_id == one.id, BroadcastListed.fault.is_not(None)
        )
    )


def check_ready(one: Broadcast) -> None:
    """Raises Invalid while there is nobody on the list, or a fault."""
    good, faulty = sizes(one)
    if faulty:
        raise Invalid(f"Danh sách còn {faulty} dòng lỗi. Xin sửa hoặc bỏ các dòng ấy ở mục Người nhận.")
    if not good:
        raise Invalid("Danh sách chưa có ai. Xin tải tệp lên ở mục Người nhận.")


def _read_again(row: BroadcastListed, typed: str) -> Line:
    """What is mended is the person; a language that was wrong is taken as the citizen's own."""
    if row.fault_column == list_file.LANGUAGE and typed == row.value:
        return list_file.check(row.line, typed)
    column = row.fault_column if row.fault_column != list_file.LANGUAGE else list_file.EITHER
    return list_file.check(row.line, typed, row.language or "", column or list_file.EITHER)


def _add(one: Broadcast, lines: list[Line]) -> int:
    tenant_id, added = scope.required(), 0
    for at in range(0, len(lines), CHUNK):
        rows = [_row(tenant_id, one.id, line) for line in lines[at : at + CHUNK]]
        added += len(
            db.session.execute(
                insert(BroadcastListed).on_conflict_do_nothing().returning(BroadcastListed.id), rows
            ).all()
        )
    return len(lines) - added


def _row(tenant_id: str, broadcast_id: int, line: Line) -> dict:
    return {
        "tenant_id": tenant_id,
        "broadcast_id": broadcast_id,
        "line": line.number,
        "value_encrypted": crypto.keyring().encrypt(tenant_id, LISTED, line.value),
        "phone_index": line.phone and phone_index(line.phone),
        "uid_index": line.uid and uid_index(line.uid),
        "language": line.language,
        "fault_column": line.column,
        "fault": line.fault,
    }
