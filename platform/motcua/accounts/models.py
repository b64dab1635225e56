"""Staff members of a province with what they sign in with, and API keys."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned

from .people import LinkColumns, Person, RecoveryCodeColumns, SignInColumns
from .permissions import API_KEY_MODES, ROLE_NAMES, ROLES


class Staff(TenantOwned, Person, Base):
    """A person who works for the province."""

    __tablename__ = "staff"

    agency_code: Mapped[str | None] = mapped_column(Text)  # whose dossiers are theirs; None: every agency's

    __table_args__ = (
        UniqueConstraint("tenant_id", "email"),
        CheckConstraint(
            "role IN ('officer', 'leader', 'communications', 'province_admin', 'auditor')", name="role"
        ),
    )

    @property
    def permissions(self) -> frozenset[str]:
        return ROLES[self.role]

    @property
    def role_name(self) -> str:
        return ROLE_NAMES[self.role]

    @property
    def secret_owner(self) -> str:
        return self.tenant_id


def _of_staff(*more) -> tuple:
    whose = ForeignKeyConstraint(
        ["tenant_id", "person_id"], ["staff.tenant_id", "staff.id"], ondelete="CASCADE"
    )
    return (whose, *more)


class StaffRecoveryCode(TenantOwned, RecoveryCodeColumns, Base):
    __tablename__ = "staff_recovery_code"
    __table_args__ = _of_staff(UniqueConstraint("tenant_id", "person_id", "digest"))


class StaffSignIn(TenantOwned, SignInColumns, Base):
    __tablename__ = "staff_sign_in"
    __table_args__ = _of_staff(
        UniqueConstraint("tenant_id", "digest"), Index("ix_staff_sign_in_person", "tenant_id", "person_id")
    )


class StaffLink(TenantOwned, LinkColumns, Base):
    __tablename__ = "staff_link"
    __table_args__ = _of_staff(
        CheckConstraint("purpose IN ('invitation', 'reset')", name="purpose"),
        Index("ix_staff_link_person", "tenant_id", "person_id"),
    )


class ApiKey(TenantOwned, Base):
    """A key of the province's one-stop system. Only its digest is kept."""

    __tablename__ = "api_key"

    key_id: Mapped[str] = mapped_column(Text)
    secret_digest: Mapped[str] = mapped_column(Text)  # SHA-256 hex: the secret has 256 random bits
    label: Mapped[str] = mapped_column(Text)
    mode: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    last_used_at: Mapped[datetime | None] = mapped_column(Moment)  # to the minute
    expires_at: Mapped[datetime | None] = mapped_column(Moment)  # None: until it is revoked

    __table_args__ = (
        UniqueConstraint("tenant_id", "key_id"),
        CheckConstraint("mode IN ('live', 'test', 'read_only')", name="mode"),
    )

    @property
    def permissions(self) -> frozenset[str]:
        return API_KEY_MODES[self.mode]

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= now()

    @property
    def is_test(self) -> bool:
        """Everything is checked and answered, and nothing stays."""
        return self.mode == "test"
