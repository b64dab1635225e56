"""Proving that a dossier is one's own with the last four digits of a phone or ID number on it.

Whoever guesses must not learn which half was wrong: a code that is not there is judged by the same work, the
same questions to the database and the same words as a wrong proof. Chat and page count together.
"""

import hmac
from dataclasses import dataclass

from motcua.core import attempts, scope
from motcua.core.errors import Invalid

from . import codes, finding
from .models import Dossier, proof_index

# Many phones share one address (a counter's Wi-Fi, a mobile carrier), so an address alone has more room.
MOST_WRONG_OF_AN_ADDRESS = 20
MOST_PROOFS_COMPARED = 6  # owner, submitter, authorised person: a phone and an ID number each
# Dossier codes are counted up from 1 each day and nearly all exist: reading them in a row is limited too.
MOST_CODES_READ = 20
MOST_CODES_READ_IN_A_RANGE = 200
NOBODYS_INDEX = "0" * 64
WRONG = (
    "Không tìm thấy hồ sơ khớp với mã hoặc 4 số đã nhập. Xin xem lại mã trên giấy tiếp nhận và số điện thoại "
    "hoặc số giấy tờ đã ghi khi nộp."
)


@dataclass(frozen=True)
class Guesser:
    """Who guesses, as far as we can tell: a citizen in the chat, or a browser at an address."""

    citizen_id: int | None = None
    browser: str | None = None
    address: str | None = None

    def limits(self) -> dict[str, int]:
        """Key -> most wrong guesses of any kind."""
        tenant_id = scope.required()
        mine = {f"{tenant_id}:citizen:{self.citizen_id}": attempts.MOST_WRONG} if self.citizen_id else {}
        if self.browser:
            mine[f"{tenant_id}:browser:{self.browser}"] = attempts.MOST_WRONG
        if self.address:
            mine[f"{tenant_id}:address:{self.address}"] = MOST_WRONG_OF_AN_ADDRESS
        return mine


def check(dossier: Dossier | None, code: str, digits: str, who: Guesser) -> bool:
    """True for right digits of a dossier that exists; `code` is what was looked for.

    Raises TooManyAttempts after five wrong guesses by this guesser, or by anybody on this code, whether or not
    there is such a dossier: also for the right digits, until it has cooled down.
    """
    code = dossier.code if dossier is not None else codes.folded(code)
    limits = who.limits() | {f"{scope.required()}:dossier:{code[:80]}": attempts.MOST_WRONG}
    attempts.take(limits)
    given = proof_index(code, digits)
    known = list(dossier.proof_indexes) if dossier is not None else []
    right = False
    for index in known + [NOBODYS_INDEX] * (MOST_PROOFS_COMPARED - len(known)):
        right |= hmac.compare_digest(index, given)  # all of them: the time taken tells nothing
    if right:
        attempts.give_back(list(limits))
    return right


def prove_code(code: str, digits: str, who: Guesser) -> Dossier | None:
    """The dossier of that code for whoever has its digits; None for a wrong code and for wrong digits alike.

    Raises TooManyAttempts.
    """
    dossier = finding.look_up(code)
    return dossier if check(dossier, code, digits, who) else None


def read_code(code: str, who: Guesser) -> Dossier | None:
    """The dossier of a code without a proof, for the little that the code alone opens; None where there is none.

    A code that is not there counts as a wrong guess. Raises TooManyAttempts, also where one guesser reads many
    codes, or all guessers together many of one office's one day.
    """
    limits = who.limits()
    attempts.take(limits)
    reading = {f"{key}:read": MOST_CODES_READ for key in limits}
    reading[f"{scope.required()}:range:{_range_of(code)}"] = MOST_CODES_READ_IN_A_RANGE
    try:
        attempts.take(reading)
        dossier = finding.look_up(code)
    except Exception:
        attempts.give_back(list(limits))
        raise
    if dossier is not None:
        attempts.give_back(list(limits))
    return dossier


def read_token(token: str, who: Guesser) -> Dossier | None:
    """The dossier behind a paper's token; one that is not there counts as a wrong guess. Raises TooManyAttempts."""
    limits = who.limits()
    attempts.take(limits)
    dossier = finding.look_up_token(token)
    if dossier is not None:
        attempts.give_back(list(limits))
    return dossier


def _range_of(code: str) -> str:
    """The office and the day of a code."""
    try:
        return codes.normalise(code).rpartition("-")[0]
    except Invalid:
        return "impossible"
