"""A complaint's way: filed by a citizen, then what staff do with it; each step tells the citizen."""

from datetime import datetime, timedelta

from motcua.citizens.models import Citizen
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Conflict, Invalid, NotFound, TooManyAttempts
from motcua.dossiers import ownership
from motcua.dossiers.models import Dossier
from motcua.dossiers.wording import moment
from motcua.messaging.outbox import owe
from motcua.messaging.wording import texts
from motcua.tenancy import current
from motcua.zalo.messages import QueryHide, TextMessage

from . import clocks
from .models import OPEN, Complaint, sealed

SHORTEST, LONGEST = 10, 1500
MOST_OPEN = 5  # of one citizen
LIFETIME = timedelta(days=30)
KIND_NAMES = {
    "regulation": ("Quy định hành chính", "Rules and procedures"),
    "conduct": ("Hành vi của cán bộ", "Conduct of an officer"),
}
STATE_NAMES = {
    "received": ("Đã nhận", "Received"),
    "asked": ("Chờ ông/bà bổ sung", "Waiting for your reply"),
    "accepted": ("Đang giải quyết", "Being looked into"),
    "forwarded": ("Đã chuyển cơ quan có thẩm quyền", "Passed on"),
    "refused": ("Không tiếp nhận", "Not taken in"),
    "answered": ("Đã trả lời", "Answered"),
    "published": ("Đã trả lời và công khai", "Answered and published"),
}
MORE = ("Trả lời bổ sung", "Reply")
# action -> (from these states, to this one, the text for the citizen)
STEPS = {
    "ask": (("received",), "asked", "complaint_asked"),
    "accept": (("received", "asked"), "accepted", "complaint_accepted"),
    "forward": (("received", "asked"), "forwarded", "complaint_forwarded"),
    "refuse": (("received", "asked"), "refused", "complaint_refused"),
    "answer": (("received", "asked", "accepted"), "answered", "complaint_answered"),
    "publish": (("answered",), "published", None),
}
ACTION_NAMES = {
    "ask": "Hỏi thêm người dân",
    "accept": "Thụ lý, đang giải quyết",
    "forward": "Chuyển cơ quan có thẩm quyền",
    "refuse": "Không tiếp nhận, nêu lý do",
    "answer": "Trả lời người dân",
    "publish": "Đánh dấu đã công khai kết quả",
}
WITHOUT_WORDS = ("accept", "publish")


def file(citizen: Citizen, kind: str, text: str, dossier_id: int | None) -> Complaint:
    """Raises Invalid for too short or too long a text, TooManyAttempts with MOST_OPEN still open."""
    text = _checked(text)
    still_open = db.session.scalar(
        db.select(db.func.count())
        .select_from(Complaint)
        .where(Complaint.citizen_id == citizen.id, Complaint.state.in_(OPEN))
    )
    if still_open >= MOST_OPEN:
        raise TooManyAttempts("Ông/bà còn nhiều phản ánh đang được giải quyết. Xin đợi trả lời rồi gửi tiếp.")
    at = now()
    complaint = Complaint(
        kind=kind,
        citizen_id=citizen.id,
        dossier_id=dossier_id,
        text_encrypted=sealed(text),
        received_at=at,
        triage_due_at=clocks.working_days_after(at, clocks.TRIAGE),
        due_at=clocks.working_days_after(at, clocks.ANSWER),
    )
    db.session.add(complaint)
    db.session.flush()
    return complaint


def add_more(complaint: Complaint, text: str) -> None:
    """The citizen's reply to a question; the clock goes on. Raises Conflict when nothing was asked."""
    if complaint.state != "asked":
        raise Conflict("Phản ánh này không còn chờ bổ sung. Xin gửi phản ánh mới nếu cần.")
    complaint.text_encrypted = sealed(f"{complaint.text}\n\nBổ sung: {_checked(text, shortest=1)}")
    complaint.state = "received"


def act(
    number: int, action: str, words: str, staff_id: int, *, may_see_conduct: bool, agency: str | None = None
) -> Complaint:
    """One step by a member of staff; tells the citizen; commits.

    Raises NotFound (also for one that this person may not see, see `seen_by`), Invalid, Conflict.
    """
    complaint, words = foresee(number, action, words, may_see_conduct=may_see_conduct, agency=agency)
    _, after, event = STEPS[action]
    complaint.state, complaint.handled_by = after, staff_id
    _note(complaint, action, words)
    if event:
        _tell(complaint, event, words)
    db.session.commit()
    return complaint


def foresee(
    number: int, action: str, words: str, *, may_see_conduct: bool, agency: str | None = None
) -> tuple[Complaint, str]:
    """The complaint, locked, and the words that the citizen would read. Nothing is done yet; raises as `act`."""
    if action not in STEPS:
        raise Invalid("Không có bước này. Xin chọn một bước trong danh sách.")
    complaint = get(number, may_see_conduct=may_see_conduct, agency=agency, lock=True)
    if complaint.state not in STEPS[action][0]:
        raise Conflict("Phản ánh đã sang bước khác. Xin tải lại trang rồi chọn bước hợp lệ.")
    return complaint, "" if action in WITHOUT_WORDS else _checked(words)


