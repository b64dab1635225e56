"""What a request or a command is, so that whatever it commits is in the log without its saying so."""

from contextvars import ContextVar
from dataclasses import dataclass, field

MOST_CHANGES = 20  # rows whose values stand in one entry


@dataclass
class Watch:
    """`recorded` holds the chains that already have an entry of this work; `changes` what was flushed so far."""

    action: str
    subject: str
    detail: dict = field(default_factory=dict)
    recorded: set[str] = field(default_factory=set)
    changes: list[dict] = field(default_factory=list)

    def told(self) -> dict:
        """The detail of the entry that this work writes itself."""
        return self.detail | ({"changes": self.changes[:MOST_CHANGES]} if self.changes else {})


_watch: ContextVar[Watch | None] = ContextVar("motcua_audit_watch", default=None)


def begin(watch: Watch) -> None:
    _watch.set(watch)


def current() -> Watch | None:
    return _watch.get()


def end() -> None:
    _watch.set(None)
