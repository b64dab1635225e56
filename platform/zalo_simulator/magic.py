"""Numbers whose last digits decide the answer, so that any client can provoke any error.

Phone `84900` + the code in six digits, user id `9000000000000000000` + the code:
84900000118 answers -118, 9000000000000000230 answers -230.
"""

from .errors import OA_MESSAGES, ZBS_MESSAGES, Misbehave, ZaloError

PHONE_PREFIX = "84900"
UID_BASE = 9 * 10**18

MISCHIEF = {
    9408: "timeout",
    9444: "drop_before",
    9500: "http_500",
    9502: "html",
}
NEVER_DELIVERED = 9001
LOST_ANSWER = 9445

_ERRORS = set(OA_MESSAGES) | set(ZBS_MESSAGES)


def phone_for(code: int) -> str:
    return f"{PHONE_PREFIX}{abs(code):06d}"


def uid_for(code: int) -> str:
    return str(UID_BASE + abs(code))


def check_phone(phone: str) -> None:
    """Raise what the number stands for; ordinary numbers pass."""
    if phone.startswith(PHONE_PREFIX):
        _act(int(phone[len(PHONE_PREFIX) :]))


def check_uid(uid: str) -> None:
    if len(uid) == 19 and uid.startswith("900000000000000"):
        _act(int(uid) - UID_BASE)


def is_never_delivered(phone: str) -> bool:
    return phone == phone_for(NEVER_DELIVERED)


def _act(number: int) -> None:
    if -number in _ERRORS:
        raise ZaloError(-number)
    if number in MISCHIEF:
        raise Misbehave(MISCHIEF[number])


def catalogue() -> list[dict]:
    """Every magic number with what it does, for the control room."""
    numbers = [
        {"code": code, "does": text, "phone": phone_for(code), "user_id": uid_for(code)}
        for code, text in sorted((OA_MESSAGES | ZBS_MESSAGES).items(), reverse=True)
    ]
    numbers += [
        {"code": None, "does": kind, "phone": phone_for(code), "user_id": uid_for(code)}
        for code, kind in MISCHIEF.items()
    ]
    numbers += [
        {"code": 0, "does": does, "phone": phone_for(code), "user_id": ""}
        for code, does in ((NEVER_DELIVERED, "accepted, never delivered"), (LOST_ANSWER, "lost_answer"))
    ]
    return numbers
