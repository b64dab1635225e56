"""Proving that a dossier is one's own with the last four digits of a phone or ID number on it."""

import hmac

from motcua.core import attempts, scope

from .models import Dossier, proof_index

# Many phones share one address (a counter's Wi-Fi, a mobile carrier); many guessers share one dossier.
MOST_WRONG_OF_AN_ADDRESS = 40
MOST_WRONG_ON_A_DOSSIER = 40


def check(dossier: Dossier, digits: str, who: str, *, most_of_who: int = attempts.MOST_WRONG) -> bool:
    """True for right digits. `who` names the guesser: a citizen's id or a network address.

    Raises TooManyAttempts after five wrong guesses by this guesser on this dossier, `most_of_who` by this
    guesser on any, or many by anybody on this one: also for the right digits, until it has cooled down.
    """
    tenant_id = scope.required()
    mine = f"{tenant_id}:{dossier.id}:{who}"
    limits = {
        mine: attempts.MOST_WRONG,
        f"{tenant_id}:{who}": most_of_who,
        f"{tenant_id}:{dossier.id}": MOST_WRONG_ON_A_DOSSIER,
    }
    for key, most in limits.items():
        attempts.refuse_if_cooling_down(key, most)
    given = proof_index(dossier.code, digits)
    right = False
    for known in dossier.proof_indexes:  # all of them: the time taken tells nothing
        right |= hmac.compare_digest(known, given)
    if right:
        attempts.forget(mine)
    else:
        for key in limits:
            attempts.note_wrong(key)
    return right
