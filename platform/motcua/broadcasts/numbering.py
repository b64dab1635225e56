"""The number of an announcement: nobody can guess the next one, everybody can check one on the province's page."""

import re

from motcua.core import crypto, scope

_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0/O, 1/I/L
_CHECK_LENGTH = 6
_SHAPE = re.compile(r"([1-9][0-9]{0,17})-([0-9A-Z]{6})")


def code_of(broadcast_id: int) -> str:
    """`12-K7Q2MF`: the running number and a keyed check of the tenant in scope."""
    digest = int(crypto.keyring().blind_index(scope.required(), "announcement", str(broadcast_id)), 16)
    letters = []
    for _ in range(_CHECK_LENGTH):
        digest, at = divmod(digest, len(_LETTERS))
        letters.append(_LETTERS[at])
    return f"{broadcast_id}-{''.join(letters)}"


def read(text: str) -> str | None:
    """The number in what a citizen typed: blanks, a leading “số” and small letters are forgiven; None if it is none."""
    plain = re.sub(r"[\s.]", "", text.upper().replace("–", "-").replace("SỐ", ""))
    return plain if _SHAPE.fullmatch(plain) else None
