"""What a citizen wants to be reminded of: as little as the reminder needs."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core import crypto, scope
from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned

PURPOSE = "licence_reminder"


class LicenceReminder(TenantOwned, Base):
    """A driving licence that will expire. `next_on`: the day of the next reminder."""

    __tablename__ = "licence_reminder"

    citizen_id: Mapped[int] = mapped_column(BigInteger)
    expires_on: Mapped[date] = mapped_column(Date)
    next_on: Mapped[date] = mapped_column(Date)
    licence_encrypted: Mapped[str] = mapped_column(Text)  # JSON: the masked number and the classes
    asked_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "citizen_id"], ["citizen.tenant_id", "citizen.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("tenant_id", "citizen_id", "expires_on"),
        Index("ix_licence_reminder_next", "tenant_id", "next_on"),
    )

    @property
    def words(self) -> tuple[str, str]:
        """The masked number and the classes."""
        number, classes = crypto.open_json(self.tenant_id, PURPOSE, self.licence_encrypted)
        return number, classes


def sealed(number: str, classes: str) -> str:
    return crypto.seal_json(scope.required(), PURPOSE, [number, classes])
