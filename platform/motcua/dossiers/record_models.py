"""What events bring with them: supplements, fees, apologies, results, and each agency's own part.

Every row but a leg comes from one event (`event_id`) and is numbered by its place in the line of time.
"""

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
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from motcua.core import crypto
from motcua.core.database import Base, Moment, TenantOwned

STAGES = ("reception", "appraisal")
FEE_STAGES = ("intake", "supplement", "return")
FEE_METHODS = ("national", "local", "cash", "transfer")
HANDOVER_WAYS = ("desk", "post", "electronic")
RECEIVER = "result_receiver"  # the purpose under which a receiver's name is encrypted


class OfDossier(TenantOwned):
    """A numbered record of one dossier."""

    dossier_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int] = mapped_column(SmallInteger)  # from 1


class FromEvent(OfDossier):
    """A record that one event brought; at most one of its kind an event."""

    event_id: Mapped[int] = mapped_column(BigInteger)

    @declared_attr.directive
    def __table_args__(cls):
        return (
            ForeignKeyConstraint(
                ["tenant_id", "dossier_id"], ["dossier.tenant_id", "dossier.id"], ondelete="CASCADE"
            ),
            UniqueConstraint("tenant_id", "dossier_id", "event_id"),
            *cls.checks,
        )

    checks: Any = ()


class DossierSupplement(FromEvent, Base):
    """Papers asked for (phiếu yêu cầu bổ sung). Open until an event of another status says they came."""

    __tablename__ = "dossier_supplement"

    requested_at: Mapped[datetime] = mapped_column(Moment)
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)  # [{"name", "originals", "copies", "note"?}]
    reason: Mapped[str | None] = mapped_column(Text)
    respond_by: Mapped[datetime | None] = mapped_column(Moment)
    stage: Mapped[str | None] = mapped_column(Text)  # None: the source does not say
    contact_phone: Mapped[str | None] = mapped_column(Text)  # the desk's
    closed_at: Mapped[datetime | None] = mapped_column(Moment)

    checks = (
        CheckConstraint(f"stage IN {STAGES!r}", name="stage"),
        CheckConstraint("closed_at >= requested_at", name="closed_after_request"),
        Index("ix_dossier_supplement_open", "tenant_id", "respond_by", postgresql_where="closed_at IS NULL"),
    )


class DossierFee(FromEvent, Base):
    """A sum asked for, or paid without being asked for here. Unpaid while `paid_at` is None."""

    __tablename__ = "dossier_fee"

    asked_at: Mapped[datetime] = mapped_column(Moment)
    amount_vnd: Mapped[int] = mapped_column(BigInteger)
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)  # [{"name", "amount_vnd"}]
    pay_by: Mapped[datetime | None] = mapped_column(Moment)
    pay_url: Mapped[str | None] = mapped_column(Text)
    stage: Mapped[str | None] = mapped_column(Text)
    paid_at: Mapped[datetime | None] = mapped_column(Moment)
    paid_vnd: Mapped[int | None] = mapped_column(
        BigInteger
    )  # None beside a `paid_at`: the source only went on
    method: Mapped[str | None] = mapped_column(Text)
    receipt_number: Mapped[str | None] = mapped_column(Text)

    checks = (
        CheckConstraint("amount_vnd >= 0 AND paid_vnd >= 0", name="amounts"),
        CheckConstraint(f"stage IN {FEE_STAGES!r}", name="stage"),
        CheckConstraint(f"method IN {FEE_METHODS!r}", name="method"),
        Index("ix_dossier_fee_open", "tenant_id", "pay_by", postgresql_where="paid_at IS NULL"),
    )


class DossierApology(FromEvent, Base):
    """An apology with a new due date (form 04). `number` counts them: one more than one is flagged."""

    __tablename__ = "dossier_apology"

    apologised_at: Mapped[datetime] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(Text)
    old_due_at: Mapped[datetime | None] = mapped_column(Moment)
    new_due_at: Mapped[datetime] = mapped_column(Moment)
    agency_name: Mapped[str] = mapped_column(Text)  # who decides and apologises
    signer: Mapped[str | None] = mapped_column(Text)
    signer_title: Mapped[str | None] = mapped_column(Text)
    is_late: Mapped[bool]  # not before the old due date
    checks = (Index("ix_dossier_apology_old_due", "tenant_id", "old_due_at"),)


class DossierResult(FromEvent, Base):
    """What was decided, and how it reached the citizen. The receiver's name is encrypted."""

    __tablename__ = "dossier_result"

    ready_at: Mapped[datetime | None] = mapped_column(Moment)  # None: known only from its handing over
    items: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB
    )  # [{"number"?, "name", "issued_on"?, "file_url"?}]
    ways: Mapped[list[str]] = mapped_column(JSONB)
    handed_over_at: Mapped[datetime | None] = mapped_column(Moment)
    handover_way: Mapped[str | None] = mapped_column(Text)
    receiver_encrypted: Mapped[str | None] = mapped_column(Text)
    post_code: Mapped[str | None] = mapped_column(Text)

    checks = (CheckConstraint(f"handover_way IN {HANDOVER_WAYS!r}", name="handover_way"),)

    @property
    def receiver_name(self) -> str | None:
        if self.receiver_encrypted is None:
            return None
        return crypto.open_json(self.tenant_id, RECEIVER, self.receiver_encrypted)


class DossierLeg(OfDossier, Base):
    """One agency's part of a process that crosses agencies: its own dates inside the citizen's one date."""

    __tablename__ = "dossier_leg"

    agency_code: Mapped[str | None] = mapped_column(Text)
    agency_name: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime | None] = mapped_column(Moment)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "dossier_id"], ["dossier.tenant_id", "dossier.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("tenant_id", "dossier_id", "number"),
        Index("ix_dossier_leg_due", "tenant_id", "due_at", postgresql_where="finished_at IS NULL"),
    )
