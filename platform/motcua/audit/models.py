"""The log, its head, its daily anchors and its cut-offs. The platform's own chain stands under `PLATFORM`."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core import crypto
from motcua.core.database import Base, Moment, TenantOwned

from .actors import KINDS

PLATFORM = crypto.VENDOR  # the "tenant" of the vendor's own chain


class AuditEntry(TenantOwned, Base):
    """One act. Its trigger refuses UPDATE, and DELETE except of what a cut-off covers."""

    __tablename__ = "audit_entry"

    number: Mapped[int] = mapped_column(BigInteger)  # from 1, without gaps
    at: Mapped[datetime] = mapped_column(Moment)
    actor_kind: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[str] = mapped_column(Text)
    actor_name: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)  # "staff.invite"
    subject: Mapped[str] = mapped_column(Text)
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB)  # masked
    address: Mapped[str] = mapped_column(Text)  # masked, with a keyed fingerprint
    prev_hash: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(Text)  # SHA-256, see `chain.hash_of`
    seal: Mapped[str] = mapped_column(Text)  # HMAC of `hash` with a key that is not in the database

    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index("ix_audit_entry_at", "tenant_id", "at"),
        CheckConstraint(f"actor_kind IN {KINDS!r}", name="actor_kind"),
    )


class AuditHead(TenantOwned, Base):
    """The end of a chain: locked by whoever appends, and sealed, so that a lost tail is noticed."""

    __tablename__ = "audit_head"

    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(Text)
    seal: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("tenant_id"),)


class AuditAnchor(TenantOwned, Base):
    """Where the chain stood on a day. Exported, it shows that a whole database was put back."""

    __tablename__ = "audit_anchor"

    day: Mapped[date]
    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(Text)
    seal: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("tenant_id", "day"),)


class AuditCutoff(TenantOwned, Base):
    """The tombstone of what was pruned: everything up to `number`, whose last hash is `hash`."""

    __tablename__ = "audit_cutoff"

    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(Text)
    before: Mapped[datetime] = mapped_column(Moment)  # entries older than this went
    made_at: Mapped[datetime] = mapped_column(Moment)
    seal: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("tenant_id", "number"),)
