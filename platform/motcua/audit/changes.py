"""Before and after: what a watched request or command changed in rows of settings.

Only columns named here are told with their values: they hold a province's settings and its staff's names, never
a citizen's data or a secret. Of every other table nothing is told.
"""

from sqlalchemy import inspect
from sqlalchemy.orm import Session

SHOWN: dict[str, frozenset[str]] = {
    "agency": frozenset({"name", "kind", "level", "address", "phone", "valid_from", "valid_to"}),
    "api_key": frozenset({"key_id", "label", "mode", "revoked_at", "expires_at"}),
    "official_account": frozenset({"key", "name", "state", "calls_per_minute"}),
    "staff": frozenset({"email", "full_name", "role", "is_enabled", "agency_code"}),
    "tenant": frozenset({"status"}),
}


def unflushed(session: Session) -> list[dict]:
    """[{"table", "row"?, "set": {column: [before, after]}}] of what the next flush will write."""
    found = []
    for row in (*session.new, *session.dirty, *session.deleted):
        shown = SHOWN.get(row.__tablename__)
        values = shown and _values(row, shown, is_gone=row in session.deleted)
        if values:
            identity = inspect(row).identity
            key = {"row": str(identity[-1])} if identity else {}
            found.append({"table": row.__tablename__, **key, "set": values})
    return found


def _values(row, shown: frozenset[str], *, is_gone: bool) -> dict[str, list]:
    """Column -> [before, after]."""
    attributes = inspect(row).attrs
    found = {}
    for name in sorted(shown & set(attributes.keys())):
        history = attributes[name].history
        before = history.deleted[0] if history.deleted else None
        if is_gone:
            found[name] = [attributes[name].value, None]
        elif history.added and history.added[0] != before:
            found[name] = [before, history.added[0]]
    return found
