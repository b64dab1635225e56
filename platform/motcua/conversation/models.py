"""Webhook events as they came, until they are dealt with."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Identity, Index, SmallInteger, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned


class WebhookEvent(TenantOwned, Base):
    """One event of one of the province's OAs. The body is encrypted: it holds ids, phones and words."""

    __tablename__ = "webhook_event"

    oa_id: Mapped[str] = mapped_column(Text)
    event_key: Mapped[str] = mapped_column(Text)
    event_name: Mapped[str] = mapped_column(Text)
    body_encrypted: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(Moment, default=now)
    state: Mapped[str] = mapped_column(Text, default="new")
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    next_try_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (
        UniqueConstraint("tenant_id", "oa_id", "event_key"),
        CheckConstraint("state IN ('new', 'done', 'ignored', 'failed')", name="state"),
        Index("ix_webhook_event_new", "tenant_id", "next_try_at", "id", postgresql_where="state = 'new'"),
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
