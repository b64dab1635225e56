"""Taking in some changes in one transaction, each with its own result."""

from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy import event, inspect
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from motcua.core import scope
from motcua.core.database import db
from motcua.core.errors import MotcuaError
from motcua.dossiers.rows import RowsAhead, reading_ahead
from motcua.messaging import outbox

from .changes import Change

TRIES = 3  # of a chunk that another writer's lock made impossible

log = structlog.get_logger(__name__)


class Disturbed(Exception):
    """A change failed after it had begun to write: the chunk must be done again, line by line."""


class Unstorable(MotcuaError):
    code, status = "unstorable", 422
    message = "Không lưu được dòng này. Xin gửi riêng hồ sơ này qua /api/v1/dossiers để xem lỗi."


def take(changes: Sequence[Change], *, lock: bool = True) -> list[dict[str, Any]]:
    """One result a change, in order: {"line", "code", "status", "error"?, "ignored"?}. Does not commit.

    `status` 201: something new; 200: all known already; 404, 422: refused, and nothing of this line is stored.
    Raises OperationalError when the database is away. `lock` False is for work that will be rolled back.
    """
    for tried in range(1, TRIES + 1):
        try:
            return _take(changes, lock)
        except OperationalError as error:
            # 40001, 40P01: a deadlock or a serialisation failure; all else is an outage.
            if getattr(error.orig, "sqlstate", None) not in ("40001", "40P01") or tried == TRIES:
                raise
            db.session.rollback()
    raise AssertionError("unreachable")


def _take(changes: Sequence[Change], lock: bool) -> list[dict[str, Any]]:
    good = [one for one in changes if one.error is None]
    ahead = {
        "codes": {act.code for one in good for act in one.acts},
        "phone_indexes": set().union(*(one.phone_indexes for one in good)),
        "agencies": set().union(*(one.agencies for one in good)),
        "lock": lock,
    }
    before = db.session.begin_nested()
    try:
        with reading_ahead(**ahead) as rows, outbox.gathering() as owed:
            results = [_result(one, rows, owed) for one in changes]
        db.session.flush()
        before.commit()
    except (Disturbed, IntegrityError, DataError) as error:
        log.info("chunk_line_by_line", tenant=scope.required(), error=type(error).__name__)
        before.rollback()
        return [_alone(one) for one in changes]
    return results


def _result(change: Change, rows: RowsAhead, owed: dict) -> dict[str, Any]:
    """Raises Disturbed where a refused change left traces."""
    if change.error is not None:
        return refused(change, change.error)
    before = _traces(change, rows, owed)
    try:
        return _done(change, change.run())
    except MotcuaError as error:
        if error.status >= 500:
            raise
        if _traces(change, rows, owed) != before:
            raise Disturbed from error
        return refused(change, error)


def _alone(change: Change) -> dict[str, Any]:
    """One change inside a savepoint of its own."""
    if change.error is not None:
        return refused(change, change.error)
    try:
        with db.session.begin_nested(), outbox.gathering():
            return _done(change, change.run())
    except MotcuaError as error:
        if error.status >= 500:
            raise
        return refused(change, error)
    except (IntegrityError, DataError) as error:
        log.warning("line_unstorable", tenant=scope.required(), line=change.line, error=type(error).__name__)
        return refused(change, Unstorable())


def _done(change: Change, is_new: bool) -> dict[str, Any]:
    result = {"line": change.line, "code": change.code, "status": 201 if is_new else 200}
    return result | {"ignored": change.ignored} if change.ignored else result


def refused(change: Change, error: MotcuaError) -> dict[str, Any]:
    said = {"code": error.code, "message": error.message}
    if error.details:
        said["fields"] = error.details
    status = error.status if error.status == 404 else 422
    return {"line": change.line, "code": change.code, "status": status, "error": said}


def _traces(change: Change, rows: RowsAhead, owed: dict) -> tuple:
    """Whatever a change leaves behind shows here: added rows, changed dossiers, messages, statements."""
    session = db.session()
    dossiers = (rows.dossier(code) for code in {act.code for act in change.acts})
    columns = [_columns(dossier) for dossier in dossiers if dossier is not None]
    return (
        len(session.new),
        len(session.deleted),
        rows.added,
        len(owed),
        session.info.get("changing_statements", 0),
        columns,
    )


def _columns(dossier) -> dict[str, Any]:
    return {name: value for name, value in inspect(dossier).dict.items() if name != "_sa_instance_state"}


@event.listens_for(Session, "do_orm_execute")
def _count_changing_statements(state) -> None:
    if not state.is_select:
        state.session.info["changing_statements"] = state.session.info.get("changing_statements", 0) + 1
