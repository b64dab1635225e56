"""Who is acting: set by the gate for a person, by the command line for a command, else the system itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

KINDS = ("staff", "vendor", "api_key", "command", "system")


@dataclass(frozen=True)
class Actor:
    """`kind` is one of KINDS; `id` is stable, `name` is what people read, `address` is where they sit (raw)."""

    kind: str
    id: str = ""
    name: str = ""
    address: str = ""


SYSTEM = Actor("system", "", "Hệ thống")
COMMAND = Actor("command", "", "Dòng lệnh")

_actor: ContextVar[Actor] = ContextVar("motcua_audit_actor", default=SYSTEM)


def actor() -> Actor:
    return _actor.get()


def act_as(who: Actor) -> None:
    """Until the request ends, or until somebody else acts."""
    _actor.set(who)


@contextmanager
def acting_as(who: Actor) -> Iterator[None]:
    token = _actor.set(who)
    try:
        yield
    finally:
        _actor.reset(token)
