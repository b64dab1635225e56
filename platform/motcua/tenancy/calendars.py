"""A province's calendar: its office hours, its folder's days, and over both what its console says. Versions of it."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from motcua.core import scope
from motcua.core.calendar import Calendar, MarkedDay, OfficeHours
from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned, db

from . import current
from .hours_text import hours_line, parse_hours

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")


class CalendarDay(TenantOwned, Base):
    """What a province's console says of one day; it wins over the folder and the national calendar.

    Nothing is rewritten: a day that no longer holds has `removed_at`.
    """

    __tablename__ = "calendar_day"

    date: Mapped[date]
    kind: Mapped[str] = mapped_column(Text)  # "closed" | "open"
    counts: Mapped[bool] = mapped_column(default=False)  # of an open one: deadlines run on it
    reason: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Moment, default=now)
    removed_by: Mapped[str | None] = mapped_column(Text)
    removed_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint("kind IN ('closed', 'open')", name="kind"),
        Index(
            "uq_calendar_day_in_force",
            "tenant_id",
            "date",
            unique=True,
            postgresql_where="removed_at IS NULL",
        ),
    )

    @property
    def mark(self) -> MarkedDay:
        return MarkedDay(self.date, self.kind == "open", self.counts, self.reason, "console")


class CalendarVersion(TenantOwned, Base):
    """What every due date was reckoned by. A new one begins when anything that decides dates differs.

    `confirmed_at`: since when open dossiers of older versions may be reckoned anew; None until somebody saw
    which dates would move. `reason` is what citizens are told.
    """

    __tablename__ = "calendar_version"

    number: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Moment, default=now)
    made_by: Mapped[str] = mapped_column(Text, default="")  # empty: the folder or the holidays' list changed
    reason: Mapped[str] = mapped_column(Text, default="")
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    dossiers_moved: Mapped[int] = mapped_column(BigInteger, default=0)

    __table_args__ = (UniqueConstraint("tenant_id", "number"),)


@dataclass(frozen=True)
class Offices:
    """The calendars of a province and of those agencies that keep hours of their own."""

    hours: OfficeHours
    marks: tuple[MarkedDay, ...]  # the folder's, then the console's: the later wins
    zone: str
    own_hours: tuple[tuple[str, str], ...] = ()  # (agency's code, its line of hours)

    @property
    def province(self) -> Calendar:
        return _calendar(self.hours, self.marks, self.zone)

    def of(self, agency_code: str | None) -> Calendar:
        line = dict(self.own_hours).get(agency_code) if agency_code else None
        if line is None:
            return self.province
        return _calendar(parse_hours(line, self.hours.same_day_cutoff), self.marks, self.zone)

    @property
    def digest(self) -> str:
        """Differs whenever a date could."""
        said = [
            hours_line(self.hours),
            self.hours.same_day_cutoff,
            self.zone,
            sorted(self.own_hours),
            [[day, mark.is_open, mark.counts] for day, mark in sorted(self.province.marks.items())],
            holidays.__version__,
        ]
        return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()

    def with_mark(self, mark: MarkedDay | None, day: date) -> "Offices":
        """The same where the console says `mark` (None: no longer anything) of `day`."""
        others = tuple(one for one in self.marks if (one.date, one.source) != (day, "console"))
        return Offices(self.hours, (*others, mark) if mark else others, self.zone, self.own_hours)


@lru_cache(maxsize=512)
def _calendar(hours: OfficeHours, marks: tuple[MarkedDay, ...], zone: str) -> Calendar:
    return Calendar(hours, marks, ZoneInfo(zone))


def offices_of(
    settings: dict, days: Iterable[MarkedDay] = (), own_hours: Iterable[tuple[str, str]] = ()
) -> Offices:
    """From a tenant's settings (dates and times in ISO form), the console's days, and agencies' lines of hours."""
    hours = settings["office_hours"]
    spans = tuple((time.fromisoformat(begin), time.fromisoformat(end)) for begin, end in hours["spans"])
    week = tuple((weekday, spans) for weekday in sorted(hours["weekdays"]))
    cutoff = time.fromisoformat(hours.get("same_day_cutoff") or "15:00")
    folder = [
        MarkedDay(date.fromisoformat(one["date"]), is_open, bool(one.get("counts")), one["reason"], "folder")
        for name, is_open in (("closed_days", False), ("extra_open_days", True))
        for one in settings.get(name) or ()
    ]
    marks = (*folder, *days)  # the later wins
    return Offices(OfficeHours(week, cutoff), marks, settings["timezone"], tuple(sorted(own_hours)))


def days_in_force() -> list[CalendarDay]:
    """What the console of the tenant in scope says."""
    return list(
        db.session.scalars(
            db.select(CalendarDay).where(CalendarDay.removed_at.is_(None)).order_by(CalendarDay.date)
        )
    )


def latest_version() -> CalendarVersion | None:
    return db.session.scalar(db.select(CalendarVersion).order_by(CalendarVersion.number.desc()).limit(1))


def in_force(read: Callable[[], Offices]) -> tuple[Offices, CalendarVersion]:
    """What `read` finds now, and the version that says so; a new one, not confirmed, where the latest differs."""
    known, latest = read(), latest_version()
    if latest is not None and latest.digest == known.digest:
        return known, latest
    # Perhaps it changed between the two looks: look again while nobody may change it.
    lock()
    db.session.refresh(current.tenant())
    known, latest = read(), latest_version()
    if latest is not None and latest.digest == known.digest:
        return known, latest
    return known, begin_version(known)


def begin_version(offices: Offices, **given) -> CalendarVersion:
    """A new version; call it under `lock`. Does not commit."""
    latest = latest_version()
    version = CalendarVersion(number=latest.number + 1 if latest else 1, digest=offices.digest, **given)
    if latest is None:
        version.confirmed_at = version.finished_at = now()  # there is nothing yet to reckon anew
    db.session.add(version)
    db.session.flush()
    return version


def lock() -> None:
    """One change of a province's calendar at a time, until the end of the transaction."""
    db.session.execute(LOCK, {"key": f"{scope.required()}/calendar"})
