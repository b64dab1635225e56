"""Calls from the OA: asking a citizen's consent, and the link that starts the call."""

from dataclasses import dataclass
from datetime import datetime

from .call import Caller
from .errors import ZaloError, ZaloUncertain
from .limits import id_of, refuse
from .phone import normalise_phone
from .reading import as_int, as_mapping, as_text, as_time

CALL_TYPES = ("audio", "video", "audio_and_video")
REASONS = {101: "consulting", 103: "order", 105: "delivery", 106: "flight", 107: "order update"}


@dataclass(frozen=True, repr=False)
class CallLink:
    """Opens the call for whoever has it, so never log it; `ttl_s` is how long it works."""

    url: str
    qr_code: str | None
    ttl_s: int | None


@dataclass(frozen=True)
class CallConsent:
    """`state` is allowed, waiting, refused, expired or not_asked; `answer` is Zalo's sentence.

    `expires_at` is set where the citizen agreed for a time; None there means without end.
    """

    state: str
    answer: str
    expires_at: datetime | None = None

    @property
    def is_allowed(self) -> bool:
        return self.state == "allowed"


# Zalo answers this question with codes of errors.
_STATES = {
    1: "allowed",
    2: "waiting",
    3: "refused",
    4: "refused",
    8: "waiting",
    16: "expired",
    20: "not_asked",
}


class Calls(Caller):
    async def call_consent_request(
        self, access_token: str, phone: str, *, call_type: str = "audio", reason: int = 101
    ) -> None:
        """Ask in the chat; the answer is the event user_reply_consent. `reason` one of REASONS."""
        if reason not in REASONS:
            refuse("reason", "Lý do gọi chưa đúng. Xin chọn trong danh sách cho sẵn.")
        body = {"phone": normalise_phone(phone), "call_type": _call_type(call_type), "reason_code": reason}
        await self._call("openapi", "POST", "/v2.0/oa/call/requestconsent", access_token, json_body=body)

    async def call_consent(self, access_token: str, phone: str) -> CallConsent:
        """Whether the citizen has agreed to be called."""
        query = {"phone": normalise_phone(phone)}
        path = "/v2.0/oa/call/checkconsent"
        try:
            answer = await self._call("openapi", "GET", path, access_token, data_query=query, repeatable=True)
        except ZaloError as error:
            if error.zalo_code not in _STATES:
                raise
            return CallConsent(_STATES[error.zalo_code], error.zalo_message or "")
        given = answer.body | as_mapping(answer.data)
        expires = as_int(given.get("expired_time")) or None  # 0 says without end
        return CallConsent("allowed", as_text(given.get("message")) or "", as_time(expires))

    async def call_link(
        self, access_token: str, user_id: str, *, call_type: str = "audio", agent_id: str | None = None
    ) -> CallLink:
        """A link that calls this citizen; Zalo itself calls nobody."""
        body = {"user_id": id_of("user_id", user_id), "call_type": _call_type(call_type)}
        if agent_id is not None:
            body["agent_id"] = id_of("agent_id", agent_id)
        answer = await self._call("openapi", "POST", "/v3.0/oa/call/outbound", access_token, json_body=body)
        data = as_mapping(answer.data)
        url = as_text(data.get("call_link")) or as_text(data.get("link"))
        if not url:
            raise ZaloUncertain(details={"cause": "accepted_without_id"})
        return CallLink(url, as_text(data.get("qr_code")), as_int(data.get("ttl")))


def _call_type(given: str) -> str:
    if given not in CALL_TYPES:
        refuse("call_type", "Kiểu gọi chỉ có “audio”, “video” và “audio_and_video”. Xin chọn lại.")
    return given
