"""API keys: `mck_<key id>_<secret>`. The id finds the tenant, the secret proves the caller."""

import hashlib
import hmac
import math
import re
import secrets
from datetime import datetime, timedelta

from motcua import audit
from motcua.core import scope, throttle
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import TooManyAttempts, Unauthenticated
from motcua.tenancy import routes

from .models import ApiKey

PER_MINUTE = 60_000  # generous: it stops a loop that ran wild, not a busy night
USE_NOTED_EVERY = timedelta(minutes=1)
FORM = re.compile(r"mck_([a-z0-9]{12})_([A-Za-z0-9_-]{43})")


def issue(label: str, mode: str = "live", expires_at: datetime | None = None) -> str:
    """Create a key for the tenant in scope and return it: the only time its secret is readable."""
    key_id = "".join(secrets.choice("abcdefghijkmnpqrstuvwxyz23456789") for _ in range(12))
    secret = secrets.token_urlsafe(32)
    db.session.add(
        ApiKey(key_id=key_id, secret_digest=_digest(secret), label=label, mode=mode, expires_at=expires_at)
    )
    routes.claim("api_key", key_id, scope.required())
    audit.record("api_key.issue", key_id, {"label": label, "mode": mode, "expires_at": expires_at})
    return f"mck_{key_id}_{secret}"


def in_force(key_id: str) -> ApiKey | None:
    """The key of the tenant in scope that was not revoked."""
    return db.session.scalar(db.select(ApiKey).where(ApiKey.key_id == key_id, ApiKey.revoked_at.is_(None)))


def revoke(key_id: str) -> bool:
    key = in_force(key_id)
    if key is not None:
        key.revoked_at = now()
        audit.record("api_key.revoke", key_id, {"label": key.label})
    return key is not None


def tenant_of(authorization: str) -> tuple[str, str, str]:
    """(tenant, key id, secret) that an Authorization header names; nothing is proven yet.

    Raises Unauthenticated for a missing, malformed or unknown key, all with the same sentence.
    """
    scheme, _, credential = authorization.partition(" ")
    form = FORM.fullmatch(credential.strip()) if scheme.lower() == "bearer" else None
    tenant_id = form and routes.tenant_of("api_key", form[1])
    if not tenant_id:
        raise Unauthenticated
    return tenant_id, form[1], form[2]


def authenticate(key_id: str, secret: str) -> ApiKey:
    """The key, in its tenant's scope. Raises Unauthenticated when wrong, revoked or expired."""
    key = in_force(key_id)
    if key is None or key.is_expired or not hmac.compare_digest(key.secret_digest, _digest(secret)):
        raise Unauthenticated
    return key


def note_use(key: ApiKey) -> None:
    """Write when the key was last used, to the minute; commits. Raises TooManyAttempts beyond PER_MINUTE."""
    grant = throttle.take([throttle.Bucket(f"api:{key.key_id}", PER_MINUTE)], [], 1)
    if not grant.count:
        raise TooManyAttempts(
            "Khóa API này gửi quá nhanh. Xin đợi rồi gửi lại, hoặc gửi nhiều hồ sơ một lần qua /dossiers:batch.",
            details={"retry_after_s": max(math.ceil(grant.wait_s), 1)},
        )
    at = now()
    if key.last_used_at is None or at - key.last_used_at >= USE_NOTED_EVERY:
        key.last_used_at = at
        db.session.commit()


def all_keys() -> list[ApiKey]:
    """Of the tenant in scope, revoked ones too, the oldest first."""
    return list(db.session.scalars(db.select(ApiKey).order_by(ApiKey.id)))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
