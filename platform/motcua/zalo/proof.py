"""Hashes that prove possession of a secret: PKCE for consent, appsecret_proof for calls."""

import base64
import hashlib
import hmac
import secrets


def pkce_pair() -> tuple[str, str]:
    """A fresh (verifier, challenge); keep the verifier with the pending consent."""
    verifier = secrets.token_urlsafe(32)
    return verifier, challenge_of(verifier)


def challenge_of(verifier: str) -> str:
    """base64url without padding of SHA-256 of the verifier (RFC 7636, S256)."""
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def appsecret_proof(access_token: str, app_secret: str) -> str:
    """Lowercase hex HMAC-SHA256 of the access token under the app's secret key."""
    return hmac.digest(app_secret.encode(), access_token.encode(), "sha256").hex()
