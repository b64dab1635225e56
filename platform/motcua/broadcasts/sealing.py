"""The words that an approval was given for, kept with the broadcast: these leave.

They are made of the broadcast, which two people stand behind, and of the province's text, name and address, which one
person may change at any hour.
"""

import hashlib
import json
from dataclasses import asdict, dataclass

from . import content
from .models import Broadcast


@dataclass(frozen=True)
class Words:
    """`messages`: language -> the very chat message. `template`: the parameters of the ZBS template."""

    messages: dict[str, str]
    template: dict[str, str]

    @property
    def mark(self) -> str:
        """Another one whenever citizens would read anything else."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


def of(one: Broadcast) -> Words:
    """The approved ones; while this revision has none, as they would read now."""
    return _kept(one) or as_they_stand(one)


def as_they_stand(one: Broadcast) -> Words:
    return Words(content.messages(one), content.template(one))


def is_sealed(one: Broadcast) -> bool:
    return _kept(one) is not None


def seal(one: Broadcast, words: Words) -> Words:
    """From now on `one` says `words`, until it is changed itself. Does not commit."""
    one.approved_words = {"revision": one.revision} | asdict(words)
    return words


def _kept(one: Broadcast) -> Words | None:
    """None also where they are an earlier revision's."""
    kept = one.approved_words
    if kept is None or kept["revision"] != one.revision:
        return None
    return Words(kept["messages"], kept["template"])
