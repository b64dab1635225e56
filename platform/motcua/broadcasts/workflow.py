"""Every step a person takes with a broadcast, with who, when and why. None of these commits.

Whoever approves has written, changed or submitted nothing of it: two people stand behind every announcement.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from motcua.accounts.models import Staff
from motcua.core import queue, scope
from motcua.core.clock import now
from motcua.core.database import after_commit, db
from motcua.core.errors import Conflict, Forbidden, Invalid, NotFound

from . import audience, content, freezing, holding, hours, listed, numbering, sealing, states
from .audience import Audience
from .counting import count
from .models import Broadcast, BroadcastStep

RUN = "motcua.broadcasts.jobs.run"
LONGEST_NOTE = 500
AUTHORING = ("write", "edit", "submit")
LATEST_DAYS = 90


class BroadcastUnknown(NotFound):
    code = "broadcast_not_found"
    message = "Không có thông báo này. Xin xem lại danh sách thông báo."


class OwnBroadcast(Forbidden):
    code = "own_broadcast"
    message = "Người soạn, sửa hoặc gửi duyệt không tự duyệt thông báo của mình. Xin nhờ một người khác có quyền duyệt."


@dataclass(frozen=True)
class By:
    """Who takes a step."""

    id: int
    name: str

    @classmethod
    def staff(cls, person: Staff) -> "By":
        return cls(person.id, person.full_name)


def get(number: int, *, lock: bool = False) -> Broadcast:
    """Raises BroadcastUnknown, also for another province's."""
    query = db.select(Broadcast).where(Broadcast.id == number)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise BroadcastUnknown
    return found


def history(broadcast: Broadcast) -> list[BroadcastStep]:
    """Oldest first."""
    query = db.select(BroadcastStep).where(BroadcastStep.broadcast_id == broadcast.id)
    return list(db.session.scalars(query.order_by(BroadcastStep.id)))


def write(values: dict[str, Any], by: By, chosen: Audience | None = None) -> Broadcast:
    """A new draft; `values` as `content.read` gives them. Raises ContentInvalid."""
    one = Broadcast(**values)
    db.session.add(one)
    db.session.flush()
    one.code = numbering.code_of(one.id)
    one.audience = (chosen or Audience(topic=_usual_topic(one.kind))).to_json()
    content.check_fits(one)
    _record(one, "write", by)
    return one


def edit(number: int, values: dict[str, Any], by: By) -> Broadcast:
    """Other words: back to a draft, whatever had been approved. Raises ContentInvalid, Conflict."""
    one = _move(number, "edit")
    for name, value in values.items():
        setattr(one, name, value)
    content.check_fits(one)
    _changed(one, by, None)
    return one


def aim(number: int, chosen: Audience, by: By) -> Broadcast:
    """Another audience; as `edit`."""
    one = _move(number, "edit")
    one.audience = chosen.to_json()
    _changed(one, by, "Đổi người nhận")
    return one


def list_changed(number: int, by: By, note: str) -> Broadcast:
    """Another list of people; as `edit`. Call it before the list is touched: it holds the broadcast's lock."""
    one = _move(number, "edit")
    one.audience = replace(Audience.of(one), source="list").to_json()
    _changed(one, by, note)
    return one


def submit(number: int, by: By) -> Broadcast:
    """Raises Invalid while something is missing."""
    one = _move(number, "submit")
    content.check_fits(one)
    check_audience(one)
    _record(one, "submit", by)
    return one


def approve(
    number: int, revision: int, by: By, *, seen: str | None = None, note: str = "", sure: bool = False
) -> Broadcast:
    """By a second person who has seen `revision`. An emergency is sent by the same step, if they are `sure`.

    `seen` is the mark of the words that they were shown; None where a script approves and nobody is shown any. The
    words are kept: what is approved is what leaves.
    """
    one = _move(number, "approve")
    if one.revision != revision:
        raise Conflict("Nội dung đã được sửa sau khi trang này mở. Xin đọc lại rồi duyệt.")
    if by.id in _authors(one):
        raise OwnBroadcast
    if one.is_emergency and not sure:
        raise Invalid(
            "Cảnh báo khẩn cấp được gửi ngay cho mọi người quan tâm. Xin đánh dấu xác nhận rồi duyệt."
        )
    words = sealing.as_they_stand(one)
    if seen is not None and seen != words.mark:
        raise Conflict("Lời tin đã đổi sau khi trang này mở. Xin đọc lại rồi duyệt.")
    content.check_fits(one, words.messages)
    sealing.seal(one, words)
    found = count(one)
    counted = f"{found.reached} người nhận, {found.free} miễn phí, {found.paid} có phí"
    left_out = (
        ("đã nhắn DỪNG", found.muted),
        ("chưa đồng ý", found.not_agreed),
        ("không có ở đây", found.unknown),
    )
    counted += "".join(f", {number} {why}" for why, number in left_out if number)
    _record(one, "approve", by, "; ".join(part for part in (note, counted) if part))
    if one.is_emergency:
        schedule(number, now(), by)
    return one


