"""Sending: consultation messages, templates by user id and by phone, reactions, group messages."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

from .call import Answer, Caller
from .errors import ZaloUncertain
from .limits import TRACKING_MAX, id_of, refuse, text_of
from .messages import ConsultationMessage, ZbsTemplate
from .phone import hash_phone, normalise_phone
from .reading import as_id, as_mapping, as_text, as_time

REACTIONS = (":>", "--b", ":-((", "/-strong", "/-heart", ":-h", ":o", "/-remove")
_MODES = (None, "development")
_SENDING_MODES = (None, "1", "3")


@dataclass(frozen=True)
class Sent:
    """Zalo accepted the message; that it arrived is told by webhook.

    `sent_at` is Zalo's time (ours where it gave none); `quota` Zalo's words as text: for consultation
    messages `quota_type`, `remain`, `total` ..., for templates `dailyQuota`, `remainingQuota`.
    """

    message_id: str
    sent_at: datetime
    quota: dict[str, str] = field(hash=False)
    rate_remain: int | None = None


class Messaging(Caller):
    """Nothing here is safe to repeat: a lost answer is ZaloUncertain."""

    async def send_consultation(self, access_token: str, user_id: str, message: ConsultationMessage) -> Sent:
        """One message to a citizen who follows the OA or wrote to it within seven days."""
        recipient = {"user_id": id_of("user_id", user_id)}
        return await self._send_cs(access_token, "/v3.0/oa/message/cs", recipient, message)

    async def send_to_visitor(
        self, access_token: str, anonymous_id: str, conversation_id: str, message: ConsultationMessage
    ) -> Sent:
        """One message to a visitor of the web widget who has not signed in."""
        recipient = {
            "anonymous_id": id_of("anonymous_id", anonymous_id),
            "conversation_id": id_of("conversation_id", conversation_id),
        }
        return await self._send_cs(access_token, "/v3.0/oa/message/cs", recipient, message)

    async def send_to_group(self, access_token: str, group_id: str, message: ConsultationMessage) -> Sent:
        """One message to a group (GMF) the OA is in."""
        recipient = {"group_id": id_of("group_id", group_id)}
        return await self._send_cs(access_token, "/v3.0/oa/group/message", recipient, message)

    async def send_template_to_user(self, access_token: str, user_id: str, template: ZbsTemplate) -> Sent:
        """A template by user id; there is no tracking id here: match webhooks by the message id."""
        body = {"user_id": id_of("user_id", user_id)} | template.to_wire()
        answer = await self._call(
            "openapi", "POST", "/v3.0/oa/message/template", access_token, json_body=body
        )
        return _sent(answer)

    async def send_template_to_phone(
        self,
        access_token: str,
        phone: str,
        template: ZbsTemplate,
        tracking_id: str,
        *,
        mode: str | None = None,
        sending_mode: str | None = None,
    ) -> Sent:
        """A template by phone number, billed when delivered.

        `tracking_id` (at most 48 characters) comes back in webhooks and does not stop duplicates.
        `mode="development"` reaches admins only and is free; `sending_mode="3"` goes beyond the quota,
        for promotion templates. Raises Invalid for a number that is no Vietnamese mobile.
        """
        whom = {"phone": normalise_phone(phone)}
        body = _template_body(whom, template, tracking_id, mode, sending_mode)
        return _sent(await self._call("business", "POST", "/message/template", access_token, json_body=body))

    async def send_template_to_hashed_phone(
        self,
        access_token: str,
        phone: str,
        template: ZbsTemplate,
        tracking_id: str,
        *,
        mode: str | None = None,
        sending_mode: str | None = None,
    ) -> Sent:
        """As `send_template_to_phone`; `phone` is hashed here, so that the number itself never leaves."""
        whom = {"hash_phone": hash_phone(phone)}
        body = _template_body(whom, template, tracking_id, mode, sending_mode)
        path = "/message/template/hashphone"
        return _sent(await self._call("business", "POST", path, access_token, json_body=body))

    async def react(self, access_token: str, user_id: str, message_id: str, icon: str) -> None:
        """React to a citizen's message with one of REACTIONS; "/-remove" takes reactions back."""
        if icon not in REACTIONS:
            refuse("icon", "Biểu tượng này Zalo không có. Xin chọn trong danh sách cho sẵn.")
        action = {"react_icon": icon, "react_message_id": id_of("message_id", message_id)}
        body = {"recipient": {"user_id": id_of("user_id", user_id)}, "sender_action": action}
        await self._call("openapi", "POST", "/v2.0/oa/message", access_token, json_body=body, repeatable=True)

    async def _send_cs(self, access_token: str, path: str, recipient: dict, message) -> Sent:
        body = {"recipient": recipient, "message": message.to_wire()}
        return _sent(await self._call("openapi", "POST", path, access_token, json_body=body))


def new_tracking_id(prefix: str = "") -> str:
    """A tracking id nobody else uses; `prefix` (a province, say) of at most 16 characters."""
    return f"{prefix[:16]}-{secrets.token_hex(12)}" if prefix else secrets.token_hex(12)


def _template_body(whom: dict, template: ZbsTemplate, tracking_id: str, mode, sending_mode) -> dict:
    tracking_id = text_of("tracking_id", tracking_id, TRACKING_MAX)
    if mode not in _MODES:
        refuse("mode", "Chế độ gửi chỉ có “development”. Xin bỏ trống khi gửi thật.")
    if sending_mode not in _SENDING_MODES:
        refuse("sending_mode", "Cách gửi chỉ có “1” và “3”. Xin chọn lại.")
    body = whom | template.to_wire() | {"tracking_id": tracking_id}
    if mode:
        body["mode"] = mode
    if sending_mode:
        body["sending_mode"] = sending_mode
    return body


def _sent(answer: Answer) -> Sent:
    data = as_mapping(answer.data)
    message_id = as_id(data.get("message_id")) or as_id(data.get("msg_id"))
    if message_id is None:
        # Accepted, yet without an id nothing can be matched with its webhooks: to be reconciled.
        raise ZaloUncertain(details={"cause": "accepted_without_id"})
    quota = {name: as_text(value) for name, value in as_mapping(data.get("quota")).items()}
    return Sent(
        message_id,
        as_time(data.get("sent_time")) or datetime.now(UTC),
        {name: value for name, value in quota.items() if value is not None},
        answer.rate_remain,
    )
