"""HMACs with the installation's key, which the database does not hold: rewriting the tables does not forge them."""

import hmac

from motcua.core import crypto


def seal(chain_id: str, kind: str, value: str) -> str:
    """64 hex digits; `kind` keeps an entry's seal from passing as a head's."""
    return crypto.keyring().blind_index(chain_id, f"audit:{kind}", value)


def holds(chain_id: str, kind: str, value: str, found: str) -> bool:
    return hmac.compare_digest(seal(chain_id, kind, value), found)


def place(number: int, hash_: str) -> str:
    """How a place in the chain is written where it is sealed."""
    return f"{number}:{hash_}"
