"""The walk along a dossier's line of time that finds its supplements, fees, apologies, results, legs and flags.

`Chronicle.take` looks at one event before the dossier takes its step. All that it finds is a function of the line,
so that an event that comes late brings what it would have brought in time. `records` keeps it in the tables.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .models import Dossier, DossierEvent
from .record_models import (
    DossierApology,
    DossierFee,
    DossierLeg,
    DossierResult,
    DossierSupplement,
)
from .statuses import CORRECTION, FINISHED, RECALLS, Status, why_unexpected

MODELS = (DossierSupplement, DossierFee, DossierApology, DossierResult, DossierLeg)
WAITING = frozenset({Status.SUPPLEMENT, Status.FEE, Status.WITHDRAWAL})  # the papers are still waited for
PAID_BY_GOING_ON = frozenset({Status.ACCEPTED, Status.PROCESSING, Status.READY})


@dataclass
class Chronicle:
    """Rows to be, as plain values by model. `touched`: event id -> the rows that it brought or completed."""

    rows: dict[type, list[dict[str, Any]]] = field(default_factory=lambda: {model: [] for model in MODELS})
    flags: dict[tuple[str, int], str] = field(default_factory=dict)
    touched: dict[int, list[tuple[type, int]]] = field(default_factory=dict)
    before_withdrawal: int | None = None
    open_supplement: dict[str, Any] | None = None

    def take(self, dossier: Dossier, event: DossierEvent) -> None:
        """`dossier` stands where the events before this one left it (status None before the first)."""
        self._judge(dossier, event)
        self._supplement(event)
        self._payment(dossier, event)
        self._apology(dossier, event)
        self._result(event)
        self._leg(event)
        if event.status == Status.WITHDRAWAL and dossier.status != Status.WITHDRAWAL:
            self.before_withdrawal = dossier.status

    def end(self, dossier: Dossier, stated_legs: list[dict] | None) -> None:
        """After the last event. Legs that the source states stand for those that its events show."""
        for apology in self.rows[DossierApology]:
            apology["agency_name"] = apology["agency_name"] or dossier.agency_name
        if stated_legs is not None:
            self.rows[DossierLeg] = [
                one | {name: _moment(one.get(name)) for name in ("received_at", "due_at", "finished_at")}
                for one in stated_legs
            ]
        elif len(self.rows[DossierLeg]) < 2:  # one agency: its dates are the dossier's
            self.rows[DossierLeg] = []

    def _judge(self, dossier: Dossier, event: DossierEvent) -> None:
        stage = self.open_supplement["stage"] if self.open_supplement else None
        why = why_unexpected(dossier.status, event.status, self.before_withdrawal, stage)
        event.is_unexpected, event.unexpected_why = why is not None, why
        if why:
            self._flag("unexpected_step", event, why)
        if event.said.get("is_unmapped"):
            self._flag("unknown_local_code", event, event.local_code)
        jump = (dossier.status, event.status)
        for kind, is_so in (("recalled", jump in RECALLS), ("corrected", jump == CORRECTION)):
            if is_so and event.reason:
                self._flag(kind, event, event.reason)
            elif is_so:
                self._flag(f"{kind}_without_reason", event, "Xin hỏi người xử lý và ghi lý do vào hồ sơ.")

    def _supplement(self, event: DossierEvent) -> None:
        waited = self.open_supplement
        if waited is not None and event.status not in WAITING:
            waited["closed_at"] = event.occurred_at
            waited = self.open_supplement = None
        said = event.said.get("supplement")
        if said is None and (event.status != Status.SUPPLEMENT or waited is not None):
            return
        told = {
            "items": (said or {}).get("items", []),
            "reason": (said or {}).get("reason") or event.reason or event.note,
            "respond_by": _moment((said or {}).get("respond_by")),
            "stage": (said or {}).get("stage"),
            "contact_phone": (said or {}).get("contact_phone"),
        }
        if waited is not None and not waited["items"]:
            waited.update(told)  # the list of a request that was told without one
            self._touch(event, DossierSupplement, waited)
            return
        if waited is not None:
            waited["closed_at"] = event.occurred_at
        self.open_supplement = self._add(
            event, DossierSupplement, told | {"requested_at": event.occurred_at, "closed_at": None}
        )
        if len(self.rows[DossierSupplement]) > 1:
            number = len(self.rows[DossierSupplement])
            self._flag(
                "second_supplement",
                event,
                f"Đây là lần yêu cầu bổ sung thứ {number}: hồ sơ sẽ bị tính là trễ. Xin xem có thể xử lý tiếp không.",
            )

    def _payment(self, dossier: Dossier, event: DossierEvent) -> None:
        asked, paid = event.said.get("fee"), event.said.get("fee_paid")
        unpaid = next((one for one in reversed(self.rows[DossierFee]) if one["paid_at"] is None), None)
        if asked is not None or event.status == Status.FEE:
            dossier.payment_state = "due"
        if asked is not None:
            unpaid = self._add(event, DossierFee, _fee(event, asked))
            if asked["amount_vnd"] == 0:
                dossier.payment_state, unpaid = "waived", None
        elif paid is None and dossier.payment_state == "due":
            at_return = unpaid is not None and unpaid["stage"] == "return"
            went_on = dossier.status == Status.FEE and event.status in PAID_BY_GOING_ON and not at_return
            if went_on or event.status == Status.RETURNED:
                dossier.payment_state = "paid"
                for one in self.rows[DossierFee]:
                    one["paid_at"] = one["paid_at"] or event.occurred_at
        if paid is not None:
            dossier.payment_state = "paid"
            if unpaid is None:  # nobody told us that it was due
                told = {"amount_vnd": paid["amount_vnd"]}
                unpaid = self._add(event, DossierFee, _fee(event, told))
            else:
                self._touch(event, DossierFee, unpaid)
            unpaid |= {
                "paid_at": _moment(paid["paid_at"]),
                "paid_vnd": paid["amount_vnd"],
                "method": paid["method"],
                "receipt_number": paid.get("receipt_number"),
            }
        if event.status in (Status.REFUSED, Status.STOPPED) and dossier.payment_state != "none":
            dossier.payment_state = {"paid": "refund_due", "due": "none"}.get(
                dossier.payment_state, dossier.payment_state
            )

    def _apology(self, dossier: Dossier, event: DossierEvent) -> None:
        said = event.said.get("apology")
        if said is None:
            return
        old_due = dossier.due_at
        is_late = old_due is not None and event.occurred_at >= old_due
        signer = said.get("signer") or {}
        self._add(
            event,
            DossierApology,
            {
                "apologised_at": event.occurred_at,
                "reason": said["reason"],
                "old_due_at": old_due,
                "new_due_at": _moment(said["new_due_at"]),
                "agency_name": said.get("agency_name") or event.agency_name or dossier.agency_name,
                "signer": signer.get("name"),
                "signer_title": signer.get("title"),
                "is_late": is_late,
            },
        )
        if is_late:
            self._flag(
                "apology_late",
                event,
                "Văn bản xin lỗi có sau ngày hẹn trả. Xin gửi trước khi hết hạn ở những hồ sơ sau.",
            )
        if len(self.rows[DossierApology]) > 1:
            self._flag(
                "second_apology",
                event,
                "Mỗi hồ sơ chỉ nên hẹn lại một lần. Xin báo lãnh đạo cơ quan giải quyết.",
            )

    def _result(self, event: DossierEvent) -> None:
        said, handed = event.said.get("result"), event.said.get("handover")
        waiting = next(
            (one for one in reversed(self.rows[DossierResult]) if one["handed_over_at"] is None), None
        )
        if said is not None:
            waiting = self._add(event, DossierResult, _result(said, event.occurred_at))
        if event.status != Status.RETURNED and handed is None:
            return
        if waiting is None and handed is None:
            return
        if waiting is None:
            waiting = self._add(event, DossierResult, _result({}, None))
        else:
            self._touch(event, DossierResult, waiting)
        waiting |= {
            "handed_over_at": event.occurred_at,
            "handover_way": (handed or {}).get("way"),
            "receiver_encrypted": (handed or {}).get("receiver_encrypted"),
            "post_code": (handed or {}).get("post_code"),
        }

    def _leg(self, event: DossierEvent) -> None:
        legs = self.rows[DossierLeg]
        if event.agency_name is not None and (not legs or legs[-1]["agency_name"] != event.agency_name):
            if legs:
                legs[-1]["finished_at"] = legs[-1]["finished_at"] or event.occurred_at
            legs.append(
                {
                    "agency_code": event.said.get("agency_code"),
                    "agency_name": event.agency_name,
                    "received_at": event.occurred_at,
                    "due_at": None,
                    "finished_at": None,
                }
            )
        if legs:
            legs[-1]["due_at"] = event.step_due_at or legs[-1]["due_at"]
            ended = legs[-1]["finished_at"] or event.occurred_at
            legs[-1]["finished_at"] = ended if event.status in FINISHED else None

    def _add(self, event: DossierEvent, model: type, values: dict[str, Any]) -> dict[str, Any]:
        values = values | {"event_id": event.id}
        self.rows[model].append(values)
        self._touch(event, model, values)
        return values

    def _touch(self, event: DossierEvent, model: type, values: dict[str, Any]) -> None:
        self.touched.setdefault(event.id, []).append((model, values["event_id"]))

    def _flag(self, kind: str, event: DossierEvent, detail: str) -> None:
        self.flags[kind, event.id] = detail


def _fee(event: DossierEvent, told: dict[str, Any]) -> dict[str, Any]:
    return {
        "asked_at": event.occurred_at,
        "amount_vnd": told["amount_vnd"],
        "items": told.get("items", []),
        "pay_by": _moment(told.get("pay_by")),
        "pay_url": told.get("pay_url"),
        "stage": told.get("stage"),
        "paid_at": event.occurred_at if told["amount_vnd"] == 0 else None,
        "paid_vnd": None,
        "method": None,
        "receipt_number": None,
    }


def _result(said: dict[str, Any], ready_at: datetime | None) -> dict[str, Any]:
    return {
        "ready_at": ready_at,
        "items": said.get("items", []),
        "ways": said.get("ways", []),
        "handed_over_at": None,
        "handover_way": None,
        "receiver_encrypted": None,
        "post_code": None,
    }


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
