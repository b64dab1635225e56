"""A request's way: asked in the chat or at the desk, acknowledged, answered; each step tells the citizen."""

from datetime import datetime, timedelta

from motcua import audit
from motcua.citizens import registry
from motcua.citizens.models import Citizen, phone_index
from motcua.core import crypto, scope
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import Conflict, Invalid, NotFound
from motcua.dossiers.wording import moment
from motcua.messaging.models import Message
from motcua.messaging.outbox import owe
from motcua.messaging.wording import texts
from motcua.tenancy import current
from motcua.zalo.messages import OpenUrl, QueryHide, TextMessage

from . import clocks, copying, erasing
from .models import KINDS, OPEN, DataHold, DataRequest, sealed

KIND_NAMES = {
    "access": ("Xem dữ liệu của tôi", "See my data"),
    "correct": ("Sửa dữ liệu của tôi", "Correct my data"),
    "delete": ("Xóa dữ liệu của tôi", "Delete my data"),
    "withdraw": ("Rút lại đồng ý", "Withdraw consent"),
    "restrict": ("Hạn chế xử lý dữ liệu", "Restrict processing"),
    "object": ("Phản đối xử lý dữ liệu", "Object to processing"),
}
STATE_NAMES = {
    "received": "Mới nhận",
    "acknowledged": "Đang giải quyết",
    "erasing": "Đang báo cho người dân, rồi xóa",
    "done": "Đã giải quyết",
    "refused": "Không giải quyết",
}
SILENCING = ("withdraw", "restrict", "object")  # granting one: nothing is sent that was not asked for
LONGEST = 1500
LIFETIME = timedelta(days=7)
FAREWELL_WAITS = timedelta(hours=1)  # for the last message of an erasure to leave
ON_ITS_WAY = ("queued", "sending")


def file(
    kind: str, source: str, *, citizen: Citizen | None = None, phone: str | None = None, said: str = ""
) -> DataRequest:
    """A new request, or the open one of the same kind by the same person. Does not commit.

    `phone` is normalised (84…). Raises Invalid for an unknown kind, or somebody who cannot be found again.
    """
    if kind not in KINDS:
        raise Invalid("Không có loại yêu cầu này. Xin chọn một loại trong danh sách.")
    if citizen is None and phone is None:
        raise Invalid("Chưa biết dữ liệu của ai. Xin nhập số điện thoại của người yêu cầu.")
    index = phone_index(phone) if phone else None
    whose = DataRequest.citizen_id == citizen.id if citizen else DataRequest.phone_index == index
    found = db.session.scalar(
        db.select(DataRequest).where(DataRequest.kind == kind, DataRequest.state.in_(OPEN), whose)
    )
    if found is not None:
        return found
    at = now()
    request = DataRequest(
        kind=kind,
        source=source,
        citizen_id=citizen.id if citizen else None,
        phone_index=index,
        phone_encrypted=phone and crypto.keyring().encrypt(scope.required(), "phone", phone),
        said_encrypted=sealed(said[:LONGEST]) if said else None,
        received_at=at,
        ack_due_at=clocks.acknowledge_by(at),
        due_at=clocks.due(at, kind),
    )
    db.session.add(request)
    db.session.flush()
    audit.record("data_request.receive", f"data request {request.id}", {"kind": kind, "source": source})
    return request


def get(number: int, *, lock: bool = False) -> DataRequest:
    """Raises NotFound."""
    query = db.select(DataRequest).where(DataRequest.id == number)
    found = db.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound
    return found


def listed(*, only_open: bool) -> list[DataRequest]:
    """Open ones by what is due first, else the newest first; 200 at most."""
    query = db.select(DataRequest)
    if only_open:
        query = query.where(DataRequest.state.in_(OPEN)).order_by(DataRequest.due_at, DataRequest.id)
    else:
        query = query.order_by(DataRequest.id.desc())
    return list(db.session.scalars(query.limit(200)))


def late_clocks(request: DataRequest, at: datetime) -> list[str]:
    """Which clocks have run out, or run out within a day: "acknowledge", "due", "due_soon"."""
    found = []
    if request.state == "received" and at > request.ack_due_at:
        found.append("acknowledge")
    if request.is_open and at > request.due_at:
        found.append("due")
    elif request.is_open and at > request.due_at - timedelta(days=1):
        found.append("due_soon")
    return found


