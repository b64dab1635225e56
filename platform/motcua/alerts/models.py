"""Alerts: opened once, closed when the cause is gone."""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned


class Alert(TenantOwned, Base):
    """Something of one province that waits for a person. At most one open of a kind and subject."""

    __tablename__ = "alert"

    kind: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)  # which one, as the console names it
    opened_at: Mapped[datetime] = mapped_column(Moment, default=now)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    mailed_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        Index(
            "uq_alert_open", "tenant_id", "kind", "subject", unique=True, postgresql_where="closed_at IS NULL"
        ),
    )
