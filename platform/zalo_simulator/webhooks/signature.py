import hashlib


def event_mac(app_id: str, body: bytes, timestamp: str, oa_secret_key: str) -> str:
    """SHA-256 over app id, exact body, timestamp and OA secret key: no HMAC (Zalo webhook, X-ZEvent-Signature)."""
    return hashlib.sha256(app_id.encode() + body + timestamp.encode() + oa_secret_key.encode()).hexdigest()
