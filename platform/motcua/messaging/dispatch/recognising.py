"""Whether something that Zalo shows was sent is one message of ours."""

import unicodedata
from datetime import timedelta

from motcua.citizens.models import Citizen
from motcua.messaging.channels.routing import FREE_WINDOW
from motcua.messaging.models import Message

CONSULTATION, TEMPLATE = "consultation", "template"
CLOCK_SKEW = timedelta(seconds=30)
SHORTEST_MARK = 6  # a shorter value of a template may stand in any text


def forms_of(message: Message, citizen: Citizen | None) -> frozenset[str]:
    """In which forms it may have left: one where its channel is known.

    A worker that died may not have written the channel. Then the routing is gone through again as of that time;
    where the citizen has spoken since, nobody can tell, and both forms are possible.
    """
    if message.channel is not None:
        return frozenset({CONSULTATION if message.channel == "consultation" else TEMPLATE})
    possible = frozenset({CONSULTATION, TEMPLATE} & _contents(message))
    if len(possible) < 2:
        return possible
    spoke_at = citizen.last_interaction_at if citizen else None
    if CONSULTATION in message.channels_refused or spoke_at is None:
        return frozenset({TEMPLATE})
    if spoke_at > message.claimed_at:
        return possible
    return frozenset({CONSULTATION if message.claimed_at - spoke_at < FREE_WINDOW else TEMPLATE})


def is_in_words(message: Message, forms: frozenset[str], text: str | None) -> bool:
    """Whether `text`, as Zalo shows it, is this message: its own words, or a template with all its values."""
    said = normal(text)
    if CONSULTATION in forms and said and said == words_of(message):
        return True
    marks = [normal(value) for value in message.content.get("zbs", {}).get("data", {}).values()]
    return (
        TEMPLATE in forms
        and any(len(mark) >= SHORTEST_MARK for mark in marks)
        and all(mark in said for mark in marks)
    )


def words_of(message: Message) -> str:
    """What its consultation form says; "" for a form without words."""
    return normal(message.content.get("consultation", {}).get("text"))


def normal(text: str | None) -> str:
    return unicodedata.normalize("NFC", text or "")


def _contents(message: Message) -> set[str]:
    names = {"consultation": CONSULTATION, "zbs": TEMPLATE}
    return {form for name, form in names.items() if name in message.content}
