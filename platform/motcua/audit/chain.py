"""The chain itself: what is hashed, and how it is checked. Knows no database.

A third party checks an export with nothing but SHA-256: the hash of an entry is over the JSON of all its
FIELDS, keys sorted, no spaces, UTF-8. The seals need the installation's key and are checked here only.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64
FIELDS = (
    "tenant", "number", "at", "actor_kind", "actor_id", "actor_name", "action", "subject", "detail", "address",
    "prev_hash",
)  # fmt: skip

MISSING, CHANGED, UNLINKED, UNSEALED = "missing", "changed", "unlinked", "unsealed"

Seals = Callable[[str, str], bool]  # (hash, seal) -> whether we made it


@dataclass(frozen=True)
class Break:
    """The first entry that is not as it was written: its number and what is wrong with it."""

    number: int
    reason: str


@dataclass(frozen=True)
class Verdict:
    """`first` and `last` are (number, ISO 8601) of the entries that hold, None where there is none."""

    checked: int
    first: tuple[int, str] | None
    last: tuple[int, str] | None
    broken: Break | None = None


def moment(at: datetime) -> str:
    """One spelling for one moment: UTC, microseconds, Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(entry: dict[str, Any]) -> bytes:
    return as_json({name: entry[name] for name in FIELDS}).encode()


def as_json(value: Any) -> str:
    """One spelling for one value: keys sorted, no spaces, letters as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def hash_of(entry: dict[str, Any]) -> str:
    """SHA-256 in hex. `entry` has all FIELDS. Raises KeyError when one is missing."""
    return hashlib.sha256(canonical(entry)).hexdigest()


def check(
    entries: Iterable[dict[str, Any]],
    *,
    after: int = 0,
    after_hash: str = GENESIS,
    until: int | None = None,
    is_sealed: Seals | None = None,
    pinned: dict[int, str] | None = None,
) -> Verdict:
    """Read entries in the order they are given and stop at the first that is wrong.

    `after`, `after_hash`: what came before (a cut-off). `until`: the number the chain must reach.
    `pinned`: number -> hash as anchors knew them.
    """
    pinned = pinned or {}
    number, link, first, last, checked = after, after_hash, None, None, 0
    for entry in entries:
        number += 1
        reason = _wrong(entry, number, link, is_sealed, pinned.get(number))
        if reason:
            return Verdict(checked, first, last, Break(number, reason))
        link, checked = entry["hash"], checked + 1
        last = (number, entry["at"])
        first = first or last
    unreached = [until or 0, *pinned]
    if number < max(unreached):
        return Verdict(checked, first, last, Break(number + 1, MISSING))
    return Verdict(checked, first, last)


def _wrong(entry: dict, number: int, link: str, is_sealed: Seals | None, pinned: str | None) -> str | None:
    if entry.get("number") != number:
        return MISSING
    try:
        found = hash_of(entry)
    except (KeyError, TypeError, ValueError):
        return CHANGED
    if entry.get("hash") != found:
        return CHANGED
    if entry["prev_hash"] != link:
        return UNLINKED
    if is_sealed and not is_sealed(found, entry.get("seal", "")):
        return UNSEALED
    if pinned is not None and pinned != found:
        return UNSEALED
    return None
