"""What a province's nightly file said: whole files only, the newest one counts; nothing personal in clear."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Date, ForeignKeyConstraint, Index, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned


class SourceFile(TenantOwned, Base):
    """One nightly file. One without faults that was taken last is what the service answers from."""

    __tablename__ = "service_source_file"

    service: Mapped[str] = mapped_column(Text)
    as_of: Mapped[date] = mapped_column(Date)
    row_count: Mapped[int] = mapped_column(Integer)
    faults: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, default=list
    )  # line, column, sentence; no values
    taken_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (Index("ix_service_source_file_service", "tenant_id", "service", "taken_at"),)


class SourceRow(TenantOwned, Base):
    """One line: found by a keyed fingerprint of what it is asked for by, and opened only then."""

    __tablename__ = "service_source_row"

    file_id: Mapped[int] = mapped_column(BigInteger)
    key_index: Mapped[str] = mapped_column(Text)
    sealed: Mapped[str] = mapped_column(Text)  # JSON

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "file_id"],
            ["service_source_file.tenant_id", "service_source_file.id"],
            ondelete="CASCADE",
        ),
        Index("ix_service_source_row_key", "tenant_id", "file_id", "key_index"),
    )
