import base64
import hashlib
import hmac


def challenge_of(verifier: str) -> str:
    """base64url without padding of the verifier's SHA-256."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def fits(verifier: str, challenge: str) -> bool:
    return hmac.compare_digest(challenge_of(verifier).encode(), challenge.encode())
