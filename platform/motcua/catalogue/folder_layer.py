"""The reviewed folder of a province as the lower layer of its catalogue, and how the database differs from it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from . import changing
from .changing import Author
from .layers import NOTHING, Layer, State, shown
from .procedures_file import ProcedureRow

FOLDER = Author("folder", "Thư mục của tỉnh")


@dataclass(frozen=True)
class Difference:
    """A field of which the database says something else than the folder. `source` is "console" or "import"."""

    code: str
    field: str
    folder: Any
    database: Any
    source: str
    by: str
    at: str


def keep_folder(rows: Iterable[ProcedureRow]) -> int:
    """Make the folder's layer exactly `rows`; what people changed stays. Returns for how many something changed.

    Does not commit.
    """
    changing.lock()
    before = changing.states()
    named = {row.code: _layer(row) for row in rows}
    after = {code: replace(before.get(code, NOTHING), folder=layer) for code, layer in named.items()}
    after |= {code: replace(state, folder=None) for code, state in before.items() if code not in named}
    return changing.store(before, after, FOLDER)


def _layer(row: ProcedureRow) -> Layer:
    said = {"enabled": row.enabled, "agency": row.agency, "code_suffix": row.code_suffix}
    return {name: value for name, value in said.items() if value is not None} | dict(row.overrides)


def differences() -> list[Difference]:
    """Where the database wins over the folder, by code and field, for the tenant in scope."""
    found = []
    for code, state in sorted(changing.states().items()):
        below = State(state.folder).said()
        over = state.said()
        for name, one in sorted(state.changes.items()):
            # A procedure that the folder does not name is neither on nor off there.
            old = None if state.folder is None else shown(name, below)
            new = shown(name, over)
            if old != new:
                found.append(Difference(code, name, old, new, one["source"], one["by"], one["at"]))
    return found
