"""Who a broadcast did not reach, and why, in words for the office."""

import csv
import io
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from motcua.citizens.models import Citizen
from motcua.core.clock import VIETNAM
from motcua.core.database import db
from motcua.messaging.models import Message
from motcua.zalo.phone import mask_phone

from . import list_file, states
from .models import Broadcast, BroadcastListed, BroadcastRecipient

PAGE = 2_000
HEADER = ("STT", "Người nhận", "Lý do", "Tình trạng", "Lúc")
NOT_SENT, FAILED, EXPIRED, DOUBTFUL = (
    "Không gửi",
    "Không gửi được",
    "Hết hạn, không gửi",
    "Chưa rõ đã đến chưa",
)
REASONS = {
    "unknown": "Không phải người quan tâm OA, hoặc chưa liên kết số này. Xin báo cho họ bằng cách khác.",
    "muted": "Đã nhắn DỪNG trước khi chốt danh sách. Xin báo cho họ bằng cách khác nếu cần.",
    "not_agreed": "Chưa quan tâm OA và chưa đồng ý nhận thông báo. Xin báo cho họ bằng cách khác.",
    "not_follower": "Có trong danh sách nhưng không quan tâm OA. Xin báo cho họ bằng cách khác.",
    "outside": "Có trong danh sách nhưng không khớp các điều kiện khác đã chọn ở mục Người nhận.",
    "stopped": "Đã nhắn DỪNG sau khi chốt danh sách.",
    "withdrawn": "Đã tắt loại thông báo này hoặc thôi quan tâm sau khi chốt danh sách.",
    "out_of_window": "Quá 48 giờ chưa nhắn cho Zalo của tỉnh, và tỉnh không trả phí cho tin này.",
    "not_fed": "Thông báo bị hủy trước khi đến lượt.",
    "cancelled": "Thông báo bị hủy khi tin còn chờ.",
    "expired": "Tin chờ quá lâu nên không gửi nữa.",
    "expired_quota": "Hết hạn mức gửi tin ở Zalo cho đến khi tin quá hạn. Xin mua thêm hạn mức trước thông báo sau.",
    "expired_budget": "Hết ngân sách tin trả phí cho đến khi tin quá hạn. Xin nâng giới hạn chi trước thông báo sau.",
    "expired_plan": "Hết số tin của gói dịch vụ cho đến khi tin quá hạn. Xin nâng gói trước thông báo sau.",
    "no_channel_left": "Không còn cách gửi: ngoài 48 giờ và không có mẫu tin trả phí phù hợp.",
    "zalo_recipient_unreachable": "Zalo báo không gửi được cho người này: đã chặn, thôi quan tâm hoặc khóa tài khoản.",
    "zalo_rejected": "Zalo từ chối nội dung tin này.",
    "zalo_quota_exceeded": "Hết hạn mức gửi tin ở Zalo.",
    "zalo_not_entitled": "OA chưa được quyền gửi loại tin này. Xin xem mục Official Account.",
    "zalo_needs_consent": "OA mất quyền kết nối. Xin kết nối lại ở mục Official Account.",
    "zalo_uncertain": "Đã gửi đi nhưng Zalo chưa trả lời; hệ thống đang đối chiếu.",
    "worker_lost": "Máy chủ ngừng giữa lúc gửi; hệ thống đang đối chiếu.",
    "send_crashed": "Gặp lỗi giữa lúc gửi; hệ thống đang đối chiếu.",
}
FORGOTTEN = "Đã xóa khỏi danh sách này: hết hạn giữ, hoặc người dân yêu cầu xóa."
OTHER = "Không gửi được; mã lỗi: {code}."
STATES = {"failed": FAILED, "expired": EXPIRED, "uncertain": DOUBTFUL}


@dataclass(frozen=True)
class Missed:
    """A citizen, or a line of the uploaded list. `phone` and `uid` are whole; show them masked to whoever may not
    see them."""

    number: int
    citizen_id: int | None
    phone: str | None
    uid: str | None
    reason: str
    state: str
    at: datetime | None

    def name(self, *, whole: bool) -> str:
        if self.phone:
            return f"0{self.phone[2:]}" if whole else mask_phone(self.phone)
        if self.uid:
            return f"Mã Zalo {self.uid}" if whole else f"Mã Zalo …{self.uid[-3:]}"
        return f"Người quan tâm số {self.citizen_id}"


def reason_of(code: str | None) -> str:
    return REASONS.get(code or "", OTHER.format(code=code or "không rõ"))


def by_reason(one: Broadcast) -> list[tuple[str, int]]:
    """(sentence, people), most first."""
    found: Counter[str] = Counter()
    for condition, code in (
        (_skipped(one), BroadcastRecipient.skipped),
        (_unsent(one), db.literal("not_fed")),
    ):
        query = db.select(code, db.func.count()).select_from(BroadcastRecipient).where(*condition)
        for value, times in db.session.execute(query.group_by(BroadcastRecipient.skipped)):
            found[reason_of(value)] += times
    query = db.select(BroadcastListed.untold, db.func.count()).where(*_lines(one))
    for value, times in db.session.execute(query.group_by(BroadcastListed.untold)):
        found[reason_of(value)] += times
    query = db.select(Message.failure, db.func.count()).where(*_missed(one)).group_by(Message.failure)
    for value, times in db.session.execute(query):
        found[reason_of(value)] += times
    return found.most_common()


