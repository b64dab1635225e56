"""Webhook events as they came, until they are dealt with."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core import crypto
from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned


class WebhookEvent(TenantOwned, Base):
    """One event of one of the province's OAs. The body is encrypted: it holds ids, phones and words.

    `citizen_index` is the blind index of the user id (`Citizen.uid_index`): one citizen's events are dealt with
    in the order they came. None for events that wait for nobody, and for one that others no longer wait for.
    """

    __tablename__ = "webhook_event"

    oa_id: Mapped[str] = mapped_column(Text)
    event_key: Mapped[str] = mapped_column(Text)
    event_name: Mapped[str] = mapped_column(Text)
    citizen_index: Mapped[str | None] = mapped_column(Text)  # whose line it stands in
    body_encrypted: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(Moment, default=now)
    state: Mapped[str] = mapped_column(Text, default="new")
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    next_try_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (
        UniqueConstraint("tenant_id", "oa_id", "event_key"),
        CheckConstraint("state IN ('new', 'done', 'ignored', 'failed')", name="state"),
        Index(
            "ix_webhook_event_line",
            "tenant_id",
            "citizen_index",
            "id",
            postgresql_where="state = 'new' AND citizen_index IS NOT NULL",
        ),
        Index(
            "ix_webhook_event_of_nobody",
            "tenant_id",
            "next_try_at",
            postgresql_where="state = 'new' AND citizen_index IS NULL",
        ),
        Index(
            "ix_webhook_event_follows",
            "tenant_id",
            "received_at",
            postgresql_where="event_name IN ('follow', 'unfollow')",
        ),
    )


class Handover(TenantOwned, Base):
    """A citizen who asked for a person: waiting until an officer takes it, then theirs until it is closed."""

    __tablename__ = "handover"

    citizen_id: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(Text, default="waiting")
    opened_at: Mapped[datetime] = mapped_column(Moment, default=now)
    last_line_at: Mapped[datetime] = mapped_column(Moment, default=now)
    staff_id: Mapped[int | None] = mapped_column(BigInteger)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_by: Mapped[str | None] = mapped_column(Text)  # citizen | officer | silence

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "citizen_id"], ["citizen.tenant_id", "citizen.id"], ondelete="CASCADE"
        ),
        CheckConstraint("state IN ('waiting', 'taken', 'closed')", name="state"),
        Index(
            "uq_handover_open", "tenant_id", "citizen_id", unique=True, postgresql_where="state <> 'closed'"
        ),
        Index("ix_handover_state", "tenant_id", "state", "last_line_at"),
    )


class HandoverLine(TenantOwned, Base):
    """What was said between citizen and officer; encrypted, it may hold anything."""

    __tablename__ = "handover_line"

    handover_id: Mapped[int] = mapped_column(BigInteger)
    speaker: Mapped[str] = mapped_column(Text)
    staff_id: Mapped[int | None] = mapped_column(BigInteger)
    text_encrypted: Mapped[str] = mapped_column(Text)
    said_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "handover_id"], ["handover.tenant_id", "handover.id"], ondelete="CASCADE"
        ),
        CheckConstraint("speaker IN ('citizen', 'officer')", name="speaker"),
        Index("ix_handover_line_handover", "tenant_id", "handover_id", "id"),
    )

    @property
    def text(self) -> str:
        return crypto.keyring().decrypt(self.tenant_id, "handover_line", self.text_encrypted)


class MissedQuestion(TenantOwned, Base):
    """Questions without an answer, or whose choices were all refused, grouped by their bare words.

    `words` and `example` have their digits masked: people type phone and paper numbers.
    """

    __tablename__ = "missed_question"

    words: Mapped[str] = mapped_column(Text)
    example: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    times: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[datetime] = mapped_column(Moment, default=now)
    last_at: Mapped[datetime] = mapped_column(Moment, default=now)
    state: Mapped[str] = mapped_column(Text, default="open")
    settled_by: Mapped[int | None] = mapped_column(BigInteger)
    settled_as: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("tenant_id", "words"),
        CheckConstraint("reason IN ('none', 'refused')", name="reason"),
        CheckConstraint("state IN ('open', 'linked', 'set_aside')", name="state"),
        Index("ix_missed_question_open", "tenant_id", "state", "times"),
    )


class QuarantinedWebhook(Base):
    """A well-signed event of an OA that no province claims: kept for the vendor, never guessed."""

    __tablename__ = "quarantined_webhook"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    app_id: Mapped[str] = mapped_column(Text)
    oa_candidates: Mapped[str] = mapped_column(Text)
    event_key: Mapped[str] = mapped_column(Text, unique=True)
    event_name: Mapped[str] = mapped_column(Text)
    body_encrypted: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(Moment, default=now)
