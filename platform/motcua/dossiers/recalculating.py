"""After a change of the calendar: which open dossiers' due dates move, shown first, then done and told.

Only dates that we reckoned ourselves move. The work is cut into batches, each one transaction with its messages;
a dossier's `calendar_version` says whether its turn has come, so that a killed worker loses and doubles nothing.
"""

import time
from dataclasses import dataclass
from datetime import date, datetime

from motcua.core import queue, scope
from motcua.core.calendar import MarkedDay
from motcua.core.clock import now
from motcua.core.database import after_commit, db
from motcua.core.errors import Conflict, Invalid
from motcua.tenancy import calendars
from motcua.tenancy.calendars import CalendarDay, CalendarVersion, Offices

from . import news, promising
from .models import Dossier
from .statuses import FINISHED

RECALCULATE = "motcua.dossiers.jobs.recalculate"
LANE = "normal"
BATCH = 500
SLICE_S = 60.0
SHOWN = 200


class CalendarChanged(Conflict):
    code = "calendar_changed"
    message = "Lịch vừa được người khác thay đổi. Xin xem lại các ngày hẹn sẽ đổi rồi áp dụng."


@dataclass(frozen=True)
class Move:
    """A dossier whose due date would be another; `after` None: it would have none."""

    code: str
    procedure_name: str
    agency_name: str
    before: datetime | None
    after: datetime | None


@dataclass(frozen=True)
class Preview:
    """What a calendar would change: of `looked_at` open dossiers `later` get a later date, `earlier` an earlier one."""

    looked_at: int
    later: int
    earlier: int
    moves: tuple[Move, ...]  # the first SHOWN by their present date

    @property
    def total(self) -> int:
        return self.later + self.earlier


def _open():
    return Dossier.due_is_ours, Dossier.status.not_in(FINISHED)


def preview(known: Offices) -> Preview:
    """Reckon every open dossier of ours by `known`: two queries, however many there are."""
    supplements = promising.supplements_of(db.select(Dossier.id).where(*_open()))
    rows = db.session.execute(
        db.select(
            Dossier.id, Dossier.code, Dossier.procedure_name, Dossier.agency_code, Dossier.agency_name,
            Dossier.received_at, Dossier.due_at, Dossier.due_duration, Dossier.due_unit, Dossier.due_policy,
        )
        .where(*_open())
        .order_by(Dossier.due_at, Dossier.id)
    )  # fmt: skip
    looked_at = later = earlier = 0
    moves: list[Move] = []
    for row in rows:
        looked_at += 1
        after = promising.reckon(row, known, supplements.get(row.id, ()))
        if after == row.due_at:
            continue
        is_later = after is None or (row.due_at is not None and after > row.due_at)
        later, earlier = later + is_later, earlier + (not is_later)
        if len(moves) < SHOWN:
            moves.append(Move(row.code, row.procedure_name, row.agency_name, row.due_at, after))
    return Preview(looked_at, later, earlier, tuple(moves))


def proposed(day: date, mark: MarkedDay | None) -> Offices:
    """The calendars as they would be if the console said `mark` (None: nothing any more) of `day`.

    Raises Invalid where the console already says so.
    """
    said = next((one for one in calendars.days_in_force() if one.date == day), None)
    if mark is None and said is None:
        raise Invalid("Ngày này không do trang quản trị đặt. Xin sửa trong thư mục của tỉnh.")
    if mark is not None and said is not None and said.mark == mark:
        raise Invalid(f"Ngày {day:%d/%m/%Y} đã được đặt đúng như vậy. Xin chọn ngày khác.")
    return promising.offices().with_mark(mark, day)


def change(day: date, mark: MarkedDay | None, *, seen: str, by: str, reason: str) -> CalendarVersion:
    """Let the console say `mark` of `day` from now on, and reckon open dossiers anew in the background.

    `seen` is the digest of the calendars whose preview was looked at. Raises CalendarChanged where the change
    would make others by now, and Invalid as `proposed` does. `reason` is told to citizens. Does not commit.
    """
    calendars.lock()
    known = proposed(day, mark)
    if known.digest != seen:
        raise CalendarChanged
    db.session.execute(
        db.update(CalendarDay)
        .where(CalendarDay.date == day, CalendarDay.removed_at.is_(None))
        .values(removed_at=now(), removed_by=by)
    )
    if mark is not None:
        db.session.add(
            CalendarDay(
                date=day,
                kind="open" if mark.is_open else "closed",
                counts=mark.counts,
                reason=mark.reason,
                made_by=by,
            )
        )
    return _start(calendars.begin_version(known, made_by=by, reason=reason))


def confirm(*, seen: str, by: str, reason: str) -> CalendarVersion:
    """Let what the folder or the list of holidays changed move the open dossiers too. Does not commit."""
    calendars.lock()
    known, version = calendars.in_force(promising.offices)
    if known.digest != seen:
        raise CalendarChanged
    version.made_by, version.reason = by, reason
    return _start(version)


def _start(version: CalendarVersion) -> CalendarVersion:
    version.confirmed_at, version.finished_at = now(), None
    tenant_id = scope.required()
    after_commit(lambda: queue.wake(RECALCULATE, tenant_id, lane=LANE))
    return version


def waiting(version: CalendarVersion) -> int:
    """How many open dossiers still stand on an older version."""
    return db.session.scalar(
        db.select(db.func.count()).where(*_open(), Dossier.calendar_version < version.number)
    )


def unfinished() -> CalendarVersion | None:
    """The version in force, where it was confirmed and dossiers may still be waiting for it."""
    latest = calendars.latest_version()
    is_running = latest is not None and latest.confirmed_at is not None and latest.finished_at is None
    return latest if is_running else None


def wake_waiting() -> bool:
    """For the sweep: go on with what nobody is working on."""
    return unfinished() is not None and queue.wake(RECALCULATE, scope.required(), lane=LANE)


def work(slice_s: float = SLICE_S) -> int:
    """Reckon batches until none is left or the time is over; commits each. Returns how many dates moved."""
    moved, until = 0, time.monotonic() + slice_s
    while (version := unfinished()) is not None:
        known, in_force = calendars.in_force(promising.offices)
        if in_force.number != version.number:
            db.session.commit()  # something else changed meanwhile: somebody has to look at that first
            break
        changed = _batch(version, known)
        if changed is None:
            version.finished_at = now()
        else:
            version.dossiers_moved = CalendarVersion.dossiers_moved + changed  # two workers may count at once
            moved += changed
        db.session.commit()
        db.session.expunge_all()
        if time.monotonic() > until:
            queue.wake(RECALCULATE, scope.required(), lane=LANE)
            break
    return moved


def _batch(version: CalendarVersion, known: Offices) -> int | None:
    """The next batch; None when there is none. Every follower of a moved one is owed one message."""
    dossiers = db.session.scalars(
        db.select(Dossier)
        .where(*_open(), Dossier.calendar_version < version.number)
        .order_by(Dossier.calendar_version, Dossier.id)
        .limit(BATCH)
        .with_for_update()
    ).all()
    if not dossiers:
        return None
    supplements = promising.supplements_of([one.id for one in dossiers])
    moved: list[tuple[Dossier, datetime | None]] = []
    for dossier in dossiers:
        before, dossier.calendar_version = dossier.due_at, version.number
        dossier.due_at = promising.reckon(dossier, known, supplements.get(dossier.id, ()))
        if dossier.due_at != before:
            moved.append((dossier, before))
    db.session.flush()
    news.tell_dates_moved(moved, f"calendar:{version.number}", version.reason)
    return len(moved)
