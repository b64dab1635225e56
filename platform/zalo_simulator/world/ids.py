import hashlib
import secrets
from functools import lru_cache

_LOWEST = 10**18
_SPAN = 8 * 10**18


def _number_from(*parts: str) -> str:
    """A stable 19-digit number, beyond 2**53 on purpose: clients that use floats break here, not later."""
    digest = hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).digest()
    return str(_LOWEST + int.from_bytes(digest) % _SPAN)


def uid_for(oa_id: str, citizen_id: str) -> str:
    """The citizen's id as this one Official Account sees it."""
    return _number_from("uid", oa_id, citizen_id)


@lru_cache(maxsize=100_000)
def user_id_by_app(app_id: str, citizen_id: str) -> str:
    """The citizen's id for one app, equal across the app's Official Accounts."""
    return _number_from("app", app_id, citizen_id)


def new_number() -> str:
    return str(_LOWEST + secrets.randbelow(_SPAN))


def new_message_id() -> str:
    return secrets.token_hex(8)


def new_group_id() -> str:
    return secrets.token_hex(10)


def new_token() -> str:
    return secrets.token_urlsafe(96)


def new_secret() -> str:
    return secrets.token_urlsafe(15)
