"""One report from the street, its photographs, its line of time, and who deals with which kind where."""

import secrets
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core import crypto, scope
from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned

STATES = (
    "draft", "received", "asked", "forwarded", "working", "answered", "published", "refused", "merged",
)  # fmt: skip
OPEN = ("received", "asked", "forwarded", "working")
SOURCES = ("chat", "web")
PURPOSE = "feedback"


def new_token() -> str:
    """What lets its holder see one report and answer: 16 random letters, never shown to anybody else."""
    return secrets.token_urlsafe(12)


class Feedback(TenantOwned, Base):
    """Life: draft -> received -> asked -> received; -> forwarded | working | refused; -> answered -> published.
    A duplicate is `merged` into another and hears what that one hears.

    All words, the place and the contact are encrypted. `citizen_id` and the phone are None for who stays
    anonymous: then only the holder of `token` sees the answer. Due dates: working days, as for complaints.
    """

    __tablename__ = "feedback"

    token: Mapped[str] = mapped_column(Text, default=new_token)
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="draft")
    source: Mapped[str] = mapped_column(Text)
    citizen_id: Mapped[int | None] = mapped_column(BigInteger)
    phone_encrypted: Mapped[str | None] = mapped_column(Text)
    may_publish: Mapped[bool] = mapped_column(default=False)
    text_encrypted: Mapped[str | None] = mapped_column(Text)
    place_encrypted: Mapped[str | None] = mapped_column(Text)  # in words
    location_encrypted: Mapped[str | None] = mapped_column(Text)  # "10.93312,108.10021"
    commune_code: Mapped[str | None] = mapped_column(Text)  # an agency's code
    agency_code: Mapped[str | None] = mapped_column(Text)  # who deals with it; None: the province's centre
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    received_at: Mapped[datetime | None] = mapped_column(Moment)
    triage_due_at: Mapped[datetime | None] = mapped_column(Moment)
    triaged_at: Mapped[datetime | None] = mapped_column(Moment)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    reply_due_at: Mapped[datetime | None] = mapped_column(Moment)  # of the citizen
    answer_encrypted: Mapped[str | None] = mapped_column(Text)  # or why it was refused
    question_encrypted: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    publish_due_at: Mapped[datetime | None] = mapped_column(Moment)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    public_text: Mapped[str | None] = mapped_column(Text)  # written by staff, without personal data
    public_answer: Mapped[str | None] = mapped_column(Text)
    merged_into: Mapped[int | None] = mapped_column(BigInteger)
    rating: Mapped[int | None] = mapped_column(SmallInteger)  # 1 to 5
    rated_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        UniqueConstraint("tenant_id", "token"),
        ForeignKeyConstraint(
            ["tenant_id", "citizen_id"], ["citizen.tenant_id", "citizen.id"], ondelete="CASCADE"
        ),
        CheckConstraint(f"state IN {STATES!r}", name="state"),
        CheckConstraint(f"source IN {SOURCES!r}", name="source"),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        Index("ix_feedback_state", "tenant_id", "state", "due_at"),
        Index("ix_feedback_citizen", "tenant_id", "citizen_id", "received_at"),
        Index("ix_feedback_place", "tenant_id", "kind", "commune_code", "received_at"),
        Index("ix_feedback_published", "tenant_id", "published_at", postgresql_where="state = 'published'"),
        Index(
            "ix_feedback_merged",
            "tenant_id",
            "merged_into",
            postgresql_where="merged_into IS NOT NULL",
        ),
        Index("ix_feedback_received", "tenant_id", "received_at", postgresql_where="received_at IS NOT NULL"),
        Index("ix_feedback_answered", "tenant_id", "answered_at", postgresql_where="answered_at IS NOT NULL"),
    )

    @property
    def text(self) -> str:
        return opened(self.text_encrypted) or ""

    @property
    def place(self) -> str:
        return opened(self.place_encrypted) or ""

    @property
    def location(self) -> tuple[float, float] | None:
        stored = opened(self.location_encrypted)
        return tuple(float(one) for one in stored.split(",")) if stored else None

    @property
    def question(self) -> str | None:
        return opened(self.question_encrypted)

    @property
    def answer(self) -> str | None:
        return opened(self.answer_encrypted)

    @property
    def phone(self) -> str | None:
        return opened(self.phone_encrypted)


class FeedbackPhoto(TenantOwned, Base):
    """A picture made anew from the citizen's: nothing of the original file is kept. Encrypted."""

    __tablename__ = "feedback_photo"

    feedback_id: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(SmallInteger)
    body_encrypted: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    width: Mapped[int]
    height: Mapped[int]
    digest: Mapped[str] = mapped_column(
        Text
    )  # of the picture made anew: the same one sent twice is kept once
    is_public: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        UniqueConstraint("tenant_id", "feedback_id", "position"),
        ForeignKeyConstraint(
            ["tenant_id", "feedback_id"], ["feedback.tenant_id", "feedback.id"], ondelete="CASCADE"
        ),
    )

    def seal(self, body: bytes) -> None:
        self.body_encrypted = crypto.keyring().encrypt_bytes(scope.required(), PURPOSE, body)

    @property
    def body(self) -> bytes:
        return crypto.keyring().decrypt_bytes(self.tenant_id, PURPOSE, self.body_encrypted)


class FeedbackStep(TenantOwned, Base):
    """What was done, by whom, in which words; `staff_id` None for the citizen and the system."""

    __tablename__ = "feedback_step"

    feedback_id: Mapped[int] = mapped_column(BigInteger)
    action: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    staff_id: Mapped[int | None] = mapped_column(BigInteger)
    note_encrypted: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "feedback_id"], ["feedback.tenant_id", "feedback.id"], ondelete="CASCADE"
        ),
        Index("ix_feedback_step_feedback", "tenant_id", "feedback_id"),
    )

    @property
    def note(self) -> str | None:
        return opened(self.note_encrypted)


class FeedbackRoute(TenantOwned, Base):
    """Who deals with a kind in a commune; "" means every kind, or every commune."""

    __tablename__ = "feedback_route"

    kind: Mapped[str] = mapped_column(Text, default="")
    commune_code: Mapped[str] = mapped_column(Text, default="")
    agency_code: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[int | None] = mapped_column(BigInteger)
    changed_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (UniqueConstraint("tenant_id", "kind", "commune_code"),)


def sealed(text: str) -> str:
    return crypto.keyring().encrypt(scope.required(), PURPOSE, text)


def opened(stored: str | None) -> str | None:
    return crypto.keyring().decrypt(scope.required(), PURPOSE, stored) if stored else None
