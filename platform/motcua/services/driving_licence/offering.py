"""A reminder is offered with the answer: what it needs is kept half an hour, until the citizen says yes.

Only the day of expiry, the masked number and the classes, sealed; nothing by which the licence could be asked for.
"""

import json
from dataclasses import dataclass
from datetime import date

from motcua.core import crypto, queue, scope

KEPT_S = 30 * 60
_PURPOSE = "licence_offer"


@dataclass(frozen=True)
class Offer:
    """What a citizen may be reminded of."""

    expires_on: date
    masked_number: str
    classes: str


def offer(citizen_id: int, of: Offer) -> None:
    """Keep it for this citizen of the tenant in scope, in place of the one before."""
    said = json.dumps([of.expires_on.isoformat(), of.masked_number, of.classes])
    sealed = crypto.keyring().encrypt(scope.required(), _PURPOSE, said)
    queue.connection().set(_key(citizen_id), sealed, ex=KEPT_S)


def take(citizen_id: int) -> Offer | None:
    """The offer, which is gone then; None where there is none any more."""
    sealed = queue.connection().getdel(_key(citizen_id))
    if sealed is None:
        return None
    day, number, classes = json.loads(crypto.keyring().decrypt(scope.required(), _PURPOSE, sealed.decode()))
    return Offer(date.fromisoformat(day), number, classes)


def _key(citizen_id: int) -> str:
    return f"motcua:licence-offer:{scope.required()}:{citizen_id}"
