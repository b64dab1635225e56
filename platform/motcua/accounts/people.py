"""What a province's staff and the vendor's share: who they are, and what they sign in with.

Mixins only: `models` makes tables of a province of them, `vendor_models` tables that belong to no province.
"""

from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import BigInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core.clock import now
from motcua.core.database import Moment

from . import passwords
from .permissions import NEEDS_SECOND_FACTOR


class Person(UserMixin):
    """Somebody who signs in. `password_hash` is empty until an invitation is taken up."""

    email: Mapped[str] = mapped_column(Text)  # lower case
    full_name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text, default="")
    is_enabled: Mapped[bool] = mapped_column(default=True)
    totp_secret_encrypted: Mapped[str | None] = mapped_column(Text)
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)  # of the newest code that was accepted
    second_factor_since: Mapped[datetime | None] = mapped_column(Moment)
    signed_in_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def is_read_only(self) -> bool:
        """Whoever reads everything changes nothing."""
        return self.role == "auditor"

    @property
    def is_active(self) -> bool:
        return self.is_enabled

    @property
    def has_password(self) -> bool:
        return bool(self.password_hash)

    @property
    def has_second_factor(self) -> bool:
        return self.second_factor_since is not None

    @property
    def needs_second_factor(self) -> bool:
        return self.role in NEEDS_SECOND_FACTOR

    def set_password(self, plain: str) -> None:
        """Whether `plain` is good enough is for `passwords.refuse_weak` to say, before."""
        self.password_hash = passwords.hashed(plain)


class RecoveryCodeColumns:
    """Opens once what otherwise the phone with the second factor opens."""

    person_id: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(Text)  # keyed: see `second_factor`
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class SignInColumns:
    """One browser in which a person is signed in."""

    person_id: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(Text)  # SHA-256 hex of the cookie's 256 random bits
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    last_seen_at: Mapped[datetime] = mapped_column(Moment, default=now)  # to the minute
    address: Mapped[str] = mapped_column(Text)  # masked
    device: Mapped[str] = mapped_column(Text)  # "Chrome trên Windows"
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class LinkColumns:
    """A link by which a person sets a password: an invitation or a reset. Good once, until it expires."""

    person_id: Mapped[int] = mapped_column(BigInteger)
    purpose: Mapped[str] = mapped_column(Text)
    nonce: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
