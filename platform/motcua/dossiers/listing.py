"""Lists of dossiers for the staff: which wait for what, counted in one query and paged by key."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text, tuple_
from sqlalchemy.sql import ColumnElement

from motcua.core.calendar import Calendar
from motcua.core.clock import now
from motcua.core.database import db
from motcua.messaging.models import Message

from . import lookout
from .flags import DossierFlag
from .models import Dossier
from .record_models import DossierApology

PAGE = 50
SOON_DAYS = 2

# The words of ix_dossier_live_due, so that PostgreSQL sees that it may use it.
LIVE = text("dossier.status NOT IN (3, 8, 10)")
UNFINISHED = text("dossier.status NOT IN (3, 8, 9, 10)")
ON_US = Dossier.status.in_((1, 2, 4))
TABS = {
    "open": "Đang giải quyết",
    "late": "Quá hạn",
    "today": "Hôm nay",
    "soon": f"Còn {SOON_DAYS} ngày",
    "waiting": "Chờ người dân",
    "silent": "Im lặng",
    "ready": "Chờ trả kết quả",
    "flagged": "Cần xem lại",
    "all": "Tất cả",
}
SORTS = {"due": "Hẹn trả gần nhất", "recent": "Mới thay đổi"}


@dataclass(frozen=True)
class Moments:
    """The borders between the tabs."""

    now: datetime
    end_of_today: datetime
    end_of_soon: datetime
    silences: dict[int, datetime]  # by status: whose last event before this moment is a silence

    @classmethod
    def of(cls, calendar: Calendar) -> "Moments":
        here = calendar.local(now())
        midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
        soon = here.date()
        for _ in range(SOON_DAYS):
            soon = calendar.next_working_day(soon)
        return cls(
            here,
            midnight + timedelta(days=1),
            datetime.combine(soon + timedelta(days=1), midnight.time(), calendar.zone),
            lookout.silences(calendar),
        )


@dataclass(frozen=True)
class Wanted:
    """`agency`: an agency's code; None: the whole province. `after`: the `next` of the page before."""

    tab: str = "open"
    agency: str | None = None
    officer: str = ""
    status: int | None = None
    sort: str = "due"
    after: str = ""


@dataclass(frozen=True)
class Page:
    dossiers: list[Dossier]
    next: str | None


def counts(moments: Moments, agency: str | None, most_ready: int | None = None) -> dict[str, int]:
    """How many there are behind each tab but `all`, in one query.

    Results nobody came for may be any number: with `most_ready` they are counted up to one more than that.
    """
    mine = [] if agency is None else [Dossier.agency_code == agency]
    flagged = (
        db.select(db.func.count(DossierFlag.dossier_id.distinct()))
        .where(DossierFlag.closed_at.is_(None))
        .select_from(DossierFlag)
    )
    if agency is not None:
        flagged = flagged.join(
            Dossier, (Dossier.tenant_id == DossierFlag.tenant_id) & (Dossier.id == DossierFlag.dossier_id)
        ).where(*mine)
    ready = db.select(Dossier.id).where(LIVE, _of_tab("ready", moments), *mine)
    if most_ready is not None:
        ready = ready.limit(most_ready + 1)
    ready = db.select(db.func.count()).select_from(ready.subquery())
    names = [name for name in TABS if name not in ("ready", "flagged", "all")]
    columns = [db.func.count().filter(_of_tab(name, moments)).label(name) for name in names]
    others = (ready.scalar_subquery().label("ready"), flagged.scalar_subquery().label("flagged"))
    query = db.select(*columns, *others).select_from(Dossier).where(UNFINISHED, *mine)
    return dict(db.session.execute(query).one()._mapping)


def page(wanted: Wanted, moments: Moments) -> Page:
    """Raises ValueError for an `after` that no page of ours gave."""
    conditions = _conditions(wanted, moments)
    ids = _recent(conditions, wanted.after) if wanted.sort == "recent" else _by_due(conditions, wanted.after)
    found = {one.id: one for one in db.session.scalars(db.select(Dossier).where(Dossier.id.in_(ids[:PAGE])))}
    dossiers = [found[one] for one in ids[:PAGE] if one in found]
    if len(ids) <= PAGE or not dossiers:
        return Page(dossiers, None)
    last = dossiers[-1]
    key = last.status_at if wanted.sort == "recent" else last.due_at
    return Page(dossiers, f"{key.isoformat() if key else ''}~{last.id}")


def _conditions(wanted: Wanted, moments: Moments) -> list:
    found = []
    if wanted.tab == "flagged":
        found.append(Dossier.id.in_(db.select(DossierFlag.dossier_id).where(DossierFlag.closed_at.is_(None))))
    elif wanted.tab != "all":
        found += [LIVE, _of_tab(wanted.tab, moments)]
    if wanted.agency is not None:
        found.append(Dossier.agency_code == wanted.agency)
    if wanted.officer:
        found.append(Dossier.officer == wanted.officer)
    if wanted.status is not None:
        found.append(Dossier.status == wanted.status)
    return found


