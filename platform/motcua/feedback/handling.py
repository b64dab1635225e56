"""A report's way after it was sent: what staff do with it; each step tells whoever reported it."""

from datetime import datetime, timedelta

from motcua.accounts import own_agency
from motcua.catalogue.models import Agency
from motcua.citizens.models import Citizen
from motcua.complaints import clocks
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Conflict, Invalid, NotFound
from motcua.messaging.outbox import owe
from motcua.messaging.wording import texts
from motcua.zalo.messages import QueryHide, TextMessage

from .models import OPEN, Feedback, FeedbackPhoto, FeedbackStep, sealed
from .wording import RATINGS, words_of

SHORTEST, LONGEST = 5, 1500
LIFETIME = timedelta(days=30)
# action -> (from these states, to this one, the text for the citizen, whether words are needed)
STEPS = {
    "ask": (("received",), "asked", "feedback_asked", True),
    "forward": (("received", "asked", "forwarded"), "forwarded", "feedback_forwarded", False),
    "work": (("received", "asked", "forwarded"), "working", "feedback_working", False),
    "refuse": (("received", "asked", "forwarded"), "refused", "feedback_refused", True),
    "answer": (("received", "asked", "forwarded", "working"), "answered", "feedback_answered", True),
    "reopen": (("answered", "refused"), "working", "feedback_reopened", True),
}


def act(number: int, action: str, words: str, staff, *, agency_code: str = "") -> Feedback:
    """One step by a member of staff; tells who reported it, and who reported the same; commits.

    `staff` has `id`, `agency_code` and `permissions`. Raises NotFound, Invalid, Conflict.
    """
    if action not in STEPS:
        raise Invalid("Không có bước này. Xin chọn một bước trong danh sách.")
    one = get(number, staff, lock=True)
    states, after, event, needs_words = STEPS[action]
    if one.state not in states:
        raise Conflict("Phản ánh đã sang bước khác. Xin tải lại trang rồi chọn bước hợp lệ.")
    words = checked(words, needs_words)
    if action == "forward":
        _forward(one, agency_code)
    one.state = after
    _note(one, action, words)
    note_step(one, action, words, staff.id)
    tell(one, event, words)
    db.session.commit()
    return one


def get(number: int, staff, *, lock: bool = False) -> Feedback:
    """Raises NotFound, also for one that another agency deals with."""
    query = db.select(Feedback).where(Feedback.id == number, Feedback.state != "draft", *seen_by(staff))
    one = db.session.scalar(query.with_for_update() if lock else query)
    if one is None:
        raise NotFound
    return one


def seen_by(staff) -> tuple:
    """Who is bound to one agency sees what was sent there; what nobody was named for is the province's own."""
    agency = own_agency.bound_to(staff)
    return () if agency is None else (Feedback.agency_code == agency,)


def by_token(token: str, *, lock: bool = False) -> Feedback:
    query = db.select(Feedback).where(Feedback.token == token, Feedback.state != "draft")
    one = db.session.scalar(query.with_for_update() if lock else query)
    if one is None:
        raise NotFound
    return one


def of_citizen(citizen: Citizen, limit: int = 3) -> list[Feedback]:
    return list(
        db.session.scalars(
            db.select(Feedback)
            .where(Feedback.citizen_id == citizen.id, Feedback.received_at.is_not(None))
            .order_by(Feedback.received_at.desc())
            .limit(limit)
        )
    )


def add_more(one: Feedback, text: str) -> None:
    """The citizen's answer to a question. Raises Conflict when nothing was asked, Invalid for no words."""
    if one.state != "asked":
        raise Conflict("Phản ánh này không còn chờ bổ sung. Xin gửi phản ánh mới nếu cần.")
    text = checked(text, True, shortest=1)
    one.text_encrypted = sealed(f"{one.text}\n\nBổ sung: {text}")
    one.state = "received"
    note_step(one, "more", text, None)


def rate(one: Feedback, value: int) -> None:
    """How content they are with the answer; may be changed while it stands. Raises Invalid, Conflict."""
    if value not in RATINGS:
        raise Invalid("Xin chọn một trong các mức hài lòng.")
    if one.state not in ("answered", "published"):
        raise Conflict("Phản ánh này chưa có trả lời để đánh giá. Xin đợi trả lời.")
    one.rating, one.rated_at = value, now()
    note_step(one, "rated", RATINGS[value][0], None)


def agree_to_publish(one: Feedback, agrees: bool) -> None:
    """Consent to publish, or its withdrawal, which takes a published report off the list at once."""
    one.may_publish = agrees
    if not agrees and one.state == "published":
        one.state, one.published_at, one.public_text, one.public_answer = "answered", None, None, None
        db.session.execute(
            db.update(FeedbackPhoto).where(FeedbackPhoto.feedback_id == one.id).values(is_public=False)
        )
        note_step(one, "withdrawn", "", None)


def merge(number: int, into: int, staff) -> Feedback:
    """Join a duplicate with the report that goes on; commits. Raises NotFound, Invalid, Conflict.

    What was merged into the duplicate before goes along.
    """
    one, main = foresee_merging(number, into, staff)
    one.state, one.merged_into = "merged", main.id
    one.triaged_at = one.triaged_at or now()
    db.session.execute(db.update(Feedback).where(Feedback.merged_into == one.id).values(merged_into=main.id))
    _follow(main)
    note_step(one, "merged", f"số {main.id}", staff.id)
    _owe(one, main, "feedback_merged", "")
    db.session.commit()
    return main


