"""The signature of Zalo's webhooks: mac = SHA-256 of app id, raw body, timestamp and OA secret key, joined.

It is a plain hash, not an HMAC. Sources disagree on whether the body's timestamp or the one in the header
X-ZEvent-Timestamp is signed, so either is accepted; a forger needs the secret for both.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence

from .reading import as_mapping, as_text, read_event

_HEADER = re.compile(r"\s*(?:mac\s*=\s*)?([0-9a-fA-F]{64})\s*", re.IGNORECASE | re.ASCII)
_LONGEST_HEADER = 200
_LONGEST_TIMESTAMP = 40
_PROBE = re.compile(rb"\s*\{\s*\}\s*")
_LONGEST_PROBE = 64


def sign(app_id: str, raw_body: bytes, timestamp: str, secret: str) -> str:
    """Lowercase hex; `timestamp` as it stands in the body, in milliseconds."""
    digest = hashlib.sha256(app_id.encode())
    digest.update(raw_body)
    digest.update((timestamp + secret).encode())
    return digest.hexdigest()


def verify(
    raw_body: bytes,
    header_signature: str | None,
    header_timestamp: str | None,
    app_id: str,
    secrets: Sequence[str],
    stated: str | None = None,
) -> bool:
    """Whether one of `secrets` (the OA's own, the app's, the ones being rotated out) signed this body.

    `stated`: the body's timestamp as text, of a caller who has read it; it is read here otherwise.

    Takes any input from anybody without raising: what cannot be read does not verify. An empty secret
    never verifies.
    """
    given = _mac(header_signature)
    if given is None:
        return False
    genuine = False
    for timestamp in _timestamps(stated or _stated(raw_body), header_timestamp):
        for secret in secrets:
            if secret:
                # No early return: how long it takes says nothing of which secret matched.
                genuine |= hmac.compare_digest(sign(app_id, raw_body, timestamp, secret), given)
    return genuine


def is_probe(raw_body: bytes) -> bool:
    """The unsigned `{}` that Zalo posts when the webhook address is saved; it must get 200."""
    return len(raw_body) <= _LONGEST_PROBE and _PROBE.fullmatch(raw_body) is not None


def _mac(header: str | None) -> str | None:
    if not header or len(header) > _LONGEST_HEADER:
        return None
    match = _HEADER.fullmatch(header)
    return match.group(1).lower() if match else None


def _stated(raw_body: bytes) -> str | None:
    try:
        return as_text(as_mapping(read_event(raw_body)).get("timestamp"))
    except ValueError:
        return None


def _timestamps(stated: str | None, header: str | None) -> list[str]:
    found = []
    for candidate in (stated, header):
        usable = candidate and len(candidate) <= _LONGEST_TIMESTAMP and candidate.isascii()
        if usable and candidate not in found:
            found.append(candidate)
    return found
