"""Which news of a service were told, so that nothing is told twice."""

from datetime import datetime

from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned


class ServiceNews(TenantOwned, Base):
    """One piece of news that subscribers were told, by the service's own key."""

    __tablename__ = "service_news"

    service: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    told_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (UniqueConstraint("tenant_id", "service", "key"),)


class ServiceNewsMark(TenantOwned, Base):
    """Up to which published versions of a service the news have been looked through."""

    __tablename__ = "service_news_mark"

    service: Mapped[str] = mapped_column(Text)
    standing: Mapped[str] = mapped_column(Text)  # the ids of the versions in force

    __table_args__ = (UniqueConstraint("tenant_id", "service"),)
