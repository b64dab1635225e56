"""A survey a dossier, who was asked, and what was answered, kept apart from who answered."""

from datetime import datetime

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
from motcua.core.database import Base, Moment, TenantOwned

CHANNELS = ("chat", "zbs", "page")
COMMENT = "survey_comment"  # the purpose under which free text is encrypted


class Survey(TenantOwned, Base):
    """The one survey of a dossier. `outcome` is the status that ended it; `invited_at` when people were asked."""

    __tablename__ = "survey"

    dossier_id: Mapped[int] = mapped_column(BigInteger)
    outcome: Mapped[int] = mapped_column(SmallInteger)
    opened_at: Mapped[datetime] = mapped_column(Moment)
    closes_at: Mapped[datetime] = mapped_column(Moment)
    invited_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "dossier_id"], ["dossier.tenant_id", "dossier.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("tenant_id", "dossier_id"),
        CheckConstraint("outcome IN (3, 8, 10)", name="outcome"),
        Index("ix_survey_invited", "tenant_id", "invited_at", postgresql_where="invited_at IS NOT NULL"),
    )


class SurveyInvitation(TenantOwned, Base):
    """One person asked: a citizen on our OA, or a phone number (its blind index; the message holds the number)."""

    __tablename__ = "survey_invitation"

    survey_id: Mapped[int] = mapped_column(BigInteger)
    citizen_id: Mapped[int | None] = mapped_column(BigInteger)
    phone_index: Mapped[str | None] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    reminded_at: Mapped[datetime | None] = mapped_column(Moment)
    declined_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)  # stays when the answer is cut loose

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "survey_id"], ["survey.tenant_id", "survey.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["tenant_id", "citizen_id"], ["citizen.tenant_id", "citizen.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("tenant_id", "survey_id", "citizen_id"),
        UniqueConstraint("tenant_id", "survey_id", "phone_index"),
        CheckConstraint("num_nonnulls(citizen_id, phone_index) = 1", name="one_recipient"),
        Index("ix_survey_invitation_citizen", "tenant_id", "citizen_id"),
        Index(
            "ix_survey_invitation_silent",
            "tenant_id",
            "asked_at",
            postgresql_where="reminded_at IS NULL AND declined_at IS NULL AND answered_at IS NULL",
        ),
    )


class SurveyAnswer(TenantOwned, Base):
    """What was answered. `invitation_id` is cut off once it can no longer be changed: then nobody knows whose it is.

    `level` 1 (very dissatisfied) to 5; `attitude`, `clarity`, `trips` 1 (bad) to 3 (good), None when skipped.
    """

    __tablename__ = "survey_answer"

    survey_id: Mapped[int] = mapped_column(BigInteger)
    invitation_id: Mapped[int | None] = mapped_column(BigInteger)
    channel: Mapped[str] = mapped_column(Text)
    level: Mapped[int] = mapped_column(SmallInteger)
    reasons: Mapped[list[str]] = mapped_column(JSONB, default=list)
    comment_encrypted: Mapped[str | None] = mapped_column(Text)  # masked before
    attitude: Mapped[int | None] = mapped_column(SmallInteger)
    clarity: Mapped[int | None] = mapped_column(SmallInteger)
    trips: Mapped[int | None] = mapped_column(SmallInteger)
    answered_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "survey_id"], ["survey.tenant_id", "survey.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["tenant_id", "invitation_id"],
            ["survey_invitation.tenant_id", "survey_invitation.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("tenant_id", "invitation_id"),
        CheckConstraint(f"channel IN {CHANNELS!r}", name="channel"),
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
        CheckConstraint(
            "attitude BETWEEN 1 AND 3 AND clarity BETWEEN 1 AND 3 AND trips BETWEEN 1 AND 3", name="details"
        ),
        Index("ix_survey_answer_survey", "tenant_id", "survey_id"),
        Index(
            "uq_survey_answer_page",
            "tenant_id",
            "survey_id",
            unique=True,
            postgresql_where="channel = 'page'",
        ),
        Index(
            "ix_survey_answer_comment",
            "tenant_id",
            "answered_at",
            postgresql_where="comment_encrypted IS NOT NULL",
        ),
        Index(
            "ix_survey_answer_linked",
            "tenant_id",
            "answered_at",
            postgresql_where="invitation_id IS NOT NULL",
        ),
        Index("ix_survey_answer_day", "tenant_id", "answered_at"),
    )

    @property
    def comment(self) -> str | None:
        return self.comment_encrypted and crypto.keyring().decrypt(
            self.tenant_id, COMMENT, self.comment_encrypted
        )
