"""Proving that a dossier is one's own with the last four digits of a phone or ID number on it."""

import hmac

from motcua.core import attempts, scope

from .models import Dossier, proof_index


def check(dossier: Dossier, digits: str, who: str) -> bool:
    """True for right digits. `who` names the guesser: a citizen's id or a network address.

    Raises TooManyAttempts while this guesser, or this dossier for anybody, cools down.
    """
    keys = [f"{scope.required()}:{dossier.id}:{who}", f"{scope.required()}:{who}"]
    for key in keys:
        attempts.refuse_if_cooling_down(key)
    given = proof_index(dossier.code, digits)
    right = False
    for known in dossier.proof_indexes:  # all of them: the time taken tells nothing
        right |= hmac.compare_digest(known, given)
    if right:
        attempts.forget(keys[0])
    else:
        for key in keys:
            attempts.note_wrong(key)
    return right
