"""What the door remembers: the answers of batches it has finished."""

from datetime import datetime

from sqlalchemy import Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned


class BatchChunk(TenantOwned, Base):
    """The answers to some lines of a batch, stored together with what the lines did."""

    __tablename__ = "dossier_batch_chunk"

    batch: Mapped[str] = mapped_column(Text)  # what the sender calls it
    first_line: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(Text)  # SHA-256 of the lines
    answers: Mapped[str] = mapped_column(Text)  # NDJSON, as it was sent
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (
        UniqueConstraint("tenant_id", "batch", "first_line"),
        Index("ix_dossier_batch_chunk_age", "tenant_id", "created_at"),
    )
