import itertools
import json
from dataclasses import dataclass, field

KINDS = {
    "duplicate": "gửi sự kiện hai lần",
    "reorder": "giữ sự kiện lại sau sự kiện kế tiếp",
    "bad_mac": "chữ ký sai",
    "bare_mac": "chữ ký thiếu mac= ở đầu",
    "spaced_mac": "chữ ký viết dạng mac = <hex>",
    "swapped_ids": "đổi chỗ người gửi và người nhận",
    "numeric_ids": "mã và thời điểm là số JSON",
    "unknown_oa": "mã Official Account không của ai",
    "unknown_event": "tên sự kiện lạ",
    "no_timestamp_header": "thiếu X-ZEvent-Timestamp",
    "lost": "sự kiện không bao giờ được gửi",
}
STRANGER = "9999999999999999999"
_ID_FIELDS = {"id", "oa_id", "app_id", "user_id", "user_id_by_app", "timestamp", "phone", "delivery_time"}


@dataclass(slots=True)
class WebhookFault:
    fault_id: str
    kind: str
    event: str = ""  # empty: every event
    oa_id: str = ""
    count: int | None = None  # left; None = until deleted
    hits: int = 0


@dataclass(slots=True)
class WebhookFaults:
    faults: dict[str, WebhookFault] = field(default_factory=dict)
    _ids: itertools.count = field(default_factory=lambda: itertools.count(1))

    def add(self, kind: str, event: str, oa_id: str, count: int | None) -> WebhookFault:
        fault = WebhookFault(f"w{next(self._ids)}", kind, event, oa_id, count)
        self.faults[fault.fault_id] = fault
        return fault

    def take(self, event: str, oa_id: str) -> set[str]:
        """The kinds that hit this event; counts go down and spent faults disappear."""
        kinds = set()
        for fault in list(self.faults.values()):
            if fault.event not in ("", event) or fault.oa_id not in ("", oa_id):
                continue
            kinds.add(fault.kind)
            fault.hits += 1
            if fault.count is not None:
                fault.count -= 1
                if fault.count <= 0:
                    del self.faults[fault.fault_id]
        return kinds


def twist_payload(payload: dict, kinds: set[str], oa_id: str) -> dict:
    """The event as a misbehaving Zalo would write it; signed afterwards, so the mac still fits."""
    if "swapped_ids" in kinds and "sender" in payload:
        payload = payload | {"sender": payload["recipient"], "recipient": payload["sender"]}
    if "unknown_oa" in kinds:
        payload = json.loads(json.dumps(payload).replace(f'"{oa_id}"', f'"{STRANGER}"'))
    if "unknown_event" in kinds:
        payload = payload | {"event_name": "sim_unknown_event"}
    if "numeric_ids" in kinds:
        payload = _with_numbers(payload)
    return payload


def _with_numbers(value):
    if isinstance(value, list):
        return [_with_numbers(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: int(item)
        if key in _ID_FIELDS and isinstance(item, str) and item.isdigit()
        else _with_numbers(item)
        for key, item in value.items()
    }


def signature_header(mac: str, kinds: set[str]) -> str:
    if "bad_mac" in kinds:
        mac = ("0" if mac[0] != "0" else "1") + mac[1:]
    if "bare_mac" in kinds:
        return mac
    return f"mac = {mac}" if "spaced_mac" in kinds else f"mac={mac}"
