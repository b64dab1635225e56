"""A request about personal data, a hold that beats erasure, and the tombstone that erasure leaves."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core import crypto, scope
from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned

KINDS = ("access", "correct", "delete", "withdraw", "restrict", "object")
STATES = ("received", "acknowledged", "erasing", "done", "refused")
OPEN = ("received", "acknowledged", "erasing")
PURPOSE = "data_request"


class DataRequest(TenantOwned, Base):
    """Life: received -> acknowledged -> done | refused; an erasure passes `erasing` while the citizen is told.

    `citizen_id` None: somebody at the desk whom the chat does not know. All words are encrypted; erasure empties
    them. `due_at` runs by `clocks`.
    """

    __tablename__ = "data_request"

    kind: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="received")
    citizen_id: Mapped[int | None] = mapped_column(BigInteger)
    phone_index: Mapped[str | None] = mapped_column(Text)
    phone_encrypted: Mapped[str | None] = mapped_column(Text)
    said_encrypted: Mapped[str | None] = mapped_column(Text)
    answer_encrypted: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(Moment, default=now)
    ack_due_at: Mapped[datetime] = mapped_column(Moment)
    acknowledged_at: Mapped[datetime | None] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    has_processor: Mapped[bool] = mapped_column(default=False)  # somebody else must act too
    extended_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    handled_by: Mapped[str | None] = mapped_column(Text)
    copy_key_hash: Mapped[str | None] = mapped_column(Text)  # of the link to the copy
    copy_expires_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "citizen_id"], ["citizen.tenant_id", "citizen.id"]),
        CheckConstraint(f"kind IN {KINDS!r}", name="kind"),
        CheckConstraint(f"state IN {STATES!r}", name="state"),
        CheckConstraint("source IN ('chat', 'desk')", name="source"),
        Index("ix_data_request_state", "tenant_id", "state", "due_at"),
        Index("ix_data_request_citizen", "tenant_id", "citizen_id"),
        Index(
            "ix_data_request_copy", "tenant_id", "copy_key_hash", postgresql_where="copy_key_hash IS NOT NULL"
        ),
    )

    @property
    def said(self) -> str:
        return opened(self.said_encrypted)

    @property
    def answer(self) -> str:
        return opened(self.answer_encrypted)

    @property
    def phone(self) -> str | None:
        return self.phone_encrypted and crypto.keyring().decrypt(
            self.tenant_id, "phone", self.phone_encrypted
        )

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class DataHold(TenantOwned, Base):
    """Whose data must stay, by order of law, until the hold is lifted."""

    __tablename__ = "data_hold"

    citizen_id: Mapped[int | None] = mapped_column(BigInteger)
    phone_index: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)  # the paper that orders it
    started_by: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(Moment, default=now)
    ended_by: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "citizen_id"], ["citizen.tenant_id", "citizen.id"]),
        CheckConstraint("citizen_id IS NOT NULL OR phone_index IS NOT NULL", name="somebody"),
        Index("ix_data_hold_citizen", "tenant_id", "citizen_id"),
        Index("ix_data_hold_phone", "tenant_id", "phone_index"),
    )


class DataTombstone(TenantOwned, Base):
    """That somebody's data was erased: when, by whom, how many rows of each table. Nothing of the person."""

    __tablename__ = "data_tombstone"

    request_id: Mapped[int] = mapped_column(BigInteger)
    erased_at: Mapped[datetime] = mapped_column(Moment)
    erased_by: Mapped[str] = mapped_column(Text)
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    seal: Mapped[str] = mapped_column(Text)  # HMAC, see `erasing.told`

    __table_args__ = (
        UniqueConstraint("tenant_id", "request_id"),
        ForeignKeyConstraint(["tenant_id", "request_id"], ["data_request.tenant_id", "data_request.id"]),
    )


def sealed(text: str) -> str:
    return crypto.keyring().encrypt(scope.required(), PURPOSE, text)


def opened(stored: str | None) -> str:
    return crypto.keyring().decrypt(scope.required(), PURPOSE, stored) if stored else ""