def acknowledge(number: int, by: str) -> DataRequest:
    """Tell how it will go and by when."""
    request = _open_one(number, by, ("received",))
    request.state, request.acknowledged_at = "acknowledged", now()
    audit.record("data_request.acknowledge", f"data request {number}")
    _tell(request, "data_acknowledged")
    return request


def extend(number: int, by: str, days: int, reason: str) -> DataRequest:
    """Once, at most 15 days. Raises Conflict the second time, Invalid without a reason or for other days."""
    request = _open_one(number, by)
    if request.extended_at is not None:
        raise Conflict(
            "Yêu cầu này đã được gia hạn một lần. Luật chỉ cho gia hạn một lần; xin giải quyết đúng hạn."
        )
    if not 1 <= days <= clocks.LONGEST_EXTENSION:
        raise Invalid(f"Chỉ gia hạn từ 1 đến {clocks.LONGEST_EXTENSION} ngày. Xin nhập lại số ngày.")
    reason = _checked(reason)
    before = request.due_at
    request.due_at = clocks.due(
        request.received_at, request.kind, has_processor=request.has_processor, extension_days=days
    )
    request.extended_at = now()
    audit.record("data_request.extend", f"data request {number}", {"due_at": [before, request.due_at]})
    _tell(request, "data_extended", {"text": reason})
    return request


def name_processor(number: int, by: str) -> DataRequest:
    """Somebody else must act too: the law gives 20 days. Raises Conflict once it was extended."""
    request = _open_one(number, by)
    if request.extended_at is not None:
        raise Conflict("Yêu cầu đã gia hạn nên không đổi hạn được nữa. Xin giải quyết đúng hạn đã báo.")
    request.has_processor = True
    request.due_at = clocks.due(request.received_at, request.kind, has_processor=True)
    return request


def close(number: int, by: str, answer: str, *, refused: bool) -> DataRequest:
    """The answer, or why not. Raises Conflict for an erasure that was not done: `begin_erasure` closes it."""
    request = _open_one(number, by, ("received", "acknowledged"))
    if request.kind == "delete" and not refused:
        raise Conflict(
            "Yêu cầu xóa chỉ xong khi đã xóa. Xin bấm “Xóa dữ liệu”, hoặc nêu lý do không giải quyết."
        )
    answer = _checked(answer)
    request.state, request.closed_at = "refused" if refused else "done", now()
    request.answer_encrypted = sealed(answer)
    if not refused and request.kind in SILENCING:
        for citizen in erasing.subject_of(request).citizens:
            registry.withdraw(citizen)
    audit.record("data_request.close", f"data request {number}", {"state": request.state})
    _tell(request, "data_refused" if refused else "data_answered", {"text": answer})
    return request


