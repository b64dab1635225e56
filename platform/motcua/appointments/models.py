"""Desks that take bookings, the days they count numbers for, days they are closed, and the visits themselves."""

import secrets
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    literal_column,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core.clock import VIETNAM, now
from motcua.core.database import Base, Moment, TenantOwned

from .states import NAMES, OPEN

PURPOSES = ("file", "supplement", "collect", "ask")
STATES = tuple(NAMES)
SHORTEST_SLOT_MIN, LONGEST_SLOT_MIN = 5, 240
MOST_IN_A_SLOT = 200


def new_token() -> str:
    """128 random bits: whoever holds it may see, move and cancel the visit."""
    return secrets.token_urlsafe(16)


class Desk(TenantOwned, Base):
    """A counter of one agency. It takes what is listed in `fields` or `procedure_codes`; both empty: everything.

    `hours` maps an ISO weekday ("1" is Monday) to spans [["07:00", "11:30"], …]; None: the office's own hours.
    """

    __tablename__ = "desk"

    agency_code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    fields: Mapped[list[str]] = mapped_column(JSONB, default=list)
    procedure_codes: Mapped[list[str]] = mapped_column(JSONB, default=list)
    slot_minutes: Mapped[int] = mapped_column(SmallInteger, default=30)
    capacity: Mapped[int] = mapped_column(SmallInteger, default=4)  # people a slot
    hours: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    horizon_days: Mapped[int] = mapped_column(SmallInteger, default=14)  # how far ahead one may book
    takes_bookings: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (
        UniqueConstraint("tenant_id", "agency_code", "name"),
        CheckConstraint(
            f"slot_minutes BETWEEN {SHORTEST_SLOT_MIN} AND {LONGEST_SLOT_MIN}", name="slot_minutes"
        ),
        CheckConstraint(f"capacity BETWEEN 1 AND {MOST_IN_A_SLOT}", name="capacity"),
        CheckConstraint("horizon_days BETWEEN 1 AND 60", name="horizon_days"),
    )

    @property
    def place(self) -> str:
        return f"{self.name}, {self.address}" if self.address else self.name


class DeskDay(TenantOwned, Base):
    """One day of one desk: the last queue number given, and the lock that its slots are filled under.

    `is_kept`: an officer marked somebody that day. Only then does an absence count against anyone.
    """

    __tablename__ = "desk_day"

    desk_id: Mapped[int] = mapped_column(BigInteger)
    day: Mapped[date]
    last_number: Mapped[int] = mapped_column(default=0)
    is_kept: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "desk_id"], ["desk.tenant_id", "desk.id"]),
        UniqueConstraint("tenant_id", "desk_id", "day"),
    )


class DeskClosure(TenantOwned, Base):
    """A day on which one desk is closed beyond the province's own calendar."""

    __tablename__ = "desk_closure"

    desk_id: Mapped[int] = mapped_column(BigInteger)
    day: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    made_by: Mapped[int] = mapped_column(BigInteger)
    made_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "desk_id"], ["desk.tenant_id", "desk.id"]),
        UniqueConstraint("tenant_id", "desk_id", "day"),
    )


class Visit(TenantOwned, Base):
    """One booked visit. `person` stands for whoever proved a phone or a dossier: limits are counted by it.

    `day` is the local day of `starts_at`. `remind_day_at` and `remind_hour_at` are emptied once they are done with.
    """

    __tablename__ = "visit"

    desk_id: Mapped[int] = mapped_column(BigInteger)
    day: Mapped[date]
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    number: Mapped[int]
    person: Mapped[str] = mapped_column(Text)
    citizen_id: Mapped[int | None] = mapped_column(BigInteger)
    dossier_id: Mapped[int | None] = mapped_column(BigInteger)
    procedure_code: Mapped[str | None] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="booked")
    booked_by: Mapped[str] = mapped_column(Text)
    booked_at: Mapped[datetime] = mapped_column(Moment, default=now)
    token: Mapped[str] = mapped_column(Text, default=new_token)
    sequence: Mapped[int] = mapped_column(default=0)  # of the calendar file: grows with each change
    remind_day_at: Mapped[datetime | None] = mapped_column(Moment)
    remind_hour_at: Mapped[datetime | None] = mapped_column(Moment)
    arrived_at: Mapped[datetime | None] = mapped_column(Moment)
    served_at: Mapped[datetime | None] = mapped_column(Moment)
    cancelled_by: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "desk_id"], ["desk.tenant_id", "desk.id"]),
        ForeignKeyConstraint(
            ["tenant_id", "citizen_id"], ["citizen.tenant_id", "citizen.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["tenant_id", "dossier_id"], ["dossier.tenant_id", "dossier.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("tenant_id", "token"),
        UniqueConstraint("tenant_id", "desk_id", "day", "number"),
        CheckConstraint(f"purpose IN {PURPOSES!r}", name="purpose"),
        CheckConstraint(f"state IN {STATES!r}", name="state"),
        CheckConstraint("booked_by IN ('chat', 'page')", name="booked_by"),
        CheckConstraint("cancelled_by IN ('citizen', 'office')", name="cancelled_by"),
        CheckConstraint("ends_at > starts_at", name="span"),
        Index("ix_visit_desk_day", "tenant_id", "desk_id", "day", "starts_at"),
        Index("ix_visit_person", "tenant_id", "person", "day"),
        Index("ix_visit_citizen", "tenant_id", "citizen_id", postgresql_where="citizen_id IS NOT NULL"),
        Index("ix_visit_dossier", "tenant_id", "dossier_id", postgresql_where="dossier_id IS NOT NULL"),
        Index("ix_visit_open", "tenant_id", "ends_at", postgresql_where="state IN ('booked', 'confirmed')"),
        Index(
            "ix_visit_remind_day",
            "tenant_id",
            "remind_day_at",
            postgresql_where="remind_day_at IS NOT NULL",
        ),
        Index(
            "ix_visit_remind_hour",
            "tenant_id",
            "remind_hour_at",
            postgresql_where="remind_hour_at IS NOT NULL",
        ),
    )

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def can_move(self) -> bool:
        """Still to come, or called off by the office: then its owner may choose another slot."""
        return self.is_open or (self.state == "cancelled" and self.cancelled_by == "office")

    @property
    def state_name(self) -> str:
        return NAMES[self.state]

    @property
    def local_start(self) -> datetime:
        return self.starts_at.astimezone(VIETNAM)


# Literals, not parameters: a prepared statement's generic plan would not see that the partial index fits.
TO_COME = Visit.state.in_([literal_column(f"'{one}'") for one in OPEN])
