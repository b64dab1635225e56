"""What a province switched on, the data it loaded, and the questions that were asked."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned


class ServiceSwitch(TenantOwned, Base):
    """What somebody set in the console for one service; the newest row of a service holds, the others are history."""

    __tablename__ = "service_switch"

    service: Mapped[str] = mapped_column(Text)
    is_on: Mapped[bool | None]  # None: as the province's folder says
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)  # only what differs from the folder
    secrets_encrypted: Mapped[str | None] = mapped_column(Text)  # JSON: settings named like a secret
    set_by: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (Index("ix_service_switch_service", "tenant_id", "service", "id"),)


class ServiceDataVersion(TenantOwned, Base):
    """One loaded file. faulty (kept only to be corrected) | draft -> published -> retired.

    `replaced_by` is the version whose publishing retired this one: rolling that back brings this one back.
    """

    __tablename__ = "service_data_version"

    service: Mapped[str] = mapped_column(Text)
    part: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(Text, default="draft")
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    as_of: Mapped[date | None] = mapped_column(Date)
    next_update_on: Mapped[date | None] = mapped_column(Date)
    document: Mapped[str] = mapped_column(Text, default="")
    is_official: Mapped[bool] = mapped_column(default=True)
    file_name: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)  # of the file and what is said of it
    row_count: Mapped[int] = mapped_column(Integer, default=0)
    fault_count: Mapped[int] = mapped_column(Integer, default=0)
    faults: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, default=list
    )  # the first of them, as `reading.Fault`
    notes: Mapped[list[str]] = mapped_column(JSONB, default=list)  # what is no fault but worth a look
    loaded_at: Mapped[datetime] = mapped_column(Moment, default=now)
    loaded_by: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    published_by: Mapped[str | None] = mapped_column(Text)
    retired_at: Mapped[datetime | None] = mapped_column(Moment)
    retired_by: Mapped[str | None] = mapped_column(Text)
    replaced_by: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        CheckConstraint("state IN ('faulty', 'draft', 'published', 'retired')", name="state"),
        CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to", name="period"),
        Index("ix_service_data_version_service", "tenant_id", "service", "state"),
    )

    def holds_on(self, day: date) -> bool:
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)


def _of_version():
    return ForeignKeyConstraint(
        ["tenant_id", "version_id"],
        ["service_data_version.tenant_id", "service_data_version.id"],
        ondelete="CASCADE",
    )


class ServiceDataFile(TenantOwned, Base):
    """The file of a version as it came, to be downloaded again."""

    __tablename__ = "service_data_file"

    version_id: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (UniqueConstraint("tenant_id", "version_id"), _of_version())


class ServiceRow(TenantOwned, Base):
    """One row of a version, its cells by column name in kept form (see `contract.Column`)."""

    __tablename__ = "service_row"

    version_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int] = mapped_column(Integer)  # in the file, from 1
    cells: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = (
        _of_version(),
        Index("ix_service_row_version_id", "tenant_id", "version_id", "number"),
    )


class ServiceAsked(TenantOwned, Base):
    """That a question was asked, and what came of it: no words of it, and not who asked."""

    __tablename__ = "service_asked"

    service: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)  # chat | page
    outcome: Mapped[str] = mapped_column(Text)  # asking.OUTCOMES
    took_ms: Mapped[int] = mapped_column(Integer)
    asked_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (
        Index("ix_service_asked_service", "tenant_id", "service", "asked_at"),
        Index("ix_service_asked_day", "tenant_id", "asked_at"),
    )


class ServiceWaiting(TenantOwned, Base):
    """Somebody waits for an answer that was not ready at once. Neither their words nor their name stand here.

    In the chat the row goes when the answer does; for a page the answer lies here until it is fetched.
    """

    __tablename__ = "service_waiting"

    service: Mapped[str] = mapped_column(Text)
    token: Mapped[str] = mapped_column(Text)
    citizen_id: Mapped[int | None] = mapped_column(BigInteger)  # None: a page waits
    event_key: Mapped[str] = mapped_column(Text, default="")  # the chat's event that is answered
    state: Mapped[str] = mapped_column(Text, default="waiting")
    outcome_encrypted: Mapped[str | None] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(Moment, default=now)
    give_up_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (
        UniqueConstraint("tenant_id", "token"),
        CheckConstraint("state IN ('waiting', 'settled')", name="state"),
        ForeignKeyConstraint(
            ["tenant_id", "citizen_id"], ["citizen.tenant_id", "citizen.id"], ondelete="CASCADE"
        ),
        Index("ix_service_waiting_citizen", "tenant_id", "citizen_id"),
        Index(
            "ix_service_waiting_overdue",
            "tenant_id",
            "give_up_at",
            postgresql_where=text("state = 'waiting'"),
        ),
    )
