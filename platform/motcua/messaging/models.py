"""The outbox: every message we owe a citizen, and what became of it. The database is the truth."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core import crypto
from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned
from motcua.core.queue import LANES

STATES = ("queued", "sending", "sent", "delivered", "seen", "failed", "uncertain", "expired")
SENDING = "state = 'sending'"
# Not simply state = 'queued', which other indexes are for, too: while a queue is empty they all look alike to the
# planner, and the one it picks may be the one that is a million long when the queue is. Statements say the same.
IN_LINE = "state IN ('queued', '') AND attempts >= 0"
EXPIRING = "state = 'queued' AND id > 0"
BY_PHONE = " AND phone_index IS NOT NULL"
CHANNELS = ("consultation", "zbs_uid", "zbs_phone")


class Message(TenantOwned, Base):
    """One message to one recipient: a citizen we know on Zalo, or a phone number.

    `content` holds {"consultation": <stored message> | absent, "zbs": {"purpose", "data"} | absent};
    which of them goes out is decided when it is sent. Its "instead_of" names what is owed where neither can.
    What is owed already is not written again (MessageKey).
    Life: queued -> sending -> sent -> delivered -> seen, or failed, expired; `uncertain` when the request left
    and no answer came.
    """

    __tablename__ = "message"

    lane: Mapped[str] = mapped_column(Text)
    event: Mapped[str] = mapped_column(Text)  # "dossier_accepted", "answer", ...
    citizen_id: Mapped[int | None] = mapped_column(BigInteger)
    phone_index: Mapped[str | None] = mapped_column(Text)
    phone_encrypted: Mapped[str | None] = mapped_column(Text)
    dossier_id: Mapped[int | None] = mapped_column(BigInteger)
    broadcast_id: Mapped[int | None] = mapped_column(BigInteger)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    dedupe_key: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="queued")
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    next_attempt_at: Mapped[datetime] = mapped_column(Moment, default=now)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    claimed_at: Mapped[datetime | None] = mapped_column(Moment)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    channel: Mapped[str | None] = mapped_column(Text)
    channels_refused: Mapped[list[str]] = mapped_column(JSONB, default=list)
    route_reason: Mapped[str | None] = mapped_column(Text)
    price_vnd: Mapped[int | None]
    billed_at: Mapped[datetime | None] = mapped_column(Moment)  # counted in the month's spending
    zalo_message_id: Mapped[str | None] = mapped_column(Text)
    failure: Mapped[str | None] = mapped_column(Text)  # an error's code, never its text
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    delivered_at: Mapped[datetime | None] = mapped_column(Moment)
    seen_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "citizen_id"], ["citizen.tenant_id", "citizen.id"]),
        CheckConstraint(f"state IN {STATES!r}", name="state"),
        CheckConstraint(f"lane IN {LANES!r}", name="lane"),
        CheckConstraint(f"channel IN {CHANNELS!r}", name="channel"),
        CheckConstraint("num_nonnulls(citizen_id, phone_index) = 1", name="one_recipient"),
        Index(
            "ix_message_queued",
            "tenant_id",
            "lane",
            "next_attempt_at",
            "id",
            postgresql_where="state = 'queued'",
        ),
        # Not by one expression over both: under row security only leak-proof comparisons use an index.
        Index("ix_message_sending", "tenant_id", "citizen_id", postgresql_where=SENDING),
        Index("ix_message_sending_phone", "tenant_id", "phone_index", postgresql_where=SENDING + BY_PHONE),
        Index("ix_message_in_line", "tenant_id", "citizen_id", "id", postgresql_where=IN_LINE),
        Index(
            "ix_message_in_line_phone", "tenant_id", "phone_index", "id", postgresql_where=IN_LINE + BY_PHONE
        ),
        Index("ix_message_uncertain", "tenant_id", "next_attempt_at", postgresql_where="state = 'uncertain'"),
        Index("ix_message_expiring", "tenant_id", "expires_at", postgresql_where=EXPIRING),
        Index(
            "ix_message_zalo_id",
            "tenant_id",
            "zalo_message_id",
            postgresql_where="zalo_message_id IS NOT NULL",
        ),
        Index("ix_message_of_dossier", "tenant_id", "dossier_id", postgresql_where="dossier_id IS NOT NULL"),
        Index(
            "ix_message_trouble",
            "tenant_id",
            "state",
            "created_at",
            "id",
            postgresql_where="state IN ('uncertain', 'failed', 'expired')",
        ),
        Index(
            "ix_message_broadcast",
            "tenant_id",
            "broadcast_id",
            "state",
            postgresql_where="broadcast_id IS NOT NULL",
        ),
        Index(
            "ix_message_unbilled",
            "tenant_id",
            "sent_at",
            postgresql_where="billed_at IS NULL AND price_vnd > 0 AND state IN ('sent', 'delivered', 'seen')",
        ),
    )

    @property
    def phone(self) -> str | None:
        return self.phone_encrypted and crypto.keyring().decrypt(
            self.tenant_id, "phone", self.phone_encrypted
        )

    @property
    def tracking_id(self) -> str:
        return tracking_id(self.tenant_id, self.id)


class MessageKey(TenantOwned, Base):
    """What a message tells of, and when it was written: nothing is owed twice, and the messages of a day are found.

    A trigger writes it with its message, whose `id` it has, and passes over a message whose key is taken; another
    deletes it (migration 0088). Apart from `message`, whose every step writes all its indexes anew.
    """

    __tablename__ = "message_key"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, sort_order=-1)
    dedupe_key: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (
        UniqueConstraint("tenant_id", "dedupe_key"),
        Index("ix_message_key_day", "tenant_id", "created_at", "id"),
    )


def tracking_id(tenant_id: str, message_id: int) -> str:
    """Ours, sent with a message by phone and echoed in its delivery webhook (at most 48 characters)."""
    return f"{tenant_id[:24]}-{message_id}"


class MessageText(TenantOwned, Base):
    """What a province says at one event now: a sandboxed Jinja text. `welcome.en` is the English of `welcome`.

    `version`: which of the event's versions this is.
    """

    __tablename__ = "message_text"

    event: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    version: Mapped[int | None]

    __table_args__ = (UniqueConstraint("tenant_id", "event"),)


class DeliveryPause(TenantOwned, Base):
    """Nothing leaves for one OA, or with `oa_id` "" for the whole province, until somebody ends it."""

    __tablename__ = "delivery_pause"

    oa_id: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    started_by: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(Moment, default=now)
    ended_by: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        Index(
            "uq_delivery_pause_open", "tenant_id", "oa_id", unique=True, postgresql_where="ended_at IS NULL"
        ),
    )


class TrialGuest(TenantOwned, Base):
    """A phone that a province on trial may write to: by number, or as the citizen who has shared it."""

    __tablename__ = "trial_guest"

    phone_index: Mapped[str] = mapped_column(Text)
    phone_encrypted: Mapped[str] = mapped_column(Text)
    invited_by: Mapped[str] = mapped_column(Text)
    invited_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (UniqueConstraint("tenant_id", "phone_index"),)

    @property
    def phone(self) -> str:
        return crypto.keyring().decrypt(self.tenant_id, "phone", self.phone_encrypted)


class MessageTextVersion(TenantOwned, Base):
    """One change of an event's text in both languages; never rewritten. `body_en` None: Vietnamese for everybody.

    `published_at` None: a draft, or one that a later version overtook.
    """

    __tablename__ = "message_text_version"

    event: Mapped[str] = mapped_column(Text)
    number: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    body_en: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Moment, default=now)
    published_by: Mapped[str | None] = mapped_column(Text)
    published_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        UniqueConstraint("tenant_id", "event", "number"),
        CheckConstraint("source IN ('folder', 'console')", name="source"),
    )
