"""What a province says of a procedure, in two layers: its reviewed folder, and over it what people changed.

A layer holds some of FIELDS. What was said in the console or by an import wins over the folder; saying None
there means “as the national catalogue has it”, also where the folder says otherwise.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .facts import CHANNELS
from .names import plain_name

PER_CHANNEL = ("time", "fee", "fee_note")
OVERRIDES = (
    "name",
    "time",
    "fee",
    "fee_note",
    *(f"{name}.{channel}" for channel in CHANNELS for name in PER_CHANNEL),
    "desk",
    "note",
)
"""What may differ from the national value; `fee.online` is for filing online only and wins over `fee`."""

OWN = "own"  # a procedure that the national catalogue does not have: its whole facts as JSON
FIELDS = ("enabled", "agency", "code_suffix", *OVERRIDES, OWN)

Entry = dict[str, Any]
Layer = dict[str, Any]


def entry(value: Any, *, source: str, by: str, at: datetime, import_id: int | None = None) -> Entry:
    """A value of the upper layer, with where it comes from. `source` is "console" or "import"."""
    return {"value": value, "source": source, "by": by, "at": at.isoformat(), "import_id": import_id}


@dataclass(frozen=True)
class State:
    """All that was said of one procedure. `folder` None: the folder does not name it."""

    folder: Layer | None = None
    changes: dict[str, Entry] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Nobody says that the province carries it out."""
        return self.folder is None and not self.changes

    def said(self) -> Layer:
        """What holds of the two layers, without the national values below."""
        values = dict(self.folder or {})
        for name, one in self.changes.items():
            values[name] = one["value"]
        return {name: value for name, value in values.items() if value not in (None, "")}

    def columns(self) -> dict[str, Any]:
        """The columns of TenantProcedure that follow from this."""
        said = self.said()
        overrides = {name: said[name] for name in OVERRIDES if name in said}
        own = said.get(OWN) or {}
        name = overrides.get("name") or own.get("name")
        return {
            "code_suffix": said.get("code_suffix"),
            "agency": said.get("agency"),
            "is_enabled": said.get("enabled", True),
            "overrides": overrides,
            "name": name,
            "field": own.get("field"),
            "name_key": name and plain_name(name),
            "folder": self.folder,
            "changes": self.changes,
        }


NOTHING = State()


def shown(name: str, said: Layer) -> Any:
    """A field's value in one word or sentence for the history: a whole procedure by its name."""
    if name == "enabled":
        return said.get("enabled", True)
    value = said.get(name)
    return value["name"] if name == OWN and value else value
