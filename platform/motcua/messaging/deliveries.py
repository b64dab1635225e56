"""Messages that did not simply arrive, for people to see; and what they decide of the uncertain ones.

`only`: conditions on Message, of whoever may see no others.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from motcua.alerts import watching
from motcua.alerts.models import Alert
from motcua.citizens.models import Citizen
from motcua.core import scope
from motcua.core.clock import VIETNAM, now
from motcua.core.database import Base, Moment, TenantOwned, db
from motcua.core.errors import Invalid, NotFound

from .leaving import LIFETIME, LetGo, let_go
from .models import Message
from .pace import turns

PAGE = 50
STATES = ("uncertain", "failed", "queued", "expired")
MOST_COUNTED = 1000
MOST_AT_ONCE = 1000  # are decided together
FOR_A_PERSON_AFTER = timedelta(minutes=30)  # by then the webhooks and Zalo's record have said what they can
LONGEST_REASON = 300
ALERT = "messages_uncertain"


class DeliveryAct(TenantOwned, Base):
    """Who decided what of an uncertain message, and why. Kept as long as the message's row."""

    __tablename__ = "delivery_act"

    message_id: Mapped[int] = mapped_column(BigInteger)
    staff_id: Mapped[int] = mapped_column(BigInteger)
    act: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    done_at: Mapped[datetime] = mapped_column(Moment, default=now)

    __table_args__ = (
        CheckConstraint("act IN ('received', 'resend')", name="act"),
        Index("ix_delivery_act_message", "tenant_id", "message_id"),
    )


@dataclass(frozen=True)
class Wanted:
    """`day`: when it was written, for a waiting one when it is to leave. `after`: `Page.next` of the page before."""

    state: str = "uncertain"
    lane: str | None = None
    channel: str | None = None
    day: date | None = None
    after: str = ""


@dataclass(frozen=True)
class Page:
    """Messages with their citizen, None for a bare phone number; `next` None on the last page."""

    rows: list[tuple[Message, Citizen | None]]
    next: str | None


@dataclass(frozen=True)
class Decided:
    """`count`: how many were uncertain still; `again`: what became of those to be sent again."""

    count: int
    again: LetGo

    @property
    def at_once(self) -> int:
        """How many are as whoever decided wanted them: recorded, or leaving now."""
        return self.count - self.again.asleep - self.again.held - self.again.closed


def page(wanted: Wanted, only: tuple = ()) -> Page:
    """One page of the tenant in scope: waiting ones by when they leave, others the newest first.

    Raises ValueError for an `after` that no page of ours gave.
    """
    ids = _ids(wanted, only)
    rows = db.session.execute(
        db.select(Message, Citizen)
        .outerjoin(Citizen, (Citizen.tenant_id == Message.tenant_id) & (Citizen.id == Message.citizen_id))
        .where(Message.id.in_(ids[:PAGE]))
    ).all()
    by_id = {message.id: (message, citizen) for message, citizen in rows}
    found = [by_id[one] for one in ids[:PAGE] if one in by_id]
    if len(ids) <= PAGE or not found:
        return Page(found, None)
    last = found[-1][0]
    return Page(found, f"{_moment_of(wanted)(last).isoformat()}~{last.id}")


def counts(states: tuple[str, ...] = STATES, only: tuple = ()) -> dict[str, int]:
    """How many there are in each of these states; MOST_COUNTED + 1 where there are more."""
    found = {}
    for state in states:
        some = db.select(Message.id).where(Message.state == state, *only).limit(MOST_COUNTED + 1).subquery()
        found[state] = db.session.scalar(db.select(db.func.count()).select_from(some))
    return found


def get(message_id: int, only: tuple = ()) -> tuple[Message, Citizen | None]:
    """Raises NotFound."""
    row = db.session.execute(
        db.select(Message, Citizen)
        .outerjoin(Citizen, (Citizen.tenant_id == Message.tenant_id) & (Citizen.id == Message.citizen_id))
        .where(Message.id == message_id, *only)
    ).first()
    if row is None:
        raise NotFound
    return row[0], row[1]


def acts_on(message_id: int) -> list[DeliveryAct]:
    return list(
        db.session.scalars(
            db.select(DeliveryAct).where(DeliveryAct.message_id == message_id).order_by(DeliveryAct.id)
        )
    )