def refuse(number: int, by: By, note: str) -> Broadcast:
    if not note.strip():
        raise Invalid("Xin ghi lý do không duyệt để người soạn biết cần sửa gì.")
    one = _move(number, "refuse")
    if by.id in _authors(one):
        raise OwnBroadcast
    _record(one, "refuse", by, note)
    return one


def schedule(number: int, at: datetime, by: By) -> Broadcast:
    """To leave at `at` (now where it lies behind us); at night it waits for the morning, unless lives depend on it."""
    moment = now()
    if (at - moment).days >= LATEST_DAYS:
        raise Invalid(f"Giờ gửi xa quá {LATEST_DAYS} ngày. Xin chọn ngày gần hơn.")
    one = _move(number, "schedule")
    at = max(at, moment)
    one.send_at = hours.opens_at(at) if one.sleeps_at_night else at
    _record(one, "schedule", by)
    if one.send_at <= moment:
        wake(one)
    return one


def pause(number: int, by: By, note: str = "") -> Broadcast:
    """What has left stays; what waits is held back until `resume`."""
    one = _move(number, "pause")
    holding.hold([one.id], holding.FOR_GOOD)
    _record(one, "pause", by, note)
    return one


def resume(number: int, by: By, note: str = "") -> Broadcast:
    one = _move(number, "resume")
    holding.release(one)
    _record(one, "resume", by, note)
    wake(one)
    return one


def cancel(number: int, by: By, note: str = "") -> Broadcast:
    """What has left stays; what waits is closed and sent to nobody."""
    one = _move(number, "cancel")
    one.ended_at = now()
    holding.close([one.id])
    if one.started_at is not None and one.frozen_at is None and one.channel == "chat":
        freezing.settle(one, cut_short=True)
    listed.forget_told(one)
    _record(one, "cancel", by, note)
    return one


def start(one: Broadcast) -> None:
    """The hour has come; `one` is locked and scheduled."""
    one.state, one.started_at = states.RUNNING, now()
    _record(one, "start", None)


def finish(one: Broadcast) -> None:
    """Nothing waits any more; `one` is locked and running."""
    one.state, one.ended_at = states.DONE, now()
    listed.forget_told(one)
    _record(one, "finish", None)


def wake(one: Broadcast) -> None:
    after_commit(partial(queue.wake, RUN, scope.required(), one.id, lane=one.lane))


def check_audience(one: Broadcast) -> None:
    """Raises Invalid, saying what is missing, while nobody is chosen."""
    chosen = Audience.of(one)
    if one.channel == "article" or (one.is_emergency and chosen.source != "list"):
        return
    if chosen.source == "list":
        listed.check_ready(one)
    elif chosen.topic not in audience.topics():
        raise Invalid(
            "Chưa chọn loại thông báo. Xin chọn ở mục Người nhận: chỉ người đã bật loại ấy được nhắn."
        )


def possible(one: Broadcast, staff: Staff) -> list[str]:
    """The steps this person may take now, in the order of their use."""
    writes, approves = (f"broadcast.{name}" in staff.permissions for name in ("write", "approve"))
    found = []
    for action in ("submit", "approve", "refuse", "schedule", "pause", "resume", "edit", "cancel"):
        if states.after(one.state, action) is None:
            continue
        second = action in ("approve", "refuse")
        if (second and approves and staff.id not in _authors(one)) or (
            not second and (writes or (approves and action not in ("submit", "edit")))
        ):
            found.append(action)
    return found


def _authors(one: Broadcast) -> set[int]:
    """Everybody who ever had a hand in it: an old sentence may still stand in a new revision."""
    query = db.select(BroadcastStep.staff_id).where(
        BroadcastStep.broadcast_id == one.id, BroadcastStep.action.in_(AUTHORING)
    )
    return set(db.session.scalars(query))


def _move(number: int, action: str) -> Broadcast:
    """Locks it and changes its state. Raises Conflict where the step may not be taken."""
    one = get(number, lock=True)
    leads_to = states.after(one.state, action)
    if leads_to is None:
        raise Conflict(
            f"Thông báo đang ở bước “{states.NAMES[one.state]}” nên không thể "
            f"{states.ACTION_NAMES[action].lower()}. Xin tải lại trang."
        )
    one.state = leads_to
    return one


def _changed(one: Broadcast, by: By, note: str | None) -> None:
    one.revision += 1
    one.send_at = None
    _record(one, "edit", by, note)


def _record(one: Broadcast, action: str, by: By | None, note: str | None = None) -> None:
    db.session.add(
        BroadcastStep(
            broadcast_id=one.id,
            action=action,
            state=one.state,
            revision=one.revision,
            staff_id=by and by.id,
            staff_name=by and by.name,
            note=(note or "").strip()[:LONGEST_NOTE] or None,
        )
    )
    db.session.flush()


def _usual_topic(kind: str) -> str | None:
    """Policy goes to who asked for policies, where the province's chat has that topic."""
    return "policy" if kind == "policy" and "policy" in audience.topics() else None
