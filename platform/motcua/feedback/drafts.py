"""A report while it is being written, until the citizen sends it."""

from datetime import timedelta

from motcua.catalogue import communes
from motcua.citizens.models import Citizen
from motcua.complaints import clocks
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Invalid, TooManyAttempts

from . import kinds, routing
from .models import OPEN, Feedback, FeedbackPhoto, FeedbackStep, sealed
from .pictures import Picture, PictureRefused, within_vietnam

SHORTEST, LONGEST = 10, 2000
LONGEST_PLACE = 300
MOST_PHOTOS = 5
MOST_OPEN = 10  # of one citizen
KEPT = timedelta(days=1)


def begin(kind: str, source: str, citizen: Citizen | None = None) -> Feedback:
    """A new draft; an older one of the same citizen is thrown away. Raises Invalid, TooManyAttempts."""
    if kinds.find(kind) is None:
        raise Invalid("Không có loại phản ánh này. Xin chọn một loại trong danh sách.")
    if citizen:
        db.session.execute(
            db.delete(Feedback).where(Feedback.citizen_id == citizen.id, Feedback.state == "draft")
        )
        still_open = db.session.scalar(
            db.select(db.func.count())
            .select_from(Feedback)
            .where(Feedback.citizen_id == citizen.id, Feedback.state.in_(OPEN))
        )
        if still_open >= MOST_OPEN:
            raise TooManyAttempts(
                "Ông/bà còn nhiều phản ánh đang được giải quyết. Xin đợi trả lời rồi gửi tiếp."
            )
    draft = Feedback(kind=kind, source=source, citizen_id=citizen and citizen.id)
    db.session.add(draft)
    db.session.flush()
    return draft


def write(draft: Feedback, text: str) -> None:
    """Add to what happened; a commune named in it is taken for the place. Raises Invalid when it grows too long."""
    whole = f"{draft.text}\n{text.strip()}".strip()
    if len(whole) > LONGEST:
        raise Invalid(f"Nội dung dài quá {LONGEST} ký tự. Xin viết gọn lại.")
    draft.text_encrypted = sealed(whole)
    if draft.commune_code is None:
        found = communes.mentioned(text)
        if len(found) == 1:
            draft.commune_code = found[0].code


def put(draft: Feedback, *, place: str = "", commune_code: str | None = None) -> None:
    """Where it is. Raises Invalid for a commune that is not there, or too long a place."""
    if commune_code and commune_code not in {one.code for one in communes.existing()}:
        raise Invalid("Không có xã, phường này. Xin chọn trong danh sách.")
    if len(place) > LONGEST_PLACE:
        raise Invalid(f"Địa điểm dài quá {LONGEST_PLACE} ký tự. Xin viết gọn lại.")
    draft.place_encrypted = sealed(place.strip()) if place.strip() else draft.place_encrypted
    draft.commune_code = commune_code or draft.commune_code


def locate(draft: Feedback, latitude: float, longitude: float) -> bool:
    """Keep a position sent on purpose; False for one outside the country."""
    found = within_vietnam(latitude, longitude)
    if found:
        draft.location_encrypted = sealed(f"{found[0]},{found[1]}")
    return found is not None


def attach(draft: Feedback, picture: Picture) -> int:
    """Keep one photograph, and its place where none is known yet; returns how many there are.

    The same one again is not kept twice. Raises PictureRefused beyond MOST_PHOTOS.
    """
    held = db.session.execute(
        db.select(FeedbackPhoto.position, FeedbackPhoto.digest).where(FeedbackPhoto.feedback_id == draft.id)
    ).all()
    if any(digest == picture.digest for _, digest in held):
        return len(held)
    if len(held) >= MOST_PHOTOS:
        raise PictureRefused(f"Đã đủ {MOST_PHOTOS} ảnh. Xin gửi phản ánh, không cần thêm ảnh.")
    photo = FeedbackPhoto(
        feedback_id=draft.id,
        position=max((position for position, _ in held), default=0) + 1,
        width=picture.width,
        height=picture.height,
        digest=picture.digest,
    )
    photo.seal(picture.body)
    db.session.add(photo)
    if picture.location and draft.location_encrypted is None:
        locate(draft, *picture.location)
    db.session.flush()
    return len(held) + 1


def send(draft: Feedback, *, anonymous: bool = False) -> Feedback:
    """From draft to received: routed, and the clocks run. Raises Invalid while it says too little.

    `anonymous`: who wrote it is forgotten here and now.
    """
    if draft.state != "draft":
        return draft
    if len(draft.text) < SHORTEST:
        raise Invalid(f"Xin mô tả việc xảy ra, ít nhất {SHORTEST} ký tự, rồi gửi.")
    at = now()
    draft.state, draft.received_at = "received", at
    draft.triage_due_at = clocks.working_days_after(at, clocks.TRIAGE)
    draft.due_at = clocks.working_days_after(at, clocks.ANSWER)
    draft.agency_code = routing.agency_for(draft.kind, draft.commune_code)
    if anonymous:
        draft.citizen_id = draft.phone_encrypted = None
    db.session.add(FeedbackStep(feedback_id=draft.id, action="received", at=at))
    db.session.flush()
    return draft


def open_of(citizen: Citizen) -> Feedback | None:
    return db.session.scalar(
        db.select(Feedback)
        .where(Feedback.citizen_id == citizen.id, Feedback.state == "draft")
        .order_by(Feedback.id.desc())
        .limit(1)
    )


def photo_count(draft: Feedback) -> int:
    return db.session.scalar(
        db.select(db.func.count()).select_from(FeedbackPhoto).where(FeedbackPhoto.feedback_id == draft.id)
    )


def throw_away(draft: Feedback) -> None:
    if draft.state == "draft":
        db.session.delete(draft)
        db.session.flush()


def forget_old() -> int:
    """Drafts that nobody sent; of the tenant in scope. The sweep calls it."""
    return db.session.execute(
        db.delete(Feedback).where(Feedback.state == "draft", Feedback.created_at < now() - KEPT)
    ).rowcount


def forget(citizen: Citizen) -> None:
    """The citizen asked for erasure: drafts go, what was sent stays as an anonymous report."""
    mine = Feedback.citizen_id == citizen.id
    db.session.execute(db.delete(Feedback).where(mine, Feedback.state == "draft"))
    db.session.execute(db.update(Feedback).where(mine).values(citizen_id=None, phone_encrypted=None))
