"""What a citizen has said so far to an extra service; sealed, because a plate or a number may be among it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from motcua.citizens.models import Citizen
from motcua.core import crypto
from motcua.core.clock import now
from motcua.services import registry, switching
from motcua.services.contract import Choice, Service

LIFETIME = timedelta(minutes=15)
PURPOSE = "service_dialogue"
LONGEST_LABEL = 200


@dataclass
class Talk:
    """`asks` is the field whose value is waited for, `choices` the ways on that were offered."""

    service: Service
    values: dict[str, str] = field(default_factory=dict)
    asks: str = ""
    choices: list[Choice] = field(default_factory=list)


def open_talk(citizen: Citizen) -> Talk | None:
    """What was said so far; None when nothing was, too long ago, or when the service is off by now."""
    held = citizen.dialogue
    if "service" not in held or datetime.fromisoformat(held["until"]) < now():
        return None
    if not switching.is_on(held["service"]):
        return None
    said = crypto.open_json(citizen.tenant_id, PURPOSE, held["sealed"])
    choices = [Choice(label, values) for label, values in said["choices"]]
    return Talk(registry.find(held["service"]), said["values"], said["asks"], choices)


def keep(citizen: Citizen, talk: Talk) -> None:
    said: dict[str, Any] = {
        "values": talk.values,
        "asks": talk.asks,
        "choices": [[one.label[:LONGEST_LABEL], dict(one.values)] for one in talk.choices],
    }
    citizen.dialogue = {
        "service": talk.service.code,
        "sealed": crypto.seal_json(citizen.tenant_id, PURPOSE, said),
        "until": (now() + LIFETIME).isoformat(),
    }


def end(citizen: Citizen) -> None:
    if "service" in citizen.dialogue:
        citizen.dialogue = {}
