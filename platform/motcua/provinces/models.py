"""What is decided about provinces and said to them; the vendor's words stand outside their row security."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned

IMPORTANCES = ("normal", "important", "urgent")


class TenantDecision(Base):
    """One act on a province; never changed. `kind`: founded, status, plan, account; settings by its own admin."""

    __tablename__ = "tenant_decision"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text)
    before: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    reason: Mapped[str] = mapped_column(Text, default="")
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (Index("ix_tenant_decision_tenant_id_id", "tenant_id", "id"),)


class BackupNote(Base):
    """A backup that somebody took and put away; without a tenant, of the whole installation."""

    __tablename__ = "backup_note"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    tenant_id: Mapped[str | None] = mapped_column(ForeignKey("tenant.id", ondelete="CASCADE"), index=True)
    taken_at: Mapped[datetime] = mapped_column(Moment)
    place: Mapped[str] = mapped_column(Text)  # where it lies, as people say it
    noted_by: Mapped[str] = mapped_column(Text)
    noted_at: Mapped[datetime] = mapped_column(Moment, default=now)


class UsageMonth(Base):
    """What a province used in a closed month, as it was invoiced; never changed. `month`: its first day."""

    __tablename__ = "usage_month"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenant.id", ondelete="CASCADE"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    figures: Mapped[dict[str, int]] = mapped_column(JSONB)
    closed_by: Mapped[str] = mapped_column(Text)
    closed_at: Mapped[datetime] = mapped_column(Moment, default=now)


class VendorNotice(Base):
    """What the vendor tells provinces' admins. `tenants` None: all of them."""

    __tablename__ = "vendor_notice"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    importance: Mapped[str] = mapped_column(Text)
    tenants: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    ends_on: Mapped[date | None]  # the last day it is shown
    published_by: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(Moment, default=now)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (CheckConstraint(f"importance IN {IMPORTANCES!r}", name="importance"),)


class VendorNoticeRead(TenantOwned, Base):
    """A member of staff put a notice of the vendor away."""

    __tablename__ = "vendor_notice_read"

    notice_id: Mapped[int] = mapped_column(BigInteger)
    staff_id: Mapped[int] = mapped_column(BigInteger)
    read_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (UniqueConstraint("tenant_id", "staff_id", "notice_id"),)


class HoursConfirmed(TenantOwned, Base):
    """Somebody of the province looked at its office hours and said that they are right. `hours` as they read then."""

    __tablename__ = "hours_confirmed"

    hours: Mapped[str] = mapped_column(Text)
    confirmed_by: Mapped[str] = mapped_column(Text)
    confirmed_at: Mapped[datetime] = mapped_column(Moment, default=now)


class PrivacyNotice(TenantOwned, Base):
    """What citizens read about their data; the newest holds, none is changed."""

    __tablename__ = "privacy_notice"

    body: Mapped[str] = mapped_column(Text)
    published_by: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(Moment, default=now)
