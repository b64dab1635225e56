"""One complaint of one citizen, from the chat to the published answer."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core import crypto, scope
from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned

KINDS = ("regulation", "conduct")
STATES = ("received", "asked", "accepted", "forwarded", "refused", "answered", "published")
OPEN = ("received", "asked", "accepted")


class Complaint(TenantOwned, Base):
    """`kind`: of a rule (quy định hành chính) or of an officer's doing (hành vi cán bộ). All words are encrypted.

    Life: received -> asked (for more) -> received; received -> accepted | forwarded | refused; -> answered ->
    published. The due dates are working days after what began them, see `clocks`.
    """

    __tablename__ = "complaint"

    kind: Mapped[str] = mapped_column(Text)
    citizen_id: Mapped[int] = mapped_column(BigInteger)
    dossier_id: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(Text, default="received")
    text_encrypted: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(Moment, default=now)
    triage_due_at: Mapped[datetime] = mapped_column(Moment)  # to refuse or forward
    due_at: Mapped[datetime] = mapped_column(Moment)  # to answer
    question_encrypted: Mapped[str | None] = mapped_column(Text)
    asked_at: Mapped[datetime | None] = mapped_column(Moment)
    reply_due_at: Mapped[datetime | None] = mapped_column(Moment)  # of the citizen
    triaged_at: Mapped[datetime | None] = mapped_column(Moment)
    answer_encrypted: Mapped[str | None] = mapped_column(Text)  # or the reason of a refusal, or where it went
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    publish_due_at: Mapped[datetime | None] = mapped_column(Moment)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    handled_by: Mapped[int | None] = mapped_column(BigInteger)  # the member of staff who acted last

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "citizen_id"], ["citizen.tenant_id", "citizen.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["tenant_id", "dossier_id"], ["dossier.tenant_id", "dossier.id"], ondelete="CASCADE"
        ),
        CheckConstraint(f"kind IN {KINDS!r}", name="kind"),
        CheckConstraint(f"state IN {STATES!r}", name="state"),
        Index("ix_complaint_state", "tenant_id", "state", "due_at"),
        Index("ix_complaint_citizen", "tenant_id", "citizen_id", "id"),
        Index("ix_complaint_dossier", "tenant_id", "dossier_id"),
        Index("ix_complaint_received", "tenant_id", "received_at"),
        Index(
            "ix_complaint_answered", "tenant_id", "answered_at", postgresql_where="answered_at IS NOT NULL"
        ),
    )

    @property
    def text(self) -> str:
        return opened(self.text_encrypted)

    @property
    def question(self) -> str | None:
        return self.question_encrypted and opened(self.question_encrypted)

    @property
    def answer(self) -> str | None:
        return self.answer_encrypted and opened(self.answer_encrypted)


def sealed(text: str) -> str:
    return crypto.keyring().encrypt(scope.required(), "complaint", text)


def opened(stored: str) -> str:
    return crypto.keyring().decrypt(scope.required(), "complaint", stored)
