"""Who changed what: one append-only, hash-chained log a province, and one for the platform.

`record` writes into the current transaction, so that a change and its entry stand or fall together.
"""

from .actors import COMMAND, SYSTEM, Actor, act_as, acting_as, actor
from .recording import note_access, record, record_platform

__all__ = [
    "COMMAND",
    "SYSTEM",
    "Actor",
    "act_as",
    "acting_as",
    "actor",
    "note_access",
    "record",
    "record_platform",
]
