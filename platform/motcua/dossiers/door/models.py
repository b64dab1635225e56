"""What the door remembers: the answers of finished batches, who wants to hear of changes, and what they are owed."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core import crypto
from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned

SECRET_PURPOSE = "webhook_secret"  # noqa: S105 (a name)


class BatchChunk(TenantOwned, Base):
    """The answers to some lines of a batch, stored together with what the lines did."""

    __tablename__ = "dossier_batch_chunk"

    batch: Mapped[str] = mapped_column(Text)  # what the sender calls it
    first_line: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(Text)  # SHA-256 of the lines
    answers: Mapped[str] = mapped_column(Text)  # NDJSON, as it was sent
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (
        UniqueConstraint("tenant_id", "batch", "first_line"),
        Index("ix_dossier_batch_chunk_age", "tenant_id", "created_at"),
    )


class Subscription(TenantOwned, Base):
    """A system of the province's that wants to be told of changes, at its own address."""

    __tablename__ = "change_subscription"

    url: Mapped[str] = mapped_column(Text)
    secret_encrypted: Mapped[str] = mapped_column(Text)
    kinds: Mapped[list[str]] = mapped_column(JSONB)  # of changes, see feed.KINDS
    position: Mapped[int] = mapped_column(
        BigInteger, default=0
    )  # in the feed: all until here is delivered or owed
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    failing_since: Mapped[datetime | None] = mapped_column(Moment)
    disabled_at: Mapped[datetime | None] = mapped_column(Moment)
    disabled_because: Mapped[str | None] = mapped_column(Text)

    @property
    def secret(self) -> str:
        return crypto.keyring().decrypt(self.tenant_id, SECRET_PURPOSE, self.secret_encrypted)


class Delivery(TenantOwned, Base):
    """One change owed to one subscription. Its body is made of the change when it is sent."""

    __tablename__ = "change_delivery"

    subscription_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text)
    change_id: Mapped[int] = mapped_column(BigInteger)  # of the row that the kind names
    state: Mapped[str] = mapped_column(Text, default="queued")
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    next_attempt_at: Mapped[datetime] = mapped_column(Moment, default=now)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    delivered_at: Mapped[datetime | None] = mapped_column(Moment)
    answer: Mapped[str | None] = mapped_column(
        Text
    )  # an HTTP status or the kind of failure, never a text of theirs

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "subscription_id"],
            ["change_subscription.tenant_id", "change_subscription.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("tenant_id", "subscription_id", "kind", "change_id"),
        CheckConstraint("state IN ('queued', 'sending', 'delivered', 'given_up')", name="state"),
        Index(
            "ix_change_delivery_open",
            "tenant_id",
            "next_attempt_at",
            postgresql_where="state IN ('queued', 'sending')",
        ),
    )
