"""Doing one act: the form's words become one event, under a lock, if the dossier is still as the officer saw it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from motcua.accounts.models import Staff
from motcua.console import own_agency
from motcua.core import language
from motcua.core.clock import now
from motcua.core.errors import Conflict, Invalid
from motcua.dossiers import intake, records, workflow
from motcua.dossiers.models import Dossier, DossierEvent
from motcua.dossiers.schemas import EventIn

from . import acts
from .acts import Act, Standing
from .forms import Typed, given, load

NAMES = {
    "officer.name": "officer",
    "officer.title": "officer_title",
    "step.name": "step",
    "step.due_at": "step_due",
    "agency_code": "to_agency",
    "pickup.place": "place",
    "pickup.hours": "hours",
    "supplement.items": "item-0-name",
    "supplement.reason": "reason",
    "supplement.respond_by": "respond_by",
    "supplement.contact_phone": "contact_phone",
    "fee.amount_vnd": "amount",
    "fee.pay_by": "pay_by",
    "fee.pay_url": "pay_url",
    "fee_paid.amount_vnd": "amount",
    "fee_paid.method": "method",
    "fee_paid.receipt_number": "receipt_number",
    "apology.reason": "reason",
    "apology.new_due_at": "new_due",
    "apology.signer.name": "signer",
    "apology.signer.title": "signer_title",
    "result.items": "result_name",
    "result.items.0.name": "result_name",
    "result.items.0.number": "result_number",
    "result.ways": "ways",
    "handover.way": "way",
    "handover.receiver_name": "receiver",
    "handover.post_code": "post_code",
}
NEEDS_REASON = frozenset(
    {"refuse", "stop", "recall", "correct", "keep", "withdraw", "apologise", "supplement"}
)
FOR_GOOD = frozenset({"refuse"})  # no act leads back from there
MOST_ITEMS = 100


class Changed(Conflict):
    """Somebody else was quicker; `events` are what happened meanwhile, `due_moved` whether the date did."""

    code = "dossier_changed"

    def __init__(self, events: list[DossierEvent], due_moved: bool):
        super().__init__(
            "Hồ sơ vừa thay đổi trong lúc ông/bà đang xử lý, nên chưa lưu. Xin xem thay đổi dưới đây; "
            "nội dung đã gõ vẫn còn, bấm “Lưu” lần nữa nếu vẫn đúng."
        )
        self.events, self.due_moved = events, due_moved


class Unconfirmed(Invalid):
    """An act that cannot be undone waits for the end of the dossier's code, typed as `name`."""

    code = "act_unconfirmed"

    def __init__(self, dossier: Dossier, act: Act):
        super().__init__("Chữ gõ lại chưa khớp nên chưa ghi. Xin gõ đúng như trên.")
        self.dossier, self.act = dossier, act


@dataclass(frozen=True)
class Acted:
    dossier: Dossier
    act: Act


def act_on(code: str, form, by: Staff) -> Acted:
    """Does not commit. Raises DossierNotFound, OtherAgency, Invalid by the form's fields, and Changed."""
    dossier = intake.hold(code)
    if dossier is None:
        raise intake.DossierNotFound
    own_agency.refuse_others(dossier)
    typed = Typed(form)
    events = workflow.line(dossier)
    standing = acts.standing_of(dossier, events, records.of(dossier))
    if typed("seen") != standing.version:
        seen = typed("seen")
        raise Changed(acts.since(seen, dossier, events), acts.moved_due(seen, dossier))
    act = acts.BY_KEY.get(typed("act"))
    if act is None:
        raise Invalid("Xin chọn việc cần làm với hồ sơ.")
    offered = acts.offer(act, standing)
    if offered.why_not:
        raise Invalid(language.t("Không làm được việc này. {why}", why=language.said(offered.why_not)))
    if act.key in NEEDS_REASON and not typed("reason"):
        sentence = "Thiếu lý do. Xin ghi rõ, vì người dân và người xem lại hồ sơ đều cần biết."
        raise Invalid(sentence, details={"reason": [sentence]})
    if act.key in FOR_GOOD and typed("name") != last_of(dossier.code):
        raise Unconfirmed(dossier, act)
    at = max(now(), dossier.status_at + timedelta(milliseconds=1))
    body = {
        "status": int(offered.to),
        "occurred_at": at.isoformat(),
        "note": typed("note"),
        "officer": _doer(dossier, by),
    }
    if act.key in NEEDS_REASON:
        body["reason"] = typed("reason")
    said = MAKERS.get(act.key, _nothing)(typed, standing, at)
    body = _clean(body | said)
    if body.get("officer", {}).get("name") is None:
        body.pop("officer", None)
    intake.add_event(code, load(EventIn(), body))
    return Acted(dossier, act)