def foresee_merging(number: int, into: int, staff) -> tuple[Feedback, Feedback]:
    """The duplicate and the one that goes on, locked in the order of their numbers; raises as `merge`."""
    if number == into:
        raise Invalid("Không gộp một phản ánh vào chính nó. Xin nhập số của phản ánh kia.")
    first, second = (get(one, staff, lock=True) for one in sorted((number, into)))
    one, main = (first, second) if first.id == number else (second, first)
    if one.state not in OPEN or main.state not in (*OPEN, "answered"):
        raise Conflict("Chỉ gộp được phản ánh đang mở. Xin tải lại trang rồi kiểm tra.")
    return one, main


def merged_into(one: Feedback) -> list[Feedback]:
    return list(
        db.session.scalars(db.select(Feedback).where(Feedback.merged_into == one.id).order_by(Feedback.id))
    )


def overdue(one: Feedback, at: datetime) -> str | None:
    """Which clock has run out: "triage", "answer" or "publish"."""
    if one.state in ("received", "asked") and one.triaged_at is None and at > one.triage_due_at:
        return "answer" if at > one.due_at else "triage"
    if one.state in OPEN and at > one.due_at:
        return "answer"
    if one.state == "answered" and one.may_publish and at > one.publish_due_at:
        return "publish"
    return None


def steps(one: Feedback) -> list[FeedbackStep]:
    return list(
        db.session.scalars(
            db.select(FeedbackStep).where(FeedbackStep.feedback_id == one.id).order_by(FeedbackStep.id)
        )
    )


def photos(one: Feedback) -> list[FeedbackPhoto]:
    return list(
        db.session.scalars(
            db.select(FeedbackPhoto)
            .where(FeedbackPhoto.feedback_id == one.id)
            .order_by(FeedbackPhoto.position)
        )
    )


def photo(one: Feedback, position: int) -> FeedbackPhoto:
    found = db.session.scalar(
        db.select(FeedbackPhoto).where(
            FeedbackPhoto.feedback_id == one.id, FeedbackPhoto.position == position
        )
    )
    if found is None:
        raise NotFound
    return found


def note_step(one: Feedback, action: str, words: str, staff_id: int | None) -> None:
    note = sealed(words) if words else None
    db.session.add(FeedbackStep(feedback_id=one.id, action=action, staff_id=staff_id, note_encrypted=note))


def checked(words: str, needed: bool, shortest: int = SHORTEST) -> str:
    words = words.strip()
    if (needed or words) and not shortest <= len(words) <= LONGEST:
        raise Invalid(f"Nội dung cần từ {shortest} đến {LONGEST} ký tự. Xin viết lại cho vừa.")
    return words


def _forward(one: Feedback, agency_code: str) -> None:
    if not agency_code or not db.session.scalar(db.select(db.exists().where(Agency.code == agency_code))):
        raise Invalid("Xin chọn đơn vị sẽ xử lý trong danh sách.")
    if agency_code == one.agency_code:
        raise Invalid("Phản ánh đang ở chính đơn vị này. Xin chọn đơn vị khác.")
    one.agency_code = agency_code
    _follow(one)


def _follow(main: Feedback) -> None:
    """What was merged is told of with the report that goes on, and so is handled where that one is."""
    db.session.flush()
    merged = db.update(Feedback).where(Feedback.merged_into == main.id)
    db.session.execute(merged.values(agency_code=main.agency_code))


def _note(one: Feedback, action: str, words: str) -> None:
    at = now()
    if action == "ask":
        one.question_encrypted = sealed(words)
        one.reply_due_at = clocks.working_days_after(at, clocks.REPLY)
    if action != "reopen":
        one.triaged_at = one.triaged_at or at
    if action in ("refuse", "answer"):
        one.answer_encrypted, one.answered_at = sealed(words), at
    if action == "answer":
        one.publish_due_at = clocks.working_days_after(at, clocks.PUBLISH)
        one.rating = one.rated_at = None
    if action == "reopen":
        one.answered_at = one.publish_due_at = None


def tell(one: Feedback, event: str, words: str) -> None:
    """Whoever reported it, and whoever reported the same, in the chat; the anonymous see it on their page."""
    for each in (one, *merged_into(one)):
        _owe(each, one, event, words)


def _owe(teller: Feedback, about: Feedback, event: str, words: str) -> None:
    if teller.citizen_id is None:
        return
    citizen = db.session.get(Citizen, (teller.tenant_id, teller.citizen_id))
    english = citizen.language == "en"
    buttons = [QueryHide(("Phản ánh của tôi", "My reports")[english], "#report")]
    if event == "feedback_asked" and teller is about:
        buttons.insert(0, QueryHide(("Trả lời bổ sung", "Reply")[english], f"#report:more:{about.id}"))
    if event == "feedback_answered":
        rates = [
            QueryHide(name[english], f"#report:rate:{teller.id}:{value}") for value, name in RATINGS.items()
        ]
        buttons = [*rates, *buttons]
    said = words_of(teller, citizen.language) | {"text": words, "main": about.id}
    owe(
        citizen,
        event,
        dedupe_key=f"feedback:{teller.id}:{event}:{now().timestamp()}",
        consultation=TextMessage(texts.render(event, said, citizen.language), buttons=tuple(buttons)),
        lane="normal",
        lifetime=LIFETIME,
    )