def get(number: int, *, may_see_conduct: bool, agency: str | None = None, lock: bool = False) -> Complaint:
    """Raises NotFound."""
    query = db.select(Complaint).where(Complaint.id == number, *seen_by(may_see_conduct, agency))
    complaint = db.session.scalar(query.with_for_update() if lock else query)
    if complaint is None:
        raise NotFound
    return complaint


def listed(
    *, may_see_conduct: bool, only_open: bool, agency: str | None = None
) -> list[tuple[Complaint, str | None]]:
    """With the dossier's code; what is due soonest first. Of 200 at most."""
    states = Complaint.state.in_((*OPEN, "answered")) if only_open else db.true()
    rows = db.session.execute(
        db.select(Complaint, Dossier.code)
        .outerjoin(Dossier, (Dossier.tenant_id == Complaint.tenant_id) & (Dossier.id == Complaint.dossier_id))
        .where(states, *seen_by(may_see_conduct, agency))
        .order_by(Complaint.due_at if only_open else Complaint.received_at.desc(), Complaint.id)
        .limit(200)
    )
    return [(complaint, code) for complaint, code in rows]


def of_citizen(citizen: Citizen, limit: int = 3) -> list[Complaint]:
    query = db.select(Complaint).where(Complaint.citizen_id == citizen.id).order_by(Complaint.id.desc())
    return list(db.session.scalars(query.limit(limit)))


def forget(citizen: Citizen) -> None:
    """The citizen asked for erasure."""
    db.session.execute(db.delete(Complaint).where(Complaint.citizen_id == citizen.id))


def overdue(complaint: Complaint, at: datetime) -> str | None:
    """Which clock has run out: "triage", "answer" or "publish"."""
    if (
        complaint.state in ("received", "asked")
        and complaint.triaged_at is None
        and at > complaint.triage_due_at
    ):
        return "answer" if at > complaint.due_at else "triage"
    if complaint.state in OPEN and at > complaint.due_at:
        return "answer"
    if complaint.state == "answered" and at > complaint.publish_due_at:
        return "publish"
    return None


def _note(complaint: Complaint, action: str, words: str) -> None:
    at = now()
    if action == "ask":
        complaint.question_encrypted, complaint.asked_at = sealed(words), at
        complaint.reply_due_at = clocks.working_days_after(at, clocks.REPLY)
    elif action == "publish":
        complaint.published_at = at
    if action != "publish":
        complaint.triaged_at = complaint.triaged_at or at
    if action in ("forward", "refuse", "answer"):
        complaint.answer_encrypted, complaint.answered_at = sealed(words), at
    if action == "answer":
        complaint.publish_due_at = clocks.working_days_after(at, clocks.PUBLISH)


def _tell(complaint: Complaint, event: str, words: str) -> None:
    citizen = db.session.get(Citizen, (complaint.tenant_id, complaint.citizen_id))
    language = citizen.language
    buttons = [QueryHide(("Phản ánh của tôi", "My complaints")[language == "en"], "#complain")]
    if event == "complaint_asked":
        buttons.insert(0, QueryHide(MORE[language == "en"], f"#complain:more:{complaint.id}"))
    said = words_of(complaint, language) | {"text": words}
    text = texts.render(event, said, language)
    owe(
        citizen,
        event,
        dedupe_key=f"complaint:{complaint.id}:{event}:{now().timestamp()}",
        consultation=TextMessage(text, buttons=tuple(buttons)),
        lane="normal",
        lifetime=LIFETIME,
    )


def words_of(complaint: Complaint, language: str) -> dict:
    english = language == "en"
    return {
        "province": current.province_name(),
        "number": complaint.id,
        "kind": KIND_NAMES[complaint.kind][english],
        "state": STATE_NAMES[complaint.state][english],
        "triage_due": moment(complaint.triage_due_at, language),
        "due": moment(complaint.due_at, language),
        "reply_due": moment(complaint.reply_due_at, language),
        "text": complaint.answer or complaint.question,
    }


def seen_by(may_see_conduct: bool, agency: str | None) -> tuple:
    """Conditions on Complaint. `agency`: those about its dossiers, and those about none, which are everybody's."""
    of_rules = () if may_see_conduct else (Complaint.kind != "conduct",)
    if agency is None:
        return of_rules
    return (*of_rules, db.or_(Complaint.dossier_id.is_(None), ownership.is_of(agency, Complaint)))


def _checked(text: str, shortest: int = SHORTEST) -> str:
    text = text.strip()
    if not shortest <= len(text) <= LONGEST:
        raise Invalid(f"Nội dung cần từ {shortest} đến {LONGEST} ký tự. Xin viết lại cho vừa.")
    return text
