"""A Zalo user of one province's OA, and what they agreed to."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core import crypto, scope
from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned

PURPOSES = ("link_phone", "dossier_messages", "broadcasts", "survey", "licence_reminder")


class Citizen(TenantOwned, Base):
    """One Zalo user id of one Official Account. Ids and phones are encrypted, found by blind index.

    `app_user_index`: of the user's id in the OA's app, once Zalo has told it: the same on all OAs of that app.
    """

    __tablename__ = "citizen"

    oa_id: Mapped[str] = mapped_column(Text)
    uid_index: Mapped[str] = mapped_column(Text)
    uid_encrypted: Mapped[str] = mapped_column(Text)
    app_user_index: Mapped[str | None] = mapped_column(Text)
    phone_index: Mapped[str | None] = mapped_column(Text)
    phone_encrypted: Mapped[str | None] = mapped_column(Text)
    phone_proven_at: Mapped[datetime | None] = mapped_column(Moment)
    is_follower: Mapped[bool] = mapped_column(default=False)
    last_interaction_at: Mapped[datetime | None] = mapped_column(Moment)
    muted_at: Mapped[datetime | None] = mapped_column(Moment)  # said "DỪNG": nothing proactive any more
    dialogue: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    language: Mapped[str] = mapped_column(Text, default="vi")
    topics: Mapped[list[str]] = mapped_column(JSONB, default=list)  # announcements they asked for
    areas: Mapped[list[str]] = mapped_column(
        JSONB, default=list
    )  # codes of the communes whose news they want

    __table_args__ = (
        CheckConstraint("language IN ('vi', 'en')", name="language"),
        UniqueConstraint("tenant_id", "oa_id", "uid_index"),
        Index("ix_citizen_phone", "tenant_id", "phone_index", postgresql_where="phone_index IS NOT NULL"),
        Index(
            "ix_citizen_app_user",
            "tenant_id",
            "app_user_index",
            postgresql_where="app_user_index IS NOT NULL",
        ),
        Index("ix_citizen_day", "tenant_id", "created_at"),
        Index(
            "ix_citizen_linked",
            "tenant_id",
            "phone_proven_at",
            postgresql_where="phone_proven_at IS NOT NULL",
        ),
        Index("ix_citizen_following", "tenant_id", "is_follower", postgresql_where="is_follower"),
    )

    @property
    def uid(self) -> str:
        return crypto.keyring().decrypt(self.tenant_id, "zalo_uid", self.uid_encrypted)

    @property
    def phone(self) -> str | None:
        return self.phone_encrypted and crypto.keyring().decrypt(
            self.tenant_id, "phone", self.phone_encrypted
        )

    def prove_phone(self, phone: str) -> None:
        """Zalo itself handed us this number (84…) after the citizen agreed."""
        self.phone_index = phone_index(phone)
        self.phone_encrypted = crypto.keyring().encrypt(scope.required(), "phone", phone)
        self.phone_proven_at = now()


class Consent(TenantOwned, Base):
    """Evidence that a citizen agreed to one purpose, and when they took it back."""

    __tablename__ = "consent"

    citizen_id: Mapped[int] = mapped_column(BigInteger)
    purpose: Mapped[str] = mapped_column(Text)
    text_version: Mapped[str] = mapped_column(Text)
    method: Mapped[str] = mapped_column(Text)  # how it was given: follow, share_phone, chat
    given_at: Mapped[datetime] = mapped_column(Moment, default=now)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "citizen_id"], ["citizen.tenant_id", "citizen.id"], ondelete="CASCADE"
        ),
        CheckConstraint(f"purpose IN {PURPOSES!r}", name="purpose"),
        Index("ix_consent_citizen", "tenant_id", "citizen_id"),
    )


def phone_index(phone: str) -> str:
    """Blind index of a normalised number (84…) in the tenant in scope."""
    return crypto.keyring().blind_index(scope.required(), "phone", phone)


def uid_index(uid: str) -> str:
    return crypto.keyring().blind_index(scope.required(), "zalo_uid", uid)


def app_user_index(app_user: str) -> str:
    """Of "app id:user id by app"."""
    return crypto.keyring().blind_index(scope.required(), "zalo_app_user", app_user)
