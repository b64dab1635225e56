"""What a room below the conversation wants to answer: which text, its words, its buttons."""

import re
from dataclasses import dataclass, field

from motcua.zalo.messages import Button


@dataclass(frozen=True)
class Reply:
    """One answer in the chat; the conversation renders it in the citizen's language.

    `ends`: the talk is over, so the way back to the menu is offered beside `buttons`.
    """

    event: str
    words: dict = field(default_factory=dict)
    buttons: tuple[Button, ...] = ()
    ends: bool = False


def number_in(words: str) -> int | None:
    """The id that a button carries; anybody can type anything in its place."""
    return int(words) if re.fullmatch(r"[0-9]{1,18}", words) else None
