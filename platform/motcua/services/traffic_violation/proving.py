"""Proving that a vehicle is one's own: the last five characters of its frame's or engine's number.

As with dossiers: a plate that is not there costs the same work and gives the same words as a wrong proof.
"""

import hmac

from motcua.core import attempts, scope

from ..contract import Asker
from .plates import Plate
from .records import Vehicle, proof_of
from .sources import CODE

MOST_PROOFS_COMPARED = 4
MOST_PLATES_READ = 20  # of one citizen within the cool-down
_NOBODYS = "0" * 64


def check(vehicle: Vehicle | None, plate: Plate, kind: str, last: str, asker: Asker) -> bool:
    """Whether the proof is right. Raises TooManyAttempts after five wrong ones of this citizen or for this plate."""
    limits = _of_citizen(asker, attempts.MOST_WRONG) | {
        f"{scope.required()}:vehicle:{proof_of(plate.bare, kind, '')}": attempts.MOST_WRONG
    }
    attempts.take(limits)
    given = proof_of(plate.bare, kind, last)
    known = list(vehicle.proofs[:MOST_PROOFS_COMPARED]) if vehicle is not None else []
    right = False
    for proof in known + [_NOBODYS] * (MOST_PROOFS_COMPARED - len(known)):
        right |= hmac.compare_digest(proof, given)  # all of them: the time taken tells nothing
    if right:
        attempts.give_back(list(limits))
    return right


def count_read(asker: Asker) -> None:
    """A look without a proof: nobody reads plates in a row. Raises TooManyAttempts."""
    if limits := _of_citizen(asker, MOST_PLATES_READ, ":read"):
        attempts.take(limits)


def _of_citizen(asker: Asker, most: int, what: str = "") -> dict[str, int]:
    if asker.citizen_id is None:
        return {}
    return {f"{scope.required()}:{CODE}:citizen:{asker.citizen_id}{what}": most}