def _of_tab(name: str, moments: Moments) -> ColumnElement[bool]:
    due = Dossier.due_at
    match name:
        case "open":
            return UNFINISHED
        case "late":
            return db.and_(UNFINISHED, due < moments.now)
        case "today":
            return db.and_(UNFINISHED, due >= moments.now, due < moments.end_of_today)
        case "soon":
            return db.and_(UNFINISHED, due >= moments.end_of_today, due < moments.end_of_soon)
        case "waiting":
            return Dossier.status.in_((5, 6))
        case "silent":
            return db.and_(ON_US, _is_silent(moments))
        case "ready":
            return Dossier.status == 9
    raise KeyError(name)


def _recent(conditions: list, after: str) -> list[int]:
    query = db.select(Dossier.id).where(*conditions)
    if after:
        at, last = _cursor(after)
        query = query.where(tuple_(Dossier.status_at, Dossier.id) < (at, last))
    return list(
        db.session.scalars(query.order_by(Dossier.status_at.desc(), Dossier.id.desc()).limit(PAGE + 1))
    )


def _by_due(conditions: list, after: str) -> list[int]:
    """The dated ones, then those without a date: two walks along one index."""
    at, last = _cursor(after) if after else (None, None)
    ids: list[int] = []
    if not after or at is not None:
        dated = db.select(Dossier.id).where(*conditions, Dossier.due_at.is_not(None))
        if at is not None:
            dated = dated.where(tuple_(Dossier.due_at, Dossier.id) > (at, last))
        ids = list(db.session.scalars(dated.order_by(Dossier.due_at, Dossier.id).limit(PAGE + 1)))
    if len(ids) <= PAGE:
        undated = db.select(Dossier.id).where(*conditions, Dossier.due_at.is_(None))
        if after and at is None:
            undated = undated.where(Dossier.id > last)
        ids += db.session.scalars(undated.order_by(Dossier.id).limit(PAGE + 1 - len(ids)))
    return ids


def _cursor(after: str) -> tuple[datetime | None, int]:
    at, _, last = after.partition("~")
    moment = datetime.fromisoformat(at) if at else None
    if moment is not None and moment.tzinfo is None:
        raise ValueError(f"A cursor without a zone: {after!r}")
    number = int(last)
    if not 0 <= number < 2**63:
        raise ValueError(f"No id: {number}")
    return moment, number


@dataclass(frozen=True)
class Notice:
    """One kind of warning: how many, and the first of them."""

    key: str
    title: str
    total: int
    dossiers: list[Dossier]


def warnings(moments: Moments, calendar: Calendar, agency: str | None, most: int = 10) -> list[Notice]:
    """What the clock says the desk has to look at today, the gravest first; kinds without a dossier are left out."""
    tomorrow = calendar.next_working_day(moments.now.date())
    end = datetime.combine(tomorrow + timedelta(days=1), moments.end_of_today.time(), calendar.zone)
    said_sorry = db.exists().where(
        DossierApology.tenant_id == Dossier.tenant_id, DossierApology.dossier_id == Dossier.id
    )
    late, due = _of_tab("late", moments), Dossier.due_at
    of_live = {
        "late_unsaid": ("Quá hạn mà chưa xin lỗi", db.and_(late, ~said_sorry)),
        "late_said": ("Quá hạn, đã xin lỗi", db.and_(late, said_sorry)),
        "today": ("Đến hạn hôm nay", _of_tab("today", moments)),
        "t1": ("Còn 1 ngày làm việc", db.and_(UNFINISHED, due >= moments.end_of_today, due < end)),
        "t2": ("Còn 2 ngày làm việc", db.and_(UNFINISHED, due >= end, due < moments.end_of_soon)),
        "silent": ("Không có diễn biến đã nhiều ngày làm việc", _of_tab("silent", moments)),
    }
    found = [
        _warning(key, title, db.and_(LIVE, which), agency, most) for key, (title, which) in of_live.items()
    ]
    unsure = db.select(Message.dossier_id).where(
        Message.state == "uncertain", Message.dossier_id.is_not(None)
    )
    found.append(_warning("uncertain", "Tin chưa rõ đã đến chưa", Dossier.id.in_(unsure), agency, most))
    return [one for one in found if one.total]


def _is_silent(moments: Moments):
    silent = (
        db.and_(Dossier.status == one, Dossier.status_at < since) for one, since in moments.silences.items()
    )
    return db.or_(db.false(), *silent)


def _warning(key: str, title: str, which, agency: str | None, most: int) -> Notice:
    conditions = [which] + ([Dossier.agency_code == agency] if agency is not None else [])
    total = db.session.scalar(db.select(db.func.count()).select_from(Dossier).where(*conditions))
    if not total:
        return Notice(key, title, 0, [])
    ids = db.session.scalars(
        db.select(Dossier.id).where(*conditions).order_by(Dossier.due_at, Dossier.id).limit(most)
    ).all()
    dossiers = {one.id: one for one in db.session.scalars(db.select(Dossier).where(Dossier.id.in_(ids)))}
    return Notice(key, title, total, [dossiers[one] for one in ids])
