"""A dossier as its source system tells it, its line of time, who follows it, and answered requests."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core import crypto, scope
from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned

from .deadlines import POLICIES, UNITS
from .statuses import FINISHED, NAMES, Status

PEOPLE = ("owner", "submitter", "authorised")
PAYMENT_STATES = ("none", "due", "paid", "waived", "refund_due")
HANDOVER_STATES = ("none", "waiting", "at_post", "handed_over", "electronic")
SYNC_STATES = ("current", "stale", "conflict")
# When a dossier was over for the clocks: with its result, else when it was returned, refused, withdrawn or stopped.
# Not as a coalesce: under row security PostgreSQL takes no index for one, for fear of what it might tell.
# Written as PostgreSQL writes it back, so that the index is seen to be the same.
RESULT_AT = """(
CASE
    WHEN ready_at IS NOT NULL THEN ready_at
    WHEN returned_at IS NOT NULL THEN returned_at
    ELSE status_at
END)"""
FINISHED_AT = f"(CASE WHEN status IN (9, 10) THEN {RESULT_AT} WHEN status IN (3, 7, 8) THEN status_at END)"


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
    # How `due_at` was reckoned, where `due_is_ours`: see `promising`.
    due_is_ours: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    due_duration: Mapped[float | None] = mapped_column(Double)  # in due_unit
    due_unit: Mapped[str | None] = mapped_column(Text)
    due_policy: Mapped[str | None] = mapped_column(Text)
    calendar_version: Mapped[int | None] = mapped_column(Integer)
    ready_at: Mapped[datetime | None] = mapped_column(Moment)
    returned_at: Mapped[datetime | None] = mapped_column(Moment)
    pickup_place: Mapped[str | None] = mapped_column(Text)
    pickup_hours: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    source_time: Mapped[datetime] = mapped_column(Moment)  # as of when the source says so
    source_digest: Mapped[str] = mapped_column(Text)  # of the last whole dossier it sent
    reason: Mapped[str | None] = mapped_column(Text)  # why it stands where it stands: a refusal, a stop
    status_text: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))  # the map's words
    payment_state: Mapped[str] = mapped_column(Text, default="none")
    handover_state: Mapped[str] = mapped_column(Text, default="none")
    sync_state: Mapped[str] = mapped_column(Text, default="current")
    synced_at: Mapped[datetime | None] = mapped_column(Moment)  # when the source last spoke of it
    # What whole dossiers said that no event says, and where in the line of time it stands: see `workflow`.
    # None: written before there was a workflow.
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    has_records: Mapped[bool] = mapped_column(default=False)
    has_aliases: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        UniqueConstraint("tenant_id", "code"),
        UniqueConstraint("tenant_id", "token"),
        CheckConstraint("status BETWEEN 1 AND 10", name="status"),
        CheckConstraint("channel IN ('counter', 'online', 'post')", name="channel"),
        CheckConstraint(f"due_unit IN {UNITS!r}", name="due_unit"),
        CheckConstraint(f"due_policy IN {POLICIES!r}", name="due_policy"),
        Index(
            "ix_dossier_reckoned",
            "tenant_id",
            "calendar_version",
            "id",
            postgresql_where="due_is_ours AND status NOT IN (3, 8, 9, 10)",
        ),
        CheckConstraint(f"payment_state IN {PAYMENT_STATES!r}", name="payment_state"),
        CheckConstraint(f"handover_state IN {HANDOVER_STATES!r}", name="handover_state"),
        CheckConstraint(f"sync_state IN {SYNC_STATES!r}", name="sync_state"),
        Index("ix_dossier_recent", "tenant_id", "status_at"),
        # The register of a period. Without `id`: with it, the check of a foreign key on an empty table chose this
        # index for good, and each of a million new events walked the whole province.
        Index("ix_dossier_received", "tenant_id", "received_at"),
        Index(
            "ix_dossier_ended", "tenant_id", "status_at", postgresql_where="status IN (3, 8, 10)"
        ),  # whose people are asked how it was
        Index(
            "ix_dossier_running",
            "tenant_id",
            "received_at",
            postgresql_where="status NOT IN (3, 7, 8, 9, 10)",
        ),
        Index("ix_dossier_open_due", "tenant_id", "due_at", postgresql_where="status NOT IN (3, 8, 9, 10)"),
        Index(
            "ix_dossier_open_silence",
            "tenant_id",
            "status",
            "status_at",
            postgresql_where="status NOT IN (3, 8, 9, 10)",
        ),
        Index("ix_dossier_agency_recent", "tenant_id", "agency_code", "status_at"),
        Index(
            "ix_dossier_live_due",
            "tenant_id",
            "due_at",
            "id",
            postgresql_include=["status", "status_at", "agency_code", "officer"],
            postgresql_where="status NOT IN (3, 8, 10)",
        ),
        Index("ix_dossier_due", "tenant_id", "due_at"),
        Index("ix_dossier_concluded", "tenant_id", text(RESULT_AT), postgresql_where="status IN (9, 10)"),
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
        return self.status in FINISHED


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


class DossierAlias(TenantOwned, Base):
    """Another code of the same dossier (MaHoSoKhac): the national portal's, a ministry's."""

    __tablename__ = "dossier_alias"

    dossier_id: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "dossier_id"], ["dossier.tenant_id", "dossier.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("tenant_id", "code"),
        Index("ix_dossier_alias_dossier", "tenant_id", "dossier_id"),
    )


class DossierEvent(TenantOwned, Base):
    """One thing that happened, as the source told it. What it told is kept and never rewritten.

    `is_unexpected` and `unexpected_why` are our judgement of its place in the line of time: they follow when an
    event that was late fills a gap.
    """

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
    unexpected_why: Mapped[str | None] = mapped_column(Text)  # a sentence for the staff
    local_code: Mapped[str | None] = mapped_column(Text)  # the source's own status code, as sent
    status_map_version: Mapped[int | None] = mapped_column(Integer)  # by which `local_code` was read
    reason: Mapped[str | None] = mapped_column(Text)
    # What has no column: {"agency_code"?, "due_at"?, "pickup_place"?, "pickup_hours"?, "text"?: {"vi", "en"?},
    # "is_unmapped"?, and the members of `schemas.MembersIn`}; times as ISO 8601, a receiver's name encrypted.
    said: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    position: Mapped[int | None] = mapped_column(
        BigInteger
    )  # in the feed of changes, once somebody asked for it

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "dossier_id"], ["dossier.tenant_id", "dossier.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("tenant_id", "dossier_id", "fingerprint"),
        CheckConstraint("status BETWEEN 1 AND 10", name="status"),
        Index("ix_dossier_event_line", "tenant_id", "dossier_id", "occurred_at"),
        Index("ix_dossier_event_position", "tenant_id", "position", postgresql_where="position IS NOT NULL"),
        Index("ix_dossier_event_unnumbered", "tenant_id", "id", postgresql_where="position IS NULL"),
    )

    @property
    def status_name(self) -> str:
        return NAMES[Status(self.status)]

    @property
    def status_text(self) -> dict[str, str] | None:
        """The province's own words for citizens, by language, where its map had some."""
        return self.said.get("text")


class Follow(TenantOwned, Base):
    """A citizen wants to hear of a dossier. `proof`: "phone" and "digits" open details, "token" does not."""

    __tablename__ = "follow"

    dossier_id: Mapped[int] = mapped_column(BigInteger)
    citizen_id: Mapped[int] = mapped_column(BigInteger)
    proof: Mapped[str] = mapped_column(Text)
    proof_index: Mapped[str | None] = mapped_column(
        Text
    )  # of the digits that were proven last; none before 0093
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
