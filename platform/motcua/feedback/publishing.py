"""The public list: what staff have written for everybody, with the citizen's consent, and no personal data."""

from dataclasses import dataclass

from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Conflict, Invalid, NotFound

from . import handling
from .models import Feedback, FeedbackPhoto
from .wording import without_private

PAGE = 20
LONGEST = 1500


@dataclass(frozen=True)
class Listed:
    rows: list[Feedback]
    after: int | None  # the number to go on behind, None at the end


def publish(number: int, text: str, answer: str, positions: set[int], staff) -> Feedback:
    """Put one on the public list, or change what stands there; commits.

    Raises Invalid while a phone, paper or plate number stands in the words, Conflict without consent or answer.
    """
    one = handling.get(number, staff, lock=True)
    if one.state not in ("answered", "published"):
        raise Conflict("Chỉ công khai được phản ánh đã trả lời. Xin trả lời trước.")
    if not one.may_publish:
        raise Conflict("Người phản ánh chưa đồng ý công khai. Xin không công khai phản ánh này.")
    words = [_checked(text, "Nội dung công khai"), _checked(answer, "Trả lời công khai")]
    one.public_text, one.public_answer = words
    one.state, one.published_at = "published", one.published_at or now()
    for photo in handling.photos(one):
        photo.is_public = photo.position in positions
    handling.note_step(one, "publish", "", staff.id)
    db.session.commit()
    return one


def published(kind: str = "", commune_code: str = "", before: int | None = None) -> Listed:
    """The newest first, a page; `before` the last number seen."""
    query = db.select(Feedback).where(Feedback.state == "published")
    if kind:
        query = query.where(Feedback.kind == kind)
    if commune_code:
        query = query.where(Feedback.commune_code == commune_code)
    if before is not None:
        last = db.session.scalar(db.select(Feedback.published_at).where(Feedback.id == before))
        query = query.where(db.tuple_(Feedback.published_at, Feedback.id) < (last, before))
    rows = db.session.scalars(
        query.order_by(Feedback.published_at.desc(), Feedback.id.desc()).limit(PAGE + 1)
    ).all()
    return Listed(list(rows[:PAGE]), rows[PAGE - 1].id if len(rows) > PAGE else None)


def find(number: int) -> Feedback:
    one = db.session.scalar(db.select(Feedback).where(Feedback.id == number, Feedback.state == "published"))
    if one is None:
        raise NotFound
    return one


def public_photo(number: int, position: int) -> FeedbackPhoto:
    photo = handling.photo(find(number), position)
    if not photo.is_public:
        raise NotFound
    return photo


def _checked(text: str, what: str) -> str:
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise Invalid(f"{what} cần từ 1 đến {LONGEST} ký tự. Xin viết lại cho vừa.")
    if without_private(text) != text:
        raise Invalid(
            f"{what} còn số điện thoại, số giấy tờ, biển số hoặc thư điện tử. Xin bỏ đi rồi công khai."
        )
    return text
