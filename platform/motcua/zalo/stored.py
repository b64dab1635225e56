"""Messages as JSON: the outbox keeps them so until they are sent.

The stored form is ours and stable; the wire form is Zalo's and may change under it.
"""

from dataclasses import MISSING, fields
from functools import cache
from typing import Any, ClassVar

from .errors import ZaloRejected

_CLASSES: dict[str, type["Stored"]] = {}


class Stored:
    """A frozen dataclass (`repr=False`) that goes to JSON and back; its subclasses name themselves by `kind`."""

    kind: ClassVar[str]
    plain_fields: ClassVar[frozenset[str]] = frozenset()  # JSON as it is, never another message

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "kind" in cls.__dict__:
            _CLASSES[cls.kind] = cls

    def __repr__(self) -> str:  # what is said to a citizen does not belong in a log
        return f"<{type(self).__name__}>"

    def to_stored(self) -> dict:
        """JSON-safe, with `kind` telling the class; fields at their default are left out."""
        kept = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if item.default is MISSING or value != item.default:
                kept[item.name] = _dump(value)
        return {"kind": self.kind} | kept


def from_stored(stored: dict) -> Any:
    """What `to_stored` was called on. Raises ZaloRejected for what no version of ours has stored."""
    if not isinstance(stored, dict) or stored.get("kind") not in _CLASSES:
        raise ZaloRejected(details={"kind": ["Loại tin đã lưu không còn được hỗ trợ. Xin tạo tin mới."]})
    wanted = _CLASSES[stored["kind"]]
    names, needed = _fields_of(wanted)
    given = {
        name: stored[name] if name in wanted.plain_fields else _load(stored[name])
        for name in names
        if name in stored
    }
    missing = [name for name in needed if name not in given]
    if missing:
        sentence = "Tin đã lưu thiếu mục này. Xin tạo tin mới."
        raise ZaloRejected(details={name: [sentence] for name in missing})
    return wanted(**given)


@cache
def _fields_of(wanted: type[Stored]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """All names, and those that must be there."""
    found = fields(wanted)
    return tuple(item.name for item in found), tuple(item.name for item in found if item.default is MISSING)


def _dump(value: Any) -> Any:
    if isinstance(value, Stored):
        return value.to_stored()
    if isinstance(value, tuple):
        return [_dump(one) for one in value]
    return dict(value) if isinstance(value, dict) else value


def _load(value: Any) -> Any:
    if isinstance(value, dict) and "kind" in value:
        return from_stored(value)
    if isinstance(value, list):
        return tuple(_load(one) for one in value)
    return value