def last_of(code: str) -> str:
    """`000.00.01.H11-241126-0007` as `0007`: short to type, and on the paper in hand."""
    return code.rpartition("-")[2]


def _doer(dossier: Dossier, by: Staff) -> dict[str, str | None]:
    """The line of time says who did it; whoever acts holds the dossier from then on."""
    is_holder = dossier.officer == by.full_name
    return {"name": by.full_name, "title": dossier.officer_title if is_holder else None}


def _nothing(typed: Typed, standing: Standing, at: datetime) -> dict[str, Any]:
    return {}


def _move(typed: Typed, standing: Standing, at: datetime) -> dict[str, Any]:
    dossier = standing.dossier
    agency = typed("to_agency")
    step = {"name": typed("step"), "due_at": typed.moment("step_due")} if typed("step") else {}
    if not (typed("officer") or typed("department") or step or (agency and agency != dossier.agency_code)):
        sentence = "Xin ghi ít nhất người nhận, phòng ban hoặc bước xử lý."
        raise Invalid(sentence, details={"officer": [sentence]})
    return {
        "agency_code": agency if agency != dossier.agency_code else "",
        "department": typed("department"),
        "officer": given({"name": typed("officer"), "title": typed("officer_title")}),
        "step": step,
    }


def _supplement(typed: Typed, standing: Standing, at: datetime) -> dict[str, Any]:
    rows = typed.numbered("item", "name")[:MOST_ITEMS]
    items = [
        given({"name": typed(f"item-{row}-name"), "note": typed(f"item-{row}-note")})
        | {"originals": typed.count(f"item-{row}-originals"), "copies": typed.count(f"item-{row}-copies")}
        for row in rows
        if typed(f"item-{row}-name")
    ]
    return {
        "supplement": {
            "items": items,
            "reason": typed("reason"),
            "respond_by": typed.moment("respond_by"),
            "stage": "reception" if standing.dossier.received_at is None else "appraisal",
            "contact_phone": typed("contact_phone"),
        }
    }


def _fee(typed: Typed, standing: Standing, at: datetime) -> dict[str, Any]:
    return {
        "fee": {
            "amount_vnd": typed.amount("amount"),
            "pay_by": typed.moment("pay_by"),
            "pay_url": typed("pay_url"),
            "stage": "intake",
        }
    }


def _fee_paid(typed: Typed, standing: Standing, at: datetime) -> dict[str, Any]:
    return {
        "fee_paid": {
            "paid_at": at.isoformat(),
            "amount_vnd": typed.amount("amount"),
            "method": typed("method"),
            "receipt_number": typed("receipt_number"),
        }
    }


def _ready(typed: Typed, standing: Standing, at: datetime) -> dict[str, Any]:
    return {
        "result": {
            "items": [given({"name": typed("result_name"), "number": typed("result_number")})],
            "ways": [way for way in ("desk", "post", "electronic") if typed(f"way_{way}") == "1"] or ["desk"],
        },
        "pickup": given({"place": typed("place"), "hours": typed("hours")}),
    }


def _hand_over(typed: Typed, standing: Standing, at: datetime) -> dict[str, Any]:
    return {
        "handover": {
            "way": typed("way"),
            "receiver_name": typed("receiver"),
            "post_code": typed("post_code"),
        }
    }


def _apologise(typed: Typed, standing: Standing, at: datetime) -> dict[str, Any]:
    new_due = typed.moment("new_due")
    if new_due is None:
        sentence = "Thiếu ngày hẹn mới. Xin chọn ngày giờ trả kết quả."
        raise Invalid(sentence, details={"new_due": [sentence]})
    if datetime.fromisoformat(new_due) <= at:
        sentence = "Ngày hẹn mới phải sau bây giờ. Xin chọn lại."
        raise Invalid(sentence, details={"new_due": [sentence]})
    return {
        "apology": {
            "reason": typed("reason"),
            "new_due_at": new_due,
            "signer": given({"name": typed("signer"), "title": typed("signer_title")}),
        }
    }


MAKERS: dict[str, Callable[[Typed, Standing, datetime], dict[str, Any]]] = {
    "move": _move,
    "supplement": _supplement,
    "fee": _fee,
    "fee_paid": _fee_paid,
    "ready": _ready,
    "hand_over": _hand_over,
    "apologise": _apologise,
}


def _clean(value: Any) -> Any:
    """Without empty words and groups, all the way down; lists keep their places."""
    if isinstance(value, dict):
        return given({name: _clean(one) for name, one in value.items()})
    if isinstance(value, list):
        return [_clean(one) for one in value]
    return value
