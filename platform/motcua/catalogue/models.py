"""The national base of procedures, what a province draws from it, and the province's agencies."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned

from .names import plain_name


class NationalProcedure(Base):
    """A procedure as the national portal describes it today; the same for every province."""

    __tablename__ = "national_procedure"

    code: Mapped[str] = mapped_column(Text, primary_key=True)  # "1.000894"
    name: Mapped[str] = mapped_column(Text)
    field: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)  # as facts.ProcedureFacts.to_json()
    digest: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(
        Text, default=lambda context: plain_name(context.get_current_parameters()["name"]), server_default=""
    )  # plain_name(name), for a search that forgives accents
    withdrawn_on: Mapped[date | None]  # since when the base no longer has it


class NationalProcedureVersion(Base):
    """What a national procedure was from `valid_from` until the day before `valid_to`.

    The first version has no `valid_from`: it held before this platform knew it. At most one version a day.
    """

    __tablename__ = "national_procedure_version"

    code: Mapped[str] = mapped_column(ForeignKey("national_procedure.code"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    name: Mapped[str] = mapped_column(Text)
    field: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)


class NationalCatalogue(Base):
    """One row: a number that grows with every change of the national base."""

    __tablename__ = "national_catalogue"

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False, default=1)
    version: Mapped[int] = mapped_column(BigInteger, default=0)

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)


class TenantProcedure(TenantOwned, Base):
    """A procedure that this province carries out, with what it says differently.

    `folder` and `changes` are what was said; the columns before them are what holds, see `layers`.
    """

    __tablename__ = "tenant_procedure"

    code: Mapped[str] = mapped_column(Text)
    code_suffix: Mapped[str | None] = mapped_column(Text)  # ".000.00.00.H11" as the province prints it
    agency: Mapped[str | None] = mapped_column(
        Text
    )  # an agency's code, or "commune": every commune's committee
    is_enabled: Mapped[bool] = mapped_column(default=True)
    overrides: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)  # some of layers.OVERRIDES
    name: Mapped[str | None] = mapped_column(Text)  # where it differs from the national name, or has none
    field: Mapped[str | None] = mapped_column(Text)  # of the province's own procedure
    name_key: Mapped[str | None] = mapped_column(Text)  # plain_name(name)
    # What the province's folder says of it; None where the folder does not name it.
    folder: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB(none_as_null=True), default=dict, server_default=text("'{}'")
    )
    # What was said in the console or by an import, by field, as layers.entry makes it; wins over the folder.
    changes: Mapped[dict[str, dict[str, Any]]] = mapped_column(
        JSONB, default=dict, server_default=text("'{}'")
    )

    __table_args__ = (UniqueConstraint("tenant_id", "code"),)


class OwnProcedureVersion(TenantOwned, Base):
    """What a province's own procedure was; as NationalProcedureVersion."""

    __tablename__ = "own_procedure_version"

    code: Mapped[str] = mapped_column(Text)
    number: Mapped[int] = mapped_column(Integer)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    name: Mapped[str] = mapped_column(Text)
    field: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = (UniqueConstraint("tenant_id", "code", "number"),)


class TenantCatalogue(TenantOwned, Base):
    """One row a province: grows with every change of what its citizens can look up, and is the lock of changing."""

    __tablename__ = "tenant_catalogue"

    version: Mapped[int] = mapped_column(BigInteger, default=0)

    __table_args__ = (UniqueConstraint("tenant_id"),)


class CatalogueChange(TenantOwned, Base):
    """One act on one procedure: who changed which fields, from what, to what."""

    __tablename__ = "catalogue_change"

    code: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    source: Mapped[str] = mapped_column(Text)
    import_id: Mapped[int | None] = mapped_column(BigInteger)
    staff_name: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    # field -> {"from": what held before, "to": what holds now, "entry": what stood in `changes` before, or null}
    fields: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = (
        CheckConstraint("source IN ('folder', 'console', 'import', 'undo')", name="source"),
        Index("ix_catalogue_change_tenant_id_code_id", "tenant_id", "code", "id"),
        Index("ix_catalogue_change_tenant_id_import_id_id", "tenant_id", "import_id", "id"),
    )


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
    office_hours: Mapped[str | None] = mapped_column(Text)  # its own, as tenancy.hours_text reads them
    # What only the console knows: where citizens find it, and whom they ask there.
    address: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    departments: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    # field -> {"value", "by", "at"} as the console said; wins over the folder.
    changes: Mapped[dict[str, dict[str, Any]]] = mapped_column(
        JSONB, default=dict, server_default=text("'{}'")
    )

    __table_args__ = (UniqueConstraint("tenant_id", "code"),)


class AgencyChange(TenantOwned, Base):
    """One act in the console on one agency: field -> [before, after]."""

    __tablename__ = "agency_change"

    code: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    staff_name: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")
    fields: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = (Index("ix_agency_change_code", "tenant_id", "code", "at"),)