def send_copy(number: int, by: str) -> DataRequest:
    """Send the link to the copy through the chat; the request is answered by it. Raises Conflict without a chat."""
    request = _open_one(number, by, ("received", "acknowledged"))
    if request.kind != "access":
        raise Conflict("Chỉ yêu cầu xem dữ liệu mới có bản sao. Xin trả lời yêu cầu này bằng lời.")
    if request.citizen_id is None:
        raise Conflict(
            "Người này chưa kết nối Zalo với tỉnh. Xin tải bản sao và trao tại quầy, rồi ghi câu trả lời."
        )
    link = copying.offer_link(request)
    request.state, request.closed_at = "done", now()
    audit.record("data_request.copy", f"data request {number}")
    hours = int(copying.LINK_LASTS.total_seconds() // 3600)
    _tell(request, "data_copy", {"url": link, "hours": hours}, link)
    return request


def begin_erasure(number: int, by: str) -> DataRequest:
    """Tell the citizen, then erase: once their account is erased nothing can be sent to it. Does not commit.

    Without a chat it is done at once; else `finish_erasures` does it when the message has left. Raises Held.
    """
    request = _open_one(number, by, ("received", "acknowledged"))
    if request.kind != "delete":
        raise Conflict("Yêu cầu này không phải yêu cầu xóa. Xin nhận một yêu cầu xóa trước.")
    if erasing.holds_on(erasing.subject_of(request)):
        raise erasing.Held
    if request.citizen_id is None:
        erasing.erase(request)
    else:
        request.state = "erasing"
        _tell(request, "data_erasing")
    return request


def finish_erasures() -> int:
    """Erase where the last message has left or waited long enough; commits each. The sweep calls it."""
    done = 0
    waiting = db.session.scalars(db.select(DataRequest.id).where(DataRequest.state == "erasing")).all()
    for number in waiting:
        request = db.session.scalar(
            db.select(DataRequest)
            .where(DataRequest.id == number, DataRequest.state == "erasing")
            .with_for_update(skip_locked=True)
        )
        if request is None or _farewell_waits(request):
            db.session.rollback()
            continue
        try:
            erasing.erase(request)
        except erasing.Held:
            request.state = "acknowledged"  # a hold came meanwhile; staff must look again
        db.session.commit()
        done += 1
    return done


def _farewell_waits(request: DataRequest) -> bool:
    message = message_of(request)
    return message is not None and message.state in ON_ITS_WAY and now() < message.created_at + FAREWELL_WAITS


def message_of(request: DataRequest) -> Message | None:
    """The last one that told of this request."""
    return db.session.scalar(
        db.select(Message)
        .where(
            Message.dedupe_key.startswith(f"data-request:{request.id}:"),
            Message.citizen_id == request.citizen_id,
        )
        .order_by(Message.id.desc())
        .limit(1)
    )


def hold(number: int, by: str, reason: str) -> DataHold:
    """Nobody erases this person's data until `lift`."""
    request, reason = get(number, lock=True), _checked(reason)
    if erasing.holds_on(erasing.subject_of(request)):
        raise Conflict("Dữ liệu của người này đã được giữ. Xin tải lại trang.")
    made = DataHold(
        citizen_id=request.citizen_id, phone_index=request.phone_index, reason=reason, started_by=by
    )
    db.session.add(made)
    audit.record("data_request.hold", f"data request {number}", {"reason": reason})
    return made


def lift(number: int, by: str) -> None:
    holds = erasing.holds_on(erasing.subject_of(get(number, lock=True)))
    if not holds:
        raise Conflict("Không có lệnh giữ nào. Xin tải lại trang.")
    for one in holds:
        one.ended_at, one.ended_by = now(), by
    audit.record("data_request.lift", f"data request {number}")


def words_of(request: DataRequest, language: str) -> dict:
    return {
        "number": request.id,
        "kind": KIND_NAMES[request.kind][language == "en"],
        "ack_due": moment(request.ack_due_at, language),
        "due": moment(request.due_at, language),
    }


def _open_one(number: int, by: str, states: tuple[str, ...] = ("received", "acknowledged")) -> DataRequest:
    request = get(number, lock=True)
    if request.state not in states:
        raise Conflict("Yêu cầu đã sang bước khác. Xin tải lại trang rồi chọn bước hợp lệ.")
    request.handled_by = by
    return request


def _tell(request: DataRequest, event: str, words: dict | None = None, link: str | None = None) -> None:
    citizen = db.session.get(Citizen, (request.tenant_id, request.citizen_id)) if request.citizen_id else None
    if citizen is None:
        return
    english = citizen.language == "en"
    said = texts.render(
        event,
        {"province": current.province_name()} | words_of(request, citizen.language) | (words or {}),
        citizen.language,
    )
    buttons = (
        OpenUrl(("Mở bản sao", "Open the copy")[english], link)
        if link
        else QueryHide(("Menu chính", "Main menu")[english], "#menu"),
    )
    key = f"data-request:{request.id}:{event}"
    owe(citizen, event, dedupe_key=key, consultation=TextMessage(said, buttons=buttons), lifetime=LIFETIME)


def _checked(text: str) -> str:
    text = "\n".join(line.strip() for line in text.strip().splitlines())
    if not 1 <= len(text) <= LONGEST:
        raise Invalid(f"Xin viết từ 1 đến {LONGEST} ký tự: người dân sẽ đọc lời này.")
    return text
