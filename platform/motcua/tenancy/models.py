"""Provinces, the ways the outside names them, and their Official Accounts."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core import crypto
from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned, db

FOLDER, CONSOLE = ORIGINS = ("folder", "console")
CALLS_PER_MINUTE = (
    4000  # of an app, over all its OAs; one source only (zalo platform integration notes, 2026)
)


class Tenant(Base):
    """A province. Not province-owned itself: every process must be able to list the tenants."""

    __tablename__ = "tenant"

    id: Mapped[str] = mapped_column(Text, primary_key=True)  # the slug, "binh-thuan"
    status: Mapped[str] = mapped_column(Text)  # live | trial | suspended
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB)  # the validated tenant.toml
    settings_digest: Mapped[str] = mapped_column(Text)
    applied_at: Mapped[datetime] = mapped_column(Moment, default=now)
    # Whether a reviewed folder stands behind it, or it was founded in the vendor's console.
    origin: Mapped[str] = mapped_column(Text, default=FOLDER, server_default=FOLDER)
    # What the vendor decided, {"status", "plan"} where they did; wins over the folder.
    decided: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))

    __table_args__ = (
        CheckConstraint("status IN ('live', 'trial', 'suspended')", name="status"),
        CheckConstraint(f"origin IN {ORIGINS!r}", name="origin"),
    )


class TenantRoute(Base):
    """How the outside names a tenant before we know which one it is: a host, an OA id, an API key's id."""

    __tablename__ = "tenant_route"

    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[str] = mapped_column(Text, primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.id", ondelete="CASCADE"), index=True)

    __table_args__ = (CheckConstraint("kind IN ('host', 'oa', 'api_key')", name="kind"),)


class ZaloApp(Base):
    """An app at Zalo's developer console; many provinces' OAs may grant the same one."""

    __tablename__ = "zalo_app"

    app_id: Mapped[str] = mapped_column(Text, primary_key=True)
    app_secret_encrypted: Mapped[str] = mapped_column(Text)
    webhook_secret_encrypted: Mapped[str] = mapped_column(Text)
    pkce_verifier_encrypted: Mapped[str | None] = mapped_column(Text)
    calls_per_minute: Mapped[int] = mapped_column(default=CALLS_PER_MINUTE)

    @property
    def app_secret(self) -> str:
        return _open("zalo_app_secret", self.app_secret_encrypted)

    @app_secret.setter
    def app_secret(self, plain: str) -> None:
        self.app_secret_encrypted = _seal("zalo_app_secret", plain)

    @property
    def webhook_secret(self) -> str:
        return _open("zalo_webhook_secret", self.webhook_secret_encrypted)

    @webhook_secret.setter
    def webhook_secret(self, plain: str) -> None:
        self.webhook_secret_encrypted = _seal("zalo_webhook_secret", plain)

    @property
    def pkce_verifier(self) -> str | None:
        """Set when the console at Zalo fixes one code challenge an app: then it is used for every consent."""
        return self.pkce_verifier_encrypted and _open("zalo_pkce_verifier", self.pkce_verifier_encrypted)

    @pkce_verifier.setter
    def pkce_verifier(self, plain: str | None) -> None:
        self.pkce_verifier_encrypted = _seal("zalo_pkce_verifier", plain) if plain else None


def _open(purpose: str, stored: str) -> str:
    return crypto.keyring().decrypt(crypto.VENDOR, purpose, stored)


def _seal(purpose: str, plain: str) -> str:
    return crypto.keyring().encrypt(crypto.VENDOR, purpose, plain)


class OfficialAccount(TenantOwned, Base):
    """One OA of a province, with its token pair. A province may have several over time."""

    __tablename__ = "official_account"

    key: Mapped[str] = mapped_column(Text)  # the name in tenant.toml, "main"
    oa_id: Mapped[str] = mapped_column(Text)
    app_id: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    templates: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)  # purpose -> ZBS template id
    state: Mapped[str] = mapped_column(Text, default="not_connected")
    state_reason: Mapped[str | None] = mapped_column(Text)
    access_token_encrypted: Mapped[str | None] = mapped_column(Text)
    refresh_token_encrypted: Mapped[str | None] = mapped_column(Text)
    token_expires_at: Mapped[datetime | None] = mapped_column(Moment)
    token_refreshed_at: Mapped[datetime | None] = mapped_column(Moment)
    webhook_secret_encrypted: Mapped[str | None] = mapped_column(Text)
    calls_per_minute: Mapped[int | None]  # None: nothing is known beyond the app's own limit

    __table_args__ = (
        UniqueConstraint("tenant_id", "oa_id"),
        UniqueConstraint("tenant_id", "key"),
        CheckConstraint("state IN ('not_connected', 'connected', 'needs_consent')", name="state"),
    )

    @property
    def access_token(self) -> str | None:
        return self._open("oa_access_token", self.access_token_encrypted)

    @property
    def refresh_token(self) -> str | None:
        return self._open("oa_refresh_token", self.refresh_token_encrypted)

    @property
    def webhook_secret(self) -> str | None:
        """This OA's own OA Secret Key, where Zalo gave it one; else the app's signs its webhooks."""
        return self._open("oa_webhook_secret", self.webhook_secret_encrypted)

    @webhook_secret.setter
    def webhook_secret(self, plain: str | None) -> None:
        ring = crypto.keyring()
        self.webhook_secret_encrypted = plain and ring.encrypt(self.tenant_id, "oa_webhook_secret", plain)

    def keep_tokens(self, access_token: str, refresh_token: str | None, expires_at: datetime) -> None:
        """Store a new pair. Zalo may omit the refresh token: then the old one stays."""
        ring = crypto.keyring()
        self.access_token_encrypted = ring.encrypt(self.tenant_id, "oa_access_token", access_token)
        if refresh_token:
            self.refresh_token_encrypted = ring.encrypt(self.tenant_id, "oa_refresh_token", refresh_token)
        self.token_expires_at, self.token_refreshed_at = expires_at, now()
        self.state, self.state_reason = "connected", None

    def _open(self, purpose: str, stored: str | None) -> str | None:
        return stored and crypto.keyring().decrypt(self.tenant_id, purpose, stored)


class PendingConsent(TenantOwned, Base):
    """One admin on the way to Zalo and back; good for one use."""

    __tablename__ = "pending_consent"

    nonce: Mapped[str] = mapped_column(Text)
    account_id: Mapped[int] = mapped_column(BigInteger)
    staff_id: Mapped[int] = mapped_column(BigInteger)
    verifier_encrypted: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    used_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        UniqueConstraint("tenant_id", "nonce"),
        ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["official_account.tenant_id", "official_account.id"],
            ondelete="CASCADE",
        ),
    )


class DomainProof(Base):
    """What Zalo asks a web host to show before it accepts links or webhooks there. Public by its nature."""

    __tablename__ = "domain_proof"

    host: Mapped[str] = mapped_column(Text, primary_key=True)
    token: Mapped[str] = mapped_column(Text)
    sentence: Mapped[str] = mapped_column(Text)  # the whole body of the verification file
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)


def all_tenant_ids() -> list[str]:
    """Every tenant that is not suspended, in a stable order."""
    return list(
        db.session.scalars(db.select(Tenant.id).where(Tenant.status != "suspended").order_by(Tenant.id))
    )
