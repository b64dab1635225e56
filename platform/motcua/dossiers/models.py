"""A dossier as its source system tells it, its line of time, who follows it, and answered requests."""

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

from motcua.core import crypto, scope
from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned

from .statuses import NAMES, Status

PEOPLE = ("owner", "submitter", "authorised")


class Dossier(TenantOwned, Base):
    """One dossier. Names, phones and ID numbers are encrypted together in `people_encrypted`."""

    __tablename__ = "dossier"

    code: Mapped[str] = mapped_column(Text)
    token: Mapped[str] = mapped_column(Text)  # what our QR codes hold
    procedure_code: Mapped[str] = mapped_column(Text)
    procedure_name: Mapped[str] = mapped_column(Text)  # as it was when the dossier was taken in
    channel: Mapped[str] = mapped_column(Text)
    summary: Mapped[str | None] = mapped_column(Text)
    people_encrypted: Mapped[str] = mapped_column(Text)
    proof_indexes: Mapped[list[str]] = mapped_column(JSONB, default=list)  # of the last four digits we accept
    papers: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    status: Mapped[int] = mapped_column(SmallInteger)
    status_at: Mapped[datetime] = mapped_column(Moment)
    agency_code: Mapped[str | None] = mapped_column(Text)
    agency_name: Mapped[str] = mapped_column(Text)
    department: Mapped[str | None] = mapped_column(Text)
    officer: Mapped[str | None] = mapped_column(Text)
    officer_title: Mapped[str | None] = mapped_column(Text)
    step: Mapped[str | None] = mapped_column(Text)
    step_due_at: Mapped[datetime | None] = mapped_column(Moment)
    received_at: Mapped[datetime | None] = mapped_column(Moment)
    promised_at: Mapped[datetime | None] = mapped_column(Moment)  # the first due date given to the citizen
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    ready_at: Mapped[datetime | None] = mapped_column(Moment)
    returned_at: Mapped[datetime | None] = mapped_column(Moment)
    pickup_place: Mapped[str | None] = mapped_column(Text)
    pickup_hours: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    source_time: Mapped[datetime] = mapped_column(Moment)  # as of when the source says so
    source_digest: Mapped[str] = mapped_column(Text)  # of the last whole dossier it sent

    __table_args__ = (
        UniqueConstraint("tenant_id", "code"),
        UniqueConstraint("tenant_id", "token"),
        CheckConstraint("status BETWEEN 1 AND 10", name="status"),
        CheckConstraint("channel IN ('counter', 'online', 'post')", name="channel"),
        Index("ix_dossier_recent", "tenant_id", "status_at"),
        Index(
            "ix_dossier_ended", "tenant_id", "status_at", postgresql_where="status IN (3, 8, 10)"
        ),  # whose people are asked how it was
        Index(
            "ix_dossier_running",
            "tenant_id",
            "received_at",
            postgresql_where="status NOT IN (3, 7, 8, 9, 10)",
        ),
    )

    @property
    def status_name(self) -> str:
        return NAMES[Status(self.status)]

    @property
    def people(self) -> dict[str, dict[str, str]]:
        """{"owner": {"name", "phone"?, "id_number"?, "address"?}, "submitter"?: …, "authorised"?: …}"""
        return crypto.open_json(self.tenant_id, "dossier_people", self.people_encrypted)

    @property
    def is_finished(self) -> bool:
        return self.status in (Status.REFUSED, Status.STOPPED, Status.READY, Status.RETURNED)


class DossierPhone(TenantOwned, Base):
    """Which phones (blind indexes) stand on a dossier: how a citizen with a proven phone finds it."""

    __tablename__ = "dossier_phone"

    dossier_id: Mapped[int] = mapped_column(BigInteger)
    phone_index: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "dossier_id"], ["dossier.tenant_id", "dossier.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("tenant_id", "dossier_id", "phone_index"),
        Index("ix_dossier_phone_index", "tenant_id", "phone_index"),
    )


class DossierEvent(TenantOwned, Base):
    """One thing that happened, as the source told it. Everything is kept; nothing is rewritten."""

    __tablename__ = "dossier_event"

    dossier_id: Mapped[int] = mapped_column(BigInteger)
    fingerprint: Mapped[str] = mapped_column(Text)  # the same event sent twice has the same one
    status: Mapped[int] = mapped_column(SmallInteger)
    occurred_at: Mapped[datetime] = mapped_column(Moment)
    recorded_at: Mapped[datetime] = mapped_column(Moment, default=now)
    agency_name: Mapped[str | None] = mapped_column(Text)
    department: Mapped[str | None] = mapped_column(Text)
    officer: Mapped[str | None] = mapped_column(Text)
    officer_title: Mapped[str | None] = mapped_column(Text)
    step: Mapped[str | None] = mapped_column(Text)
    step_due_at: Mapped[datetime | None] = mapped_column(Moment)
    note: Mapped[str | None] = mapped_column(Text)
    is_late: Mapped[bool] = mapped_column(default=False)  # older than what we already knew
    is_unexpected: Mapped[bool] = mapped_column(default=False)  # not in the national table of steps

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "dossier_id"], ["dossier.tenant_id", "dossier.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("tenant_id", "dossier_id", "fingerprint"),
        CheckConstraint("status BETWEEN 1 AND 10", name="status"),
        Index("ix_dossier_event_line", "tenant_id", "dossier_id", "occurred_at"),
    )

    @property
    def status_name(self) -> str:
        return NAMES[Status(self.status)]


class Follow(TenantOwned, Base):
    """A citizen wants to hear of a dossier. `proof`: "phone" and "digits" open details, "token" does not."""

    __tablename__ = "follow"

    dossier_id: Mapped[int] = mapped_column(BigInteger)
    citizen_id: Mapped[int] = mapped_column(BigInteger)
    proof: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "dossier_id"], ["dossier.tenant_id", "dossier.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["tenant_id", "citizen_id"], ["citizen.tenant_id", "citizen.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("tenant_id", "dossier_id", "citizen_id"),
        CheckConstraint("proof IN ('token', 'digits', 'phone')", name="proof"),
        Index("ix_follow_citizen", "tenant_id", "citizen_id"),
    )

    @property
    def knows_details(self) -> bool:
        return self.proof in ("digits", "phone")


class AnsweredRequest(TenantOwned, Base):
    """The answer to a request that carried an Idempotency-Key, to be given again to its repetition."""

    __tablename__ = "answered_request"

    key: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[str] = mapped_column(Text)  # method, path and body
    status: Mapped[int | None] = mapped_column(SmallInteger)
    body: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (UniqueConstraint("tenant_id", "key"),)


def proof_index(dossier_code: str, digits: str) -> str:
    """Blind index of four digits on one dossier: useless for any other, and for finding people."""
    return crypto.keyring().blind_index(scope.required(), "proof:" + dossier_code, digits)
