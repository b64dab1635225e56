"""A broadcast with its history, the people it goes to, and what became of its articles at Zalo."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core import crypto
from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned

from .states import STATES

KINDS = ("policy", "news", "emergency")
CHANNELS = ("chat", "article")
LISTED = "broadcast_listed"  # the purpose under which an uploaded line is encrypted


class Broadcast(TenantOwned, Base):
    """One announcement. `code` is the number that citizens check it by: see `numbering`.

    `audience` is `audience.Audience.to_json()`. `revision` grows with every change, so that nobody approves words
    that they have not seen. `approved_words` are `sealing.Words`, with the revision that they were approved for.
    """

    __tablename__ = "broadcast"

    code: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="draft")
    revision: Mapped[int] = mapped_column(Integer, default=1)
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str | None] = mapped_column(Text)
    body_en: Mapped[str | None] = mapped_column(Text)
    link: Mapped[str | None] = mapped_column(Text)
    document_number: Mapped[str | None] = mapped_column(Text)
    document_date: Mapped[date | None]
    document_issuer: Mapped[str | None] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text, default="chat")
    pays: Mapped[bool] = mapped_column(default=False)  # ZBS templates where Zalo's free window is shut
    at_night: Mapped[bool] = mapped_column(default=False)
    audience: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    approved_words: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    send_at: Mapped[datetime | None] = mapped_column(Moment)
    started_at: Mapped[datetime | None] = mapped_column(Moment)  # since when citizens may see its page
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    # How far the work is: citizens looked at, the audience complete, recipients handed to the outbox.
    frozen_through: Mapped[int] = mapped_column(BigInteger, default=0)
    frozen_at: Mapped[datetime | None] = mapped_column(Moment)
    fed_through: Mapped[int] = mapped_column(BigInteger, default=0)
    fed_at: Mapped[datetime | None] = mapped_column(Moment)
    total: Mapped[int] = mapped_column(Integer, default=0)
    fed: Mapped[int] = mapped_column(Integer, default=0)
    skipped: Mapped[int] = mapped_column(Integer, default=0)

    __table_args__ = (
        UniqueConstraint("tenant_id", "code"),
        CheckConstraint(f"kind IN {KINDS!r}", name="kind"),
        CheckConstraint(f"state IN {STATES!r}", name="state"),
        CheckConstraint(f"channel IN {CHANNELS!r}", name="channel"),
        Index(
            "ix_broadcast_open",
            "tenant_id",
            "state",
            postgresql_where="state IN ('scheduled', 'running', 'paused')",
        ),
        Index("ix_broadcast_published", "tenant_id", "started_at", postgresql_where="started_at IS NOT NULL"),
    )

    @property
    def is_emergency(self) -> bool:
        return self.kind == "emergency"

    @property
    def sleeps_at_night(self) -> bool:
        return not self.is_emergency and not self.at_night

    @property
    def lane(self) -> str:
        return "emergency" if self.is_emergency else "broadcast"


class BroadcastStep(TenantOwned, Base):
    """Who did what with a broadcast, and when. Rows are only added."""

    __tablename__ = "broadcast_step"

    broadcast_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    action: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)  # the one it led to
    revision: Mapped[int] = mapped_column(Integer)
    staff_id: Mapped[int | None] = mapped_column(BigInteger)  # None: the system's own step
    staff_name: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "broadcast_id"], ["broadcast.tenant_id", "broadcast.id"], ondelete="CASCADE"
        ),
        Index("ix_broadcast_step_line", "tenant_id", "broadcast_id", "id"),
    )


class BroadcastRecipient(TenantOwned, Base):
    """One person of a frozen audience. `person` is the same for all accounts of one person.

    People of an uploaded list who may not be told stand here too, `skipped` from the start.
    """

    __tablename__ = "broadcast_recipient"

    broadcast_id: Mapped[int] = mapped_column(BigInteger)
    citizen_id: Mapped[int] = mapped_column(BigInteger)
    person: Mapped[str] = mapped_column(Text)
    contact_at: Mapped[datetime] = mapped_column(Moment)
    language: Mapped[str | None] = mapped_column(Text)  # where a list asks for another than the citizen's own
    skipped: Mapped[str | None] = mapped_column(Text)  # why nothing was owed: a key of not_reached.REASONS

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "broadcast_id"], ["broadcast.tenant_id", "broadcast.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["tenant_id", "citizen_id"], ["citizen.tenant_id", "citizen.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("tenant_id", "broadcast_id", "person"),
        Index("ix_broadcast_recipient_line", "tenant_id", "broadcast_id", "id"),
        Index("ix_broadcast_recipient_citizen", "tenant_id", "citizen_id"),
    )


class BroadcastListed(TenantOwned, Base):
    """One line of an uploaded list of people: a phone or a Zalo user id, encrypted, found by blind index.

    A line with a `fault` (its sentence) waits to be mended and is sent to nobody. Once the audience is frozen only
    lines remain that became no recipient, `untold` saying why.
    """

    __tablename__ = "broadcast_listed"

    broadcast_id: Mapped[int] = mapped_column(BigInteger)
    line: Mapped[int] = mapped_column(Integer)  # in the file, from 1
    value_encrypted: Mapped[str] = mapped_column(Text)
    phone_index: Mapped[str | None] = mapped_column(Text)
    uid_index: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(Text)
    fault_column: Mapped[str | None] = mapped_column(Text)
    fault: Mapped[str | None] = mapped_column(Text)
    untold: Mapped[str | None] = mapped_column(Text)  # a key of not_reached.REASONS

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "broadcast_id"], ["broadcast.tenant_id", "broadcast.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("tenant_id", "broadcast_id", "phone_index"),
        UniqueConstraint("tenant_id", "broadcast_id", "uid_index"),
        CheckConstraint("language IN ('vi', 'en')", name="language"),
        CheckConstraint("num_nonnulls(phone_index, uid_index, fault) = 1", name="one_meaning"),
        Index(
            "ix_broadcast_listed_faults",
            "tenant_id",
            "broadcast_id",
            "line",
            postgresql_where="fault IS NOT NULL",
        ),
        Index(
            "ix_broadcast_listed_untold",
            "tenant_id",
            "broadcast_id",
            "id",
            postgresql_where="untold IS NOT NULL",
        ),
    )

    @property
    def value(self) -> str:
        return crypto.keyring().decrypt(self.tenant_id, LISTED, self.value_encrypted)


class BroadcastArticle(TenantOwned, Base):
    """The article of a broadcast on one OA.

    Life: creating -> processing -> ready -> sending -> sent; or failed, or `uncertain` when the last answer got lost.
    """

    __tablename__ = "broadcast_article"

    broadcast_id: Mapped[int] = mapped_column(BigInteger)
    account_id: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(Text, default="creating")
    token: Mapped[str | None] = mapped_column(Text)
    article_id: Mapped[str | None] = mapped_column(Text)
    message_id: Mapped[str | None] = mapped_column(Text)
    failure: Mapped[str | None] = mapped_column(Text)  # an error's code
    tries: Mapped[int] = mapped_column(Integer, default=0, server_default=text("0"))
    next_try_at: Mapped[datetime] = mapped_column(Moment, default=now)
    followers: Mapped[int | None] = mapped_column(Integer)  # of the OA when the article left

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "broadcast_id"], ["broadcast.tenant_id", "broadcast.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["official_account.tenant_id", "official_account.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("tenant_id", "broadcast_id", "account_id"),
        CheckConstraint(
            "state IN ('creating', 'processing', 'ready', 'sending', 'sent', 'failed', 'uncertain')",
            name="state",
        ),
    )
