"""What a citizen who proved a dossier asks of the desk about it, and the desk's answer.

A request changes nothing by itself: the one-stop system is where staff do it; here it waits for their answer.
"""

import re
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from motcua.citizens.models import Citizen
from motcua.core import crypto, scope
from motcua.core.clock import now
from motcua.core.database import Base, Moment, TenantOwned, db
from motcua.core.errors import Conflict, Invalid, NotFound
from motcua.zalo.phone import mask_phone, normalise_phone

from . import following, news
from .models import Dossier
from .news import Piece
from .statuses import Status

KINDS = {
    "postal_return": ("Nhận kết quả qua bưu điện", "Have the result sent by post"),
    "delegate": ("Nhờ người khác nhận kết quả", "Let someone else collect the result"),
    "withdraw": ("Xin rút hồ sơ", "Withdraw the dossier"),
    "correct_phone": ("Sửa số điện thoại trên hồ sơ", "Correct the phone number on the dossier"),
}
SOURCES = ("chat", "page")
STATES = {"open": "Đang chờ", "done": "Đã giải quyết", "refused": "Chưa thực hiện được"}
PURPOSE = "dossier_request"
ENDED = frozenset({Status.REFUSED, Status.STOPPED, Status.RETURNED})
TOO_LATE = {
    "postal_return": ENDED,
    "delegate": ENDED,
    "withdraw": ENDED | {Status.WITHDRAWAL, Status.READY},
    "correct_phone": ENDED,
}
LONGEST, LONGEST_ANSWER, PAGE = 300, 500, 50
PERSON = re.compile(r"(?P<name>[^\W\d_][\w .'’-]{3,98}?)[ ,;:–-]+(?P<digits>\d{4})")


class RequestUnclear(Invalid):
    code = "request_unclear"


class RequestTooLate(Conflict):
    code = "request_too_late"
    message = "Hồ sơ đã qua bước này nên không ghi được yêu cầu. Xin gặp cán bộ hoặc hỏi nơi tiếp nhận."


class DossierRequest(TenantOwned, Base):
    """One request; of a kind at most one is open on a dossier. What was said is encrypted as JSON, see `read`."""

    __tablename__ = "dossier_request"

    dossier_id: Mapped[int] = mapped_column(BigInteger)
    citizen_id: Mapped[int | None] = mapped_column(BigInteger)  # None: from the page
    kind: Mapped[str] = mapped_column(Text)
    said_encrypted: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="open")
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[int | None] = mapped_column(BigInteger)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "dossier_id"], ["dossier.tenant_id", "dossier.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["tenant_id", "citizen_id"], ["citizen.tenant_id", "citizen.id"], ondelete="CASCADE"
        ),
        CheckConstraint(f"kind IN {tuple(KINDS)!r}", name="kind"),
        CheckConstraint(f"source IN {SOURCES!r}", name="source"),
        CheckConstraint(f"state IN {tuple(STATES)!r}", name="state"),
        Index(
            "uq_dossier_request_open",
            "tenant_id",
            "dossier_id",
            "kind",
            unique=True,
            postgresql_where="state = 'open'",
        ),
        Index("ix_dossier_request_dossier", "tenant_id", "dossier_id"),
        Index("ix_dossier_request_state", "tenant_id", "state", "created_at"),
    )

    @property
    def said(self) -> dict[str, Any]:
        return crypto.open_json(self.tenant_id, PURPOSE, self.said_encrypted)

    @property
    def name(self) -> str:
        return KINDS[self.kind][0]

    @property
    def state_name(self) -> str:
        return STATES[self.state]


def read(kind: str, line: str) -> dict[str, str]:
    """What a line says for a request: {"address"}, {"name", "id_last4"}, {"reason"} or {"phone"} (84…).

    Raises RequestUnclear, naming what is missing.
    """
    text = " ".join(line.split())[:LONGEST]
    if kind == "postal_return":
        if len(text) < 15 or not any(letter.isalpha() for letter in text):
            raise RequestUnclear("Xin ghi đủ tên người nhận, số nhà, đường hoặc thôn, xã phường, tỉnh.")
        return {"address": text}
    if kind == "delegate":
        found = PERSON.fullmatch(text)
        if found is None or len(found["name"].split()) < 2:
            raise RequestUnclear("Xin ghi họ tên người nhận thay và 4 số cuối giấy tờ của họ.")
        return {"name": found["name"].strip(), "id_last4": found["digits"]}
    if kind == "withdraw":
        if len(text) < 5:
            raise RequestUnclear("Xin ghi lý do rút hồ sơ.")
        return {"reason": text}
    try:
        return {"phone": normalise_phone(text)}
    except Invalid as error:
        raise RequestUnclear("Xin ghi số điện thoại di động mới, đủ 10 số.") from error


