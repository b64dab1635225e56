"""Staff members and API keys of a province."""

from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask_login import UserMixin
from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned

from .permissions import API_KEY_MODES, ROLES

_hasher = PasswordHasher()  # Argon2id with the library's current parameters
_NO_ONE = _hasher.hash("nobody has this password")


class Staff(TenantOwned, UserMixin, Base):
    """A person who works for the province."""

    __tablename__ = "staff"

    email: Mapped[str] = mapped_column(Text)  # lower case
    full_name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text)
    is_enabled: Mapped[bool] = mapped_column(default=True)
    agency_code: Mapped[str | None] = mapped_column(
        Text
    )  # whose dossiers they see first; None: every agency's

    __table_args__ = (
        UniqueConstraint("tenant_id", "email"),
        CheckConstraint("role IN ('officer', 'leader', 'communications', 'province_admin')", name="role"),
    )

    def get_id(self) -> str:
        return f"{self.tenant_id}/{self.id}"

    @property
    def is_active(self) -> bool:
        return self.is_enabled

    @property
    def permissions(self) -> frozenset[str]:
        return ROLES[self.role]

    def set_password(self, plain: str) -> None:
        self.password_hash = _hasher.hash(plain)


def password_is_right(staff: Staff | None, plain: str) -> bool:
    """Takes as long for an unknown person as for a wrong password."""
    try:
        _hasher.verify(staff.password_hash if staff else _NO_ONE, plain)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return staff is not None and staff.is_enabled


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
