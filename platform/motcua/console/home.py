"""What waits for whoever opens the console: today's work at the desk first, then people, then the leaders' figures.

Each count walks an index of what is open, and stops; nothing here reads all messages or all dossiers.
"""

from dataclasses import dataclass

from flask import url_for
from flask_login import current_user

from motcua.accounts import gate
from motcua.broadcasts.models import Broadcast
from motcua.complaints import handling as complaints
from motcua.complaints.models import OPEN as OPEN_COMPLAINTS
from motcua.complaints.models import Complaint
from motcua.conversation.models import Handover, MissedQuestion
from motcua.core.database import db
from motcua.dossiers import listing, promising
from motcua.dossiers.models import Dossier
from motcua.feedback import seeing as feedback
from motcua.messaging import deliveries

from . import own_agency
from .desk.masking import masked_name

MOST_COUNTED = 1000
FIRST = 15  # dossiers of the list
DESK = {
    "late": ("Hồ sơ quá hạn", "bad"),
    "today": ("Hồ sơ phải xong hôm nay", "warn"),
    "soon": ("Hồ sơ sắp đến hẹn", ""),
    "ready": ("Hồ sơ chờ trả kết quả", ""),
    "flagged": ("Hồ sơ cần xem lại", "warn"),
}


@dataclass(frozen=True)
class Task:
    """`count` None: more than MOST_COUNTED. `tone` bad | warn | "" once there is any."""

    title: str
    count: int | None
    url: str
    tone: str = ""


@dataclass(frozen=True)
class Desk:
    tasks: list[Task]
    dossiers: list[Dossier]
    owners: dict[int, str]
    moments: listing.Moments


def desk() -> Desk | None:
    """The signed-in person's own agency's work, the nearest promise first; None for who sees no dossiers."""
    if not gate.may("dossier.view"):
        return None
    agency = current_user.agency_code
    moments = listing.Moments.of(promising.offices().of(agency))
    counts = listing.counts(moments, agency, MOST_COUNTED)
    tasks = [_task(title, counts[tab], "desk.index", tone, tab=tab) for tab, (title, tone) in DESK.items()]
    first = listing.page(listing.Wanted(agency=agency), moments).dossiers[:FIRST]
    return Desk(tasks, first, {one.id: masked_name(one.people["owner"]["name"]) for one in first}, moments)


def people() -> list[Task]:
    """Citizens who wait for an answer, and what waits for a decision, as far as the signed-in person may see it."""
    tasks = []
    if gate.may("conversation.answer"):
        waiting = _count(Handover.id, Handover.state == "waiting")
        tasks.append(_task("Người dân đang đợi gặp cán bộ", waiting, "conversations.listed", "bad"))
    if gate.may("complaint.answer"):
        seen = complaints.seen_by(gate.may("complaint.conduct"), own_agency.bound_to())
        open_ones = _count(Complaint.id, Complaint.state.in_(OPEN_COMPLAINTS), *seen)
        tasks.append(_task("Phản ánh, kiến nghị chưa trả lời", open_ones, "complaints.listed", "warn"))
    if gate.may("feedback.answer"):
        open_ones = feedback.counts(current_user)["open"]
        tasks.append(_task("Phản ánh hiện trường chưa xong", open_ones, "feedback_desk.listed", "warn"))
    if gate.may("question.view"):
        open_ones = _count(MissedQuestion.id, MissedQuestion.state == "open")
        tasks.append(_task("Câu hỏi chưa trả lời được", open_ones, "questions.listed"))
    if gate.may("delivery.view"):
        uncertain = deliveries.counts(("uncertain",), own_agency.messages())["uncertain"]
        tasks.append(_task("Tin chưa rõ đã đến chưa", uncertain, "deliveries.listed", "warn"))
    if gate.may("broadcast.approve"):
        waiting = _count(Broadcast.id, Broadcast.state == "submitted")
        tasks.append(_task("Thông báo chờ duyệt", waiting, "broadcasts.listed", "warn"))
    return tasks


def _task(title: str, count: int, endpoint: str, tone: str = "", **asked: str) -> Task:
    shown = None if count > MOST_COUNTED else count
    return Task(title, shown, url_for(endpoint, **asked), tone if count else "")


def _count(column, *rules) -> int:
    some = db.select(column).where(*rules).limit(MOST_COUNTED + 1).subquery()
    return db.session.scalar(db.select(db.func.count()).select_from(some))