def decide(ids: Collection[int], act: str, staff_id: int, reason: str, only: tuple = ()) -> Decided:
    """A person knows that these arrived ("received"), or wants them sent again though they may have ("resend").

    Sent again as far as their broadcast lets them. Commits. Raises Invalid without a reason.
    """
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= LONGEST_REASON:
        raise Invalid(f"Xin ghi lý do, dài nhất {LONGEST_REASON} ký tự, rồi bấm lại.")
    found = db.session.scalars(
        db.select(Message)
        .where(Message.id.in_(ids), Message.state == "uncertain", *only)
        .order_by(Message.id)
        .with_for_update()
    ).all()
    moment, again = now(), LetGo()
    for message in found:
        db.session.add(DeliveryAct(message_id=message.id, staff_id=staff_id, act=act, reason=reason))
        if act == "received":
            message.state, message.sent_at = "sent", message.claimed_at or moment
    if act == "resend":
        still = [message.id for message in found]
        again = let_go(Message.id.in_(still), Message.state == "uncertain", renewed=True)
    db.session.commit()
    for lane in again.lanes:
        turns.wake(lane, (scope.required(),), force=True)
    return Decided(len(found), again)


def for_a_person(wanted: Wanted, only: tuple = ()) -> list[int]:
    """The newest MOST_AT_ONCE uncertain ones of all pages, without those that Zalo's record may still clear up."""
    given = replace(wanted, state="uncertain", after="")
    only = (*only, _has_waited())
    return [message_id for _, message_id in _walk(given, only, Message.created_at, wanted.lane, MOST_AT_ONCE)]


def _ids(wanted: Wanted, only: tuple) -> list[int]:
    """One more than a page, in order."""
    if wanted.state == "queued":
        # Lane by lane along the index that the senders use too, then the first of all.
        lanes = (wanted.lane,) if wanted.lane else tuple(LIFETIME)
        rows = [row for lane in lanes for row in _walk(wanted, only, Message.next_attempt_at, lane)]
        return [message_id for _, message_id in sorted(rows)[: PAGE + 1]]
    return [message_id for _, message_id in _walk(wanted, only, Message.created_at, wanted.lane)]


def _walk(
    wanted: Wanted, only: tuple, moment, lane: str | None, most: int = PAGE + 1
) -> list[tuple[datetime, int]]:
    forwards = wanted.state == "queued"
    query = db.select(moment, Message.id).where(Message.state == wanted.state, *only)
    if lane:
        query = query.where(Message.lane == lane)
    if wanted.channel:
        query = query.where(Message.channel == wanted.channel)
    if wanted.day:
        begins_at = datetime.combine(wanted.day, time(), VIETNAM)
        query = query.where(moment >= begins_at, moment < begins_at + timedelta(days=1))
    if wanted.after:
        key, last = tuple_(moment, Message.id), _cursor(wanted.after)
        query = query.where(key > last if forwards else key < last)
    order = (moment, Message.id) if forwards else (moment.desc(), Message.id.desc())
    return [tuple(row) for row in db.session.execute(query.order_by(*order).limit(most))]


def _moment_of(wanted: Wanted):
    name = "next_attempt_at" if wanted.state == "queued" else "created_at"
    return lambda message: getattr(message, name)


def _cursor(after: str) -> tuple[datetime, int]:
    at, _, last = after.partition("~")
    moment, number = datetime.fromisoformat(at), int(last)
    if moment.tzinfo is None or not 0 <= number < 2**63:
        raise ValueError(f"No cursor of ours: {after!r}")
    return moment, number


def _waits_for_a_person():
    return db.select(Message.id).where(Message.state == "uncertain", _has_waited())


def _has_waited():
    return Message.claimed_at <= now() - FOR_A_PERSON_AFTER


def _causes() -> list[tuple[str, str]]:
    return [(ALERT, "all")] if db.session.scalar(db.select(_waits_for_a_person().exists())) else []


def _sentence(alert: Alert) -> str:
    some = _waits_for_a_person().limit(MOST_COUNTED + 1).subquery()
    number = db.session.scalar(db.select(db.func.count()).select_from(some))
    many = f"hơn {MOST_COUNTED:,}".replace(",", ".") if number > MOST_COUNTED else str(number)
    return (
        f"Có {many} tin chưa rõ đã đến người dân hay chưa mà Zalo không trả lời được. "
        "Xin mở mục “Tin cần xem lại” ở trang làm việc, rồi ghi là đã nhận hoặc gửi lại, "
        "từng tin hay nhiều tin một lần."
    )


watching.watch(watching.Watch((ALERT,), _causes, _sentence))
