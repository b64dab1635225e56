"""Which papers were issued: enough to print each again, letter for letter."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Integer, SmallInteger, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core import crypto
from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned

PURPOSE = "form_facts"


class FormIssued(TenantOwned, Base):
    """One paper. Of a register (no dossier) only agency and period are kept: its rows can be thousands."""

    __tablename__ = "dossier_form_issued"

    dossier_id: Mapped[int | None] = mapped_column(BigInteger)
    form: Mapped[str] = mapped_column(Text)  # kind, as in `sets`
    form_set: Mapped[str] = mapped_column(Text)
    agency: Mapped[str] = mapped_column(Text)  # whose numbers it counts in
    year: Mapped[int] = mapped_column(SmallInteger)
    number: Mapped[int | None] = mapped_column(Integer)
    dated: Mapped[date]  # the day on the paper
    facts_encrypted: Mapped[str] = mapped_column(Text)
    facts_digest: Mapped[str] = mapped_column(
        Text
    )  # SHA-256 of what it says, without number and time of issue
    digest: Mapped[str] = mapped_column(Text)  # SHA-256 of the file
    issued_at: Mapped[datetime] = mapped_column(Moment, default=now)
    issued_by: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "dossier_id"], ["dossier.tenant_id", "dossier.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("tenant_id", "agency", "form", "year", "number"),
        Index("ix_dossier_form_issued_line", "tenant_id", "dossier_id", "form", "id"),
    )

    @property
    def facts(self) -> dict:
        """As `facts` has them for this form."""
        return crypto.open_json(self.tenant_id, PURPOSE, self.facts_encrypted)
