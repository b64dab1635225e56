"""The national base of procedures, what a province draws from it, and the province's agencies."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core.database import Base, TenantOwned


class NationalProcedure(Base):
    """A procedure as the national portal describes it; the same for every province."""

    __tablename__ = "national_procedure"

    code: Mapped[str] = mapped_column(Text, primary_key=True)  # "1.000894"
    name: Mapped[str] = mapped_column(Text)
    field: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)  # as facts.ProcedureFacts.to_json()
    digest: Mapped[str] = mapped_column(Text)


class TenantProcedure(TenantOwned, Base):
    """A procedure that this province carries out, with what it says differently."""

    __tablename__ = "tenant_procedure"

    code: Mapped[str] = mapped_column(ForeignKey("national_procedure.code"))
    code_suffix: Mapped[str | None] = mapped_column(Text)  # ".000.00.00.H11" as the province prints it
    agency: Mapped[str | None] = mapped_column(
        Text
    )  # an agency's code, or "commune": every commune's committee
    is_enabled: Mapped[bool] = mapped_column(default=True)
    overrides: Mapped[dict[str, str]] = mapped_column(
        JSONB, default=dict
    )  # name, fee, fee_note, time, desk, note

    __table_args__ = (UniqueConstraint("tenant_id", "code"),)


class Agency(TenantOwned, Base):
    """A department, centre or commune's committee, for the time it existed."""

    __tablename__ = "agency"

    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    parent_code: Mapped[str | None] = mapped_column(Text)
    gso_code: Mapped[str | None] = mapped_column(Text)
    national_code: Mapped[str | None] = mapped_column(Text)  # its identifier in dossier codes, where known
    desk_name: Mapped[str | None] = mapped_column(Text)
    old_units: Mapped[list[str]] = mapped_column(JSONB, default=list)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    evidence: Mapped[str | None] = mapped_column(Text)  # how sure we are of the row

    __table_args__ = (UniqueConstraint("tenant_id", "code"),)