def ask(
    dossier: Dossier, kind: str, said: dict[str, str], *, source: str, citizen: Citizen | None = None
) -> DossierRequest:
    """Keep a request; what was asked before and not answered yet is replaced. Does not commit.

    Raises RequestTooLate where the dossier is beyond it.
    """
    if dossier.status in TOO_LATE[kind]:
        raise RequestTooLate
    # One asker at a time: the page and the chat may ask at once.
    db.session.execute(db.select(Dossier.id).where(Dossier.id == dossier.id).with_for_update())
    request = db.session.scalar(
        db.select(DossierRequest).where(
            DossierRequest.dossier_id == dossier.id,
            DossierRequest.kind == kind,
            DossierRequest.state == "open",
        )
    )
    if request is None:
        request = DossierRequest(dossier_id=dossier.id, kind=kind, state="open")
        db.session.add(request)
    request.said_encrypted = crypto.seal_json(scope.required(), PURPOSE, said)
    request.source, request.citizen_id, request.created_at = source, citizen and citizen.id, now()
    db.session.flush()
    return request


def of(dossier: Dossier) -> list[DossierRequest]:
    """The newest first."""
    query = db.select(DossierRequest).where(DossierRequest.dossier_id == dossier.id)
    return list(db.session.scalars(query.order_by(DossierRequest.id.desc()).limit(PAGE)))


def listed(
    state: str = "open", limit: int = PAGE, *, agency: str | None = None
) -> list[tuple[DossierRequest, Dossier]]:
    """Of the tenant in scope, those that wait longest first: the desk's list. `agency`: only of its dossiers."""
    rows = db.session.execute(
        db.select(DossierRequest, Dossier)
        .join(
            Dossier,
            (Dossier.tenant_id == DossierRequest.tenant_id) & (Dossier.id == DossierRequest.dossier_id),
        )
        .where(DossierRequest.state == state, *_of_agency(agency))
        .order_by(DossierRequest.created_at, DossierRequest.id)
        .limit(limit)
    )
    return [(request, dossier) for request, dossier in rows]


def _of_agency(code: str | None) -> tuple:
    return () if code is None else (Dossier.agency_code == code,)


def answer(
    request_id: int, state: str, words: str, staff_id: int, *, agency: str | None = None
) -> DossierRequest:
    """Close a request as "done" or "refused" and tell whoever asked. Does not commit.

    Raises NotFound for one that is not open here, or not on a dossier of `agency` where one is given;
    Invalid for a refusal without a reason.
    """
    words = " ".join(words.split())[:LONGEST_ANSWER]
    if state not in ("done", "refused"):
        raise Invalid("Xin chọn đã giải quyết hoặc chưa thực hiện được.")
    if state == "refused" and not words:
        raise Invalid("Xin ghi lý do để người dân biết vì sao chưa thực hiện được.")
    request = db.session.scalar(
        db.select(DossierRequest)
        .where(DossierRequest.id == request_id, DossierRequest.state == "open")
        .with_for_update()
    )
    dossier = request and db.session.get(Dossier, (request.tenant_id, request.dossier_id))
    if dossier is None or agency not in (None, dossier.agency_code):
        raise NotFound
    request.state, request.answer = state, words or None
    request.answered_by, request.answered_at = staff_id, now()
    kind = "request_answered" if state == "done" else "request_refused"
    request_words = dict(zip(("vi", "en"), KINDS[request.kind], strict=True))
    piece = Piece(kind, f"request:{request.id}", more={"request": request_words, "answer": request.answer})
    news.tell_piece(dossier, piece, _hearing(request, dossier))
    return request


def in_words(request: DossierRequest) -> str:
    """What was asked, for the desk; a phone number masked."""
    said = request.said
    if request.kind == "delegate":
        return f"{said['name']}, giấy tờ có 4 số cuối {said['id_last4']}"
    if request.kind == "correct_phone":
        return mask_phone(said["phone"])
    return said.get("address") or said["reason"]


def _hearing(request: DossierRequest, dossier: Dossier) -> list:
    """Whoever asked in the chat, also if silenced: it is an answer. From the page: those who proved it."""
    if request.citizen_id is None:
        return [one for one in following.followers(dossier) if one[1].knows_details]
    citizen = db.session.get(Citizen, (request.tenant_id, request.citizen_id))
    found = following.find(dossier, citizen)
    return [(citizen, found)] if found is not None and found.knows_details else []
