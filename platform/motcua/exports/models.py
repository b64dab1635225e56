"""One export: asked for, made by a job, taken away until its link expires."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned

STATES = ("waiting", "making", "ready", "failed", "expired")


class Export(TenantOwned, Base):
    """`done` of `total` tables are written; once it is ready its file lies in `ExportPart`."""

    __tablename__ = "export"

    state: Mapped[str] = mapped_column(Text, default="waiting")
    asked_by: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(Moment, default=now)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    rows: Mapped[int] = mapped_column(BigInteger, default=0)
    size: Mapped[int] = mapped_column(BigInteger, default=0)  # bytes
    digest: Mapped[str | None] = mapped_column(Text)  # SHA-256 of the ZIP
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    ready_at: Mapped[datetime | None] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint(f"state IN {STATES!r}", name="state"),
        Index("ix_export_state", "tenant_id", "state"),
    )


class ExportPart(TenantOwned, Base):
    """So many bytes of the file from `first_byte` on, encrypted: it holds all that the province knows."""

    __tablename__ = "export_part"

    export_id: Mapped[int] = mapped_column(BigInteger)
    first_byte: Mapped[int] = mapped_column(BigInteger)
    body_encrypted: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        UniqueConstraint("tenant_id", "export_id", "first_byte"),
        ForeignKeyConstraint(
            ["tenant_id", "export_id"], ["export.tenant_id", "export.id"], ondelete="CASCADE"
        ),
    )
