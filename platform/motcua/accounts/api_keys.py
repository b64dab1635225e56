"""API keys: `mck_<key id>_<secret>`. The id finds the tenant, the secret proves the caller."""

import hashlib
import hmac
import re
import secrets

from motcua.core import scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Unauthenticated
from motcua.tenancy import routes

from .models import ApiKey

FORM = re.compile(r"^mck_([a-z0-9]{12})_([A-Za-z0-9_-]{43})$")


def issue(label: str, mode: str = "live") -> str:
    """Create a key for the tenant in scope and return it: the only time its secret is readable."""
    key_id = "".join(secrets.choice("abcdefghijkmnpqrstuvwxyz23456789") for _ in range(12))
    secret = secrets.token_urlsafe(32)
    db.session.add(ApiKey(key_id=key_id, secret_digest=_digest(secret), label=label, mode=mode))
    routes.claim("api_key", key_id, scope.required())
    return f"mck_{key_id}_{secret}"


def revoke(key_id: str) -> bool:
    key = db.session.scalar(db.select(ApiKey).where(ApiKey.key_id == key_id, ApiKey.revoked_at.is_(None)))
    if key is not None:
        key.revoked_at = now()
    return key is not None


def tenant_of(authorization: str) -> tuple[str, str, str]:
    """(tenant, key id, secret) that an Authorization header names; nothing is proven yet.

    Raises Unauthenticated for a missing, malformed or unknown key, all with the same sentence.
    """
    scheme, _, credential = authorization.partition(" ")
    form = FORM.match(credential.strip()) if scheme.lower() == "bearer" else None
    tenant_id = form and routes.tenant_of("api_key", form[1])
    if not tenant_id:
        raise Unauthenticated
    return tenant_id, form[1], form[2]


def authenticate(key_id: str, secret: str) -> ApiKey:
    """The key, in its tenant's scope. Raises Unauthenticated when wrong or revoked."""
    key = db.session.scalar(db.select(ApiKey).where(ApiKey.key_id == key_id, ApiKey.revoked_at.is_(None)))
    if key is None or not hmac.compare_digest(key.secret_digest, _digest(secret)):
        raise Unauthenticated
    return key


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
