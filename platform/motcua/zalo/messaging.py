"""Sending to who is in the chat: consultation messages, templates by user id, groups, web visitors, reactions."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from .call import Answer, Caller
from .errors import ZaloUncertain
from .limits import id_of, refuse
from .messages import ConsultationMessage, ZbsTemplate
from .reading import as_id, as_mapping, as_text, as_time

REACTIONS = (":>", "--b", ":-((", "/-strong", "/-heart", ":-h", ":o", "/-remove")


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
        return await self._send_cs(access_token, self.dialect.visitor_path, recipient, message)

    async def send_to_group(self, access_token: str, group_id: str, message: ConsultationMessage) -> Sent:
        """One message to a group (GMF) the OA is in."""
        recipient = {"group_id": id_of("group_id", group_id)}
        return await self._send_cs(access_token, "/v3.0/oa/group/message", recipient, message)

    async def send_template_to_user(self, access_token: str, user_id: str, template: ZbsTemplate) -> Sent:
        """A template by user id; there is no tracking id here: match webhooks by the message id."""
        whom: dict = {"user_id": id_of("user_id", user_id)}
        body = ({"recipient": whom} if self.dialect.nested_recipient else whom) | template.to_wire()
        answer = await self._call(
            "openapi", "POST", "/v3.0/oa/message/template", access_token, json_body=body
        )
        return sent_of(answer)

    async def react(self, access_token: str, user_id: str, message_id: str, icon: str) -> None:
        """React to a citizen's message with one of REACTIONS; "/-remove" takes reactions back."""
        if icon not in REACTIONS:
            refuse("icon", "Biểu tượng này Zalo không có. Xin chọn trong danh sách cho sẵn.")
        action = {"react_icon": icon, "react_message_id": id_of("message_id", message_id)}
        body = {"recipient": {"user_id": id_of("user_id", user_id)}, "sender_action": action}
        await self._call("openapi", "POST", "/v2.0/oa/message", access_token, json_body=body, repeatable=True)

    async def _send_cs(self, access_token: str, path: str, recipient: dict, message) -> Sent:
        body = {"recipient": recipient, "message": message.to_wire()}
        return sent_of(await self._call("openapi", "POST", path, access_token, json_body=body))


def sent_of(answer: Answer) -> Sent:
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
