"""The desk's list: what is due soonest first, page by page."""

from dataclasses import dataclass

from motcua.core.clock import now
from motcua.core.database import db

from .handling import seen_by
from .models import OPEN, Feedback

PAGE = 50
FILTERS = {
    "open": "Đang mở",
    "late": "Quá hạn",
    "unpublished": "Chờ công khai",
    "low": "Người dân chưa hài lòng",
    "done": "Đã xong",
}
LOW = 2


@dataclass(frozen=True)
class Wanted:
    """`after`: the last number of the page before."""

    state: str = "open"
    kind: str = ""
    commune: str = ""
    after: int | None = None


@dataclass(frozen=True)
class Page:
    rows: list[Feedback]
    after: int | None


def listed(wanted: Wanted, staff) -> Page:
    state = wanted.state if wanted.state in FILTERS else "open"
    query = db.select(Feedback).where(*seen_by(staff), *_in(state))
    if wanted.kind:
        query = query.where(Feedback.kind == wanted.kind)
    if wanted.commune:
        query = query.where(Feedback.commune_code == wanted.commune)
    by, newest_first = (Feedback.due_at, False) if state in ("open", "late") else (Feedback.received_at, True)
    if wanted.after is not None:
        last = db.session.scalar(db.select(by).where(Feedback.id == wanted.after))
        here, there = db.tuple_(by, Feedback.id), (last, wanted.after)
        query = query.where(here < there if newest_first else here > there)
    order = (by.desc(), Feedback.id.desc()) if newest_first else (by, Feedback.id)
    rows = list(db.session.scalars(query.order_by(*order).limit(PAGE + 1)))
    return Page(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


def counts(staff) -> dict[str, int]:
    """How many stand under each filter that asks for something to be done."""
    asked = ("open", "late", "unpublished", "low")
    rows = db.session.execute(
        db.select(*(db.func.count().filter(db.and_(*_in(name))).label(name) for name in asked)).where(
            Feedback.state.in_((*OPEN, "answered")), *seen_by(staff)
        )
    ).one()
    return dict(zip(asked, rows, strict=True))


def _in(state: str) -> tuple:
    match state:
        case "open":
            return (Feedback.state.in_(OPEN),)
        case "late":
            untouched = db.and_(Feedback.triaged_at.is_(None), Feedback.triage_due_at < now())
            return (Feedback.state.in_(OPEN), db.or_(Feedback.due_at < now(), untouched))
        case "unpublished":
            return (Feedback.state == "answered", Feedback.may_publish)
        case "low":
            return (Feedback.state == "answered", Feedback.rating <= LOW)
        case _:
            return (Feedback.state.in_(("answered", "published", "refused", "merged")),)