def forgotten(one: Broadcast) -> int:
    """How many were not owed a message of whom nothing is kept any more."""
    rows, lines = (
        db.session.scalar(db.select(db.func.count()).select_from(table).where(*conditions))
        for table, conditions in ((BroadcastRecipient, _skipped(one)), (BroadcastListed, _lines(one)))
    )
    return max(0, one.skipped - rows - lines)


@dataclass(frozen=True)
class Place:
    """Where a page begins: in which of the four parts, behind which row, with how many before it."""

    part: int = 0
    after: int = 0
    number: int = 0


def page(one: Broadcast, place: Place) -> tuple[list[Missed], Place | None]:
    """The next people, and where the page behind them begins; None at the end."""
    found = PARTS[place.part](one, place.after)
    missed = [Missed(place.number + at, *about) for at, (_, *about) in enumerate(found, 1)]
    if found:
        return missed, Place(place.part, found[-1][0], place.number + len(found))
    return [], Place(place.part + 1, 0, place.number) if place.part + 1 < len(PARTS) else None


def csv_page(one: Broadcast, place: Place, *, whole: bool) -> tuple[str, Place | None]:
    """The same as lines for a spreadsheet, with the header first; no cell can be taken for a formula."""
    missed, then = page(one, place)
    lines = ["\ufeff" + _csv_line(HEADER)] if place == Place() else []  # the mark by which Excel knows UTF-8
    for row in missed:
        at = row.at and f"{row.at.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
        lines.append(_csv_line((str(row.number), row.name(whole=whole), row.reason, row.state, at or "")))
    return "".join(lines), then


def _csv_line(cells: tuple[str, ...]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([_harmless(cell) for cell in cells])
    return out.getvalue()


def _harmless(cell: str) -> str:
    """No formula for the spreadsheet that opens it (OWASP, CSV injection)."""
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _skipped(one: Broadcast) -> tuple:
    """Not before the audience is fixed: another account of the same person may still be told."""
    fixed = db.literal(one.frozen_at is not None)
    return BroadcastRecipient.broadcast_id == one.id, BroadcastRecipient.skipped.is_not(None), fixed


def _unsent(one: Broadcast) -> tuple:
    """Those whose turn never came; while it runs their turn may still come."""
    ended = db.literal(one.state == states.CANCELLED)
    return (
        BroadcastRecipient.broadcast_id == one.id,
        BroadcastRecipient.id > one.fed_through,
        BroadcastRecipient.skipped.is_(None),
        ended,
    )


def _lines(one: Broadcast) -> tuple:
    return BroadcastListed.broadcast_id == one.id, BroadcastListed.untold.is_not(None)


def _missed(one: Broadcast) -> tuple:
    return Message.broadcast_id == one.id, Message.state.in_(list(STATES))


# Each part: (row's id, citizen, phone, user id, reason, state, at) of the rows behind `after`, a page of them.


def _page_of_skipped(one: Broadcast, after: int) -> list[tuple]:
    return [
        (row.id, citizen.id, citizen.phone, None, reason_of(row.skipped), NOT_SENT, None)
        for row, citizen in _page(_skipped(one), after)
    ]


def _page_of_unsent(one: Broadcast, after: int) -> list[tuple]:
    return [
        (row.id, citizen.id, citizen.phone, None, reason_of("not_fed"), NOT_SENT, None)
        for row, citizen in _page(_unsent(one), after)
    ]


def _page(conditions: tuple, after: int) -> list:
    return db.session.execute(
        db.select(BroadcastRecipient, Citizen)
        .join(
            Citizen,
            (Citizen.tenant_id == BroadcastRecipient.tenant_id)
            & (Citizen.id == BroadcastRecipient.citizen_id),
        )
        .where(*conditions, BroadcastRecipient.id > after)
        .order_by(BroadcastRecipient.id)
        .limit(PAGE)
    ).all()


def _page_of_messages(one: Broadcast, after: int) -> list[tuple]:
    rows = db.session.execute(
        db.select(Message, Citizen)
        .join(Citizen, (Citizen.tenant_id == Message.tenant_id) & (Citizen.id == Message.citizen_id))
        .where(*_missed(one), Message.id > after)
        .order_by(Message.id)
        .limit(PAGE)
    )
    return [
        (
            row.id,
            citizen.id,
            citizen.phone,
            None,
            reason_of(row.failure),
            STATES[row.state],
            row.claimed_at or row.created_at,
        )
        for row, citizen in rows
    ]


def _page_of_lines(one: Broadcast, after: int) -> list[tuple]:
    rows = db.session.scalars(
        db.select(BroadcastListed)
        .where(*_lines(one), BroadcastListed.id > after)
        .order_by(BroadcastListed.id)
        .limit(PAGE)
    )
    return [
        (row.id, None, *list_file.person(row.value), reason_of(row.untold), NOT_SENT, None) for row in rows
    ]


PARTS = (_page_of_skipped, _page_of_unsent, _page_of_messages, _page_of_lines)
