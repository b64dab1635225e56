"""Voice and video calls: consent of a phone number, and links that start a call."""

from ..call import Call
from ..calls import ask_consent, latest_consent
from ..errors import ZaloError
from ..world.ids import new_token, uid_for
from ..world.phones import normalise_phone
from ..world.records import Citizen
from .consultation import find_reachable

TYPES = ("audio", "video", "audio_and_video")
REASONS = (101, 103, 105, 106, 107)
LINK_LIFE_S = 172_800
_MONTH_MS = 30 * 86_400_000
_ANSWERS = {
    "ALLOW": (0, "User approved the request"),
    "SENT": (8, "Waiting for user approval"),
    "USER_BLOCKED": (4, "User blocked"),
    "REJECTED": (3, "User rejected the request"),
    "EXPIRED": (16, "Consent expired"),
}


def request_consent(call: Call) -> dict:
    """POST /v2.0/oa/call/requestconsent: the person has a day to answer."""
    fields = call.fields()
    citizen = _citizen(call, fields.get("phone"))
    if fields.get("call_type") not in TYPES:
        raise ZaloError(-201, "call_type is invalid")
    if fields.get("reason_code") not in REASONS and str(fields.get("reason_code")) not in map(str, REASONS):
        raise ZaloError(-201, "reason_code is invalid")
    consent = latest_consent(call.world, call.oa.oa_id, citizen.citizen_id)
    if consent and consent.state in ("SENT", "ALLOW"):
        raise ZaloError(2 if consent.state == "SENT" else 1, _said(consent.state), **_expiry(consent))
    consent = ask_consent(
        call.services, call.oa.oa_id, citizen, fields["call_type"], int(fields["reason_code"])
    )
    return {"request_id": consent.consent_id, "expired_time": str(consent.expires_at_ms)}


def check_consent(call: Call) -> None:
    """GET /v2.0/oa/call/checkconsent: 0 only when the person agreed; the codes here are this endpoint's own."""
    citizen = _citizen(call, call.arguments().get("phone"))
    consent = latest_consent(call.world, call.oa.oa_id, citizen.citizen_id)
    if consent is None:
        raise ZaloError(20, "The Official Account has not requested consent")
    code, said = _ANSWERS[consent.state]
    raise ZaloError(code, said, **_expiry(consent))


def outbound_link(call: Call) -> dict:
    """POST /v3.0/oa/call/outbound: a link that starts a call to somebody who interacted within 30 days."""
    fields = call.fields()
    chat = find_reachable(call, fields.get("user_id"))
    if call.now_ms - (chat.last_interaction_ms or 0) > _MONTH_MS:
        raise ZaloError(-232)
    return _link(call, fields, f"to={chat.uid}")


def inbound_link(call: Call) -> dict:
    """POST /v3.0/oa/call/inbound: a link with which people call the account."""
    return _link(call, call.fields(), f"oa={call.oa.oa_id}")


def contact_centre(call: Call) -> dict:
    """GET /v3.0/oa/call/getmccinfo: one agent and one branch for every account."""
    branch, agent = (uid_for(call.oa.oa_id, part) for part in ("branch", "agent"))
    return {
        "agents": [{"agent_id": agent, "agent_name": "Tổng đài viên", "allocation": [branch]}],
        "branches": [{"branch_id": branch, "branch_name": call.oa.name, "status": "on"}],
    }


def _link(call: Call, fields: dict, query: str) -> dict:
    if fields.get("call_type") not in TYPES:
        raise ZaloError(-201, "call_type is invalid")
    address = f"https://zalo.me/app/link/{new_token()[:24]}?{query}&type={fields['call_type']}"
    return {"call_link": address, "qr_code": address, "ttl": LINK_LIFE_S}


def _citizen(call: Call, phone: object) -> Citizen:
    number = normalise_phone(str(phone)) if isinstance(phone, str | int) else None
    if number is None:
        raise ZaloError(-201, "phone is invalid")
    citizen = call.world.citizen_by_phone(number)
    if citizen is None or not citizen.has_zalo:
        raise ZaloError(-201, "phone has no Zalo account")
    return citizen


def _said(state: str) -> str:
    return {"SENT": "Request sent", "ALLOW": "Already allowed to call"}[state]


def _expiry(consent) -> dict:
    return {"expired_time": 0 if consent.state == "ALLOW" else consent.expires_at_ms}
