from typing import Any

from .. import magic
from ..call import Call
from ..delivery import accept, refusal_of
from ..errors import ZaloError
from ..world.chats import Chat
from ..world.clock import local_day
from . import visitors
from .composing import read_message


def send(call: Call) -> dict:
    """POST /v3.0/oa/message/cs, to a person or to a visitor of a web page."""
    fields = call.fields()
    recipient, given = fields.get("recipient"), fields.get("message")
    if not isinstance(given, dict):
        raise ZaloError(-201, "message is invalid")
    if not isinstance(recipient, dict):
        raise ZaloError(-201, "recipient is invalid")
    if "anonymous_id" in recipient or "conversation_id" in recipient:
        return visitors.send(call, recipient, given)
    chat = _recipient(call, recipient)
    message = read_message(call, given, chat.find)
    quota = _spend_reply(call, chat)
    accept(call.services, chat, message)
    return {
        "message_id": message.message_id,
        "user_id": chat.uid,
        "sent_time": str(message.sent_at_ms),
        "quota": quota,
    }


def find_reachable(call: Call, user_id: Any) -> Chat:
    """The chat of a user id that this account may write to; magic ids act here."""
    chat = find_chat(call, user_id)
    if not chat.has_relation:
        raise ZaloError(-213)
    refusal = refusal_of(call.world.citizens[chat.citizen_id], call.oa.oa_id)
    if refusal:
        raise ZaloError(refusal)
    return chat


def find_chat(call: Call, user_id: Any) -> Chat:
    """The chat of a user id known to this account: -201 when malformed, -213 when nobody's."""
    uid = str(user_id) if isinstance(user_id, int | str) else ""
    if not uid.isdigit():
        raise ZaloError(-201, "user_id is invalid")
    chat = call.world.chat_by_uid(call.oa.oa_id, uid)
    if chat is None:
        magic.check_uid(uid)
        raise ZaloError(-213)
    return chat


def _recipient(call: Call, recipient: dict) -> Chat:
    if "user_id" in recipient:
        return find_reachable(call, recipient["user_id"])
    if "message_id" in recipient:
        found = call.world.find_message(str(recipient["message_id"]))
        if found is None or found[0].oa_id != call.oa.oa_id or found[1].sender != "user":
            raise ZaloError(-201, "message_id is invalid")
        return find_reachable(call, found[0].uid)
    raise ZaloError(-201, "recipient.user_id is invalid")


def _spend_reply(call: Call, chat: Chat) -> dict:
    """Check the windows and count the message; answers the `quota` object."""
    settings, oa, now = call.world.settings, call.oa, call.now_ms
    since_ms = now - (chat.last_interaction_ms or 0)
    if since_ms > settings.cs_window_s * 1000:
        raise ZaloError(settings.cs_window_error)
    cap = settings.cs_reply_cap
    if since_ms <= settings.cs_free_window_s * 1000 and (not cap or chat.free_replies < cap):
        chat.free_replies += 1
        total = cap or 8
        left = cap - chat.free_replies if cap else 8
        expires = (chat.last_interaction_ms or 0) + settings.cs_free_window_s * 1000
        return _quota("reply", left, total, str(expires), oa.oa_id)
    month = local_day(now)[:7]
    if oa.cs_month != month:
        oa.cs_month, oa.cs_used = month, 0
    if oa.cs_used >= settings.cs_monthly_quota:
        raise ZaloError(-311 if since_ms <= settings.cs_free_window_s * 1000 else -211)
    oa.cs_used += 1
    total = settings.cs_monthly_quota
    return _quota("sub_quota", total - oa.cs_used, total, month, oa.oa_id)


def _quota(kind: str, left: int, total: int, expires: str, owner: str) -> dict:
    return {
        "quota_type": kind,
        "remain": str(left),
        "total": str(total),
        "expired_date": expires,
        "owner_type": "OA",
        "owner_id": owner,
    }
