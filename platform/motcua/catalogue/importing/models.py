"""An import with its file, its sheet as it was read, and the columns that a province's files have."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
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

STATES = ("mapping", "checking", "faulty", "ready", "applied", "undone", "failed")


class CatalogueImport(TenantOwned, Base):
    """One file on its way into the catalogue.

    mapping -> checking -> faulty | ready | failed; ready -> applied -> undone; ready -> checking when stale.
    """

    __tablename__ = "catalogue_import"

    file_name: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="mapping")
    sheets: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)  # table.SheetInfo, in the file's order
    sheet: Mapped[str | None] = mapped_column(Text)
    mapping: Mapped[dict[str, Any] | None] = mapped_column(JSONB)  # mapping.ColumnMapping
    is_complete: Mapped[bool] = mapped_column(default=False)  # what is not in the file is switched off
    rows_total: Mapped[int | None] = mapped_column(Integer)
    rows_checked: Mapped[int] = mapped_column(Integer, default=0)
    fault_count: Mapped[int] = mapped_column(Integer, default=0)
    warning_count: Mapped[int] = mapped_column(Integer, default=0)
    counts: Mapped[dict[str, int]] = mapped_column(JSONB, default=dict)  # rows by kind
    failure: Mapped[str | None] = mapped_column(Text)
    base_version: Mapped[str | None] = mapped_column(Text)  # lookup.catalogue_version it was checked against
    lease_until: Mapped[datetime | None] = mapped_column(Moment)  # a check at work; over: the worker died
    tries: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    created_by: Mapped[str] = mapped_column(Text)
    applied_at: Mapped[datetime | None] = mapped_column(Moment)
    applied_by: Mapped[str | None] = mapped_column(Text)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_by: Mapped[str | None] = mapped_column(Text)
    undo_report: Mapped[dict[str, Any] | None] = mapped_column(JSONB)

    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(state) for state in STATES)})", name="state"),
        Index(
            "ix_catalogue_import_tenant_id_checking",
            "tenant_id",
            "id",
            postgresql_where=text("state = 'checking'"),
        ),
    )


def _of_import():
    return ForeignKeyConstraint(
        ["tenant_id", "import_id"],
        ["catalogue_import.tenant_id", "catalogue_import.id"],
        ondelete="CASCADE",
    )


class CatalogueImportFile(TenantOwned, Base):
    """The file itself; in the database, because web and workers may run on different machines."""

    __tablename__ = "catalogue_import_file"

    import_id: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (UniqueConstraint("tenant_id", "import_id"), _of_import())


class CatalogueImportRow(TenantOwned, Base):
    """One row of the sheet with its faults and what it would change; or (row 0) a procedure gone from the list.

    `kind`: title | header | heading | faulty | new | changed | same | gone.
    """

    __tablename__ = "catalogue_import_row"

    import_id: Mapped[int] = mapped_column(BigInteger)
    row_number: Mapped[int] = mapped_column(Integer)  # as in Excel, from 1
    kind: Mapped[str] = mapped_column(Text)
    code: Mapped[str | None] = mapped_column(Text)
    cells: Mapped[list[str]] = mapped_column(JSONB)
    # [{"column": 0, "message", "remedy", "is_warning"}]
    faults: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    # {"name", "say": {field: value for the upper layer}, "show": {field: [from, to]}}
    plan: Mapped[dict[str, Any] | None] = mapped_column(JSONB)

    __table_args__ = (
        _of_import(),
        Index("ix_catalogue_import_row_tenant_id_import_id_kind_id", "tenant_id", "import_id", "kind", "id"),
        Index(
            "ix_catalogue_import_row_tenant_id_import_id_row_number", "tenant_id", "import_id", "row_number"
        ),
        Index(
            "ix_catalogue_import_row_tenant_id_faults",
            "tenant_id",
            "import_id",
            "row_number",
            postgresql_where=text("faults <> '[]'"),
        ),
    )


class CatalogueMapping(TenantOwned, Base):
    """The columns as somebody set them for files with these titles."""

    __tablename__ = "catalogue_mapping"

    fingerprint: Mapped[str] = mapped_column(Text)
    columns: Mapped[dict[str, str]] = mapped_column(JSONB)
    used_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (UniqueConstraint("tenant_id", "fingerprint"),)
