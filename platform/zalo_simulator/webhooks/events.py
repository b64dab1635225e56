"""Bodies of webhook events; each function answers the fields after app_id, event_name and timestamp."""

from ..world.chats import Chat
from ..world.records import CallConsent, Citizen, Journey, Message, Rating
from ..world.rooms import Group, Visitor

_ECHO_NAMES = {
    "text": "oa_send_text",
    "buttons": "oa_send_text",
    "image": "oa_send_image",
    "gif": "oa_send_gif",
    "sticker": "oa_send_sticker",
    "file": "oa_send_file",
    "list": "oa_send_list",
    "request_user_info": "oa_send_list",
    "zbs": "oa_send_template",
    "card": "oa_send_template",
    "consent": "oa_send_text",
}


def echo_name(message: Message) -> str:
    return _ECHO_NAMES[message.kind]


def from_user(chat: Chat, message: dict) -> dict:
    return {"sender": {"id": chat.uid}, "recipient": {"id": chat.oa_id}, "message": message}


def from_account(chat: Chat, message: dict) -> dict:
    return {"sender": {"id": chat.oa_id}, "recipient": {"id": chat.uid}, "message": message}


def echo(chat: Chat, message: Message, admin_id: str = "") -> dict:
    """What the account sent; `admin_id` when a person wrote it in OA Manager."""
    body: dict = {"msg_id": message.message_id, "text": message.text}
    attachments = _echo_attachments(message)
    if attachments:
        body["attachments"] = attachments
    event = from_account(chat, body)
    if admin_id:
        event["sender"]["admin_id"] = admin_id
    return event


def message_body(message: Message) -> dict:
    """The `message` of an event about a group or a visitor, in either direction."""
    body: dict = {"msg_id": message.message_id, "text": message.text}
    attachments = message.content.get("attachments") or _echo_attachments(message)
    if attachments:
        body["attachments"] = attachments
    return body


def visitor_message(visitor: Visitor, message: Message) -> dict:
    """anonymous_send_* and oa_send_anonymous_*: no user id, but a conversation."""
    people = {"id": visitor.anonymous_id}, {"id": visitor.oa_id}
    sender, recipient = people if message.sender == "user" else people[::-1]
    body = {"conversation_id": visitor.conversation_id} | message_body(message)
    return {"sender": sender, "recipient": recipient, "message": body}


def group_message(group: Group, message: Message, sender_id: str) -> dict:
    """user_send_group_* and oa_send_group_*: the recipient is the group."""
    body = {"oa_id": group.oa_id, "sender": {"id": sender_id}, "recipient": {"id": group.group_id}}
    return body | {"message": message_body(message)}


def group_change(group: Group, uids: list[str] | None = None) -> dict:
    body: dict = {"oa_id": group.oa_id, "group_id": group.group_id}
    return body if uids is None else body | {"users": [{"id": uid} for uid in uids]}


def _echo_attachments(message: Message) -> list[dict]:
    content = message.content
    match message.kind:
        case "image" | "gif":
            payload = {"thumbnail": content["url"], "url": content["url"]}
            return [{"type": message.kind, "payload": payload}]
        case "sticker":
            return [{"type": "sticker", "payload": {"id": content["sticker_id"], "url": content["url"]}}]
        case "file":
            return [{"type": "file", "payload": content["file"]}]
        case "list" | "request_user_info":
            return [
                {
                    "type": "link",
                    "payload": {
                        "thumbnail": element.get("image_url", ""),
                        "title": element.get("title", ""),
                        "description": element.get("subtitle", ""),
                        "url": element.get("url", ""),
                    },
                }
                for element in content["elements"]
            ]
        case "zbs" | "card":
            payload = {
                "zinstant_id": message.template_id,
                "text": message.text,
                "link_url": next((_address(b["payload"]) for b in content["buttons"] if b["payload"]), ""),
                "checksum": message.message_id,
            }
            return [{"type": "template", "payload": payload}]
    return []


def _address(payload: str | dict) -> str:
    return payload if isinstance(payload, str) else payload.get("url", "")


def follow(chat: Chat, source: str) -> dict:
    return {"oa_id": chat.oa_id, "follower": {"id": chat.uid}, "source": source}


def submit_info(chat: Chat, info: dict) -> dict:
    return {"sender": {"id": chat.uid}, "recipient": {"id": chat.oa_id}, "info": info}


def shared_info(citizen: Citizen) -> dict:
    """The `info` of user_submit_info, in its present form with full_address."""
    return {
        "name": citizen.name,
        "phone": citizen.phone,
        "user_dob": citizen.birth_date,
        "gender": citizen.gender,
        "full_address": {
            "user_city": citizen.city,
            "user_ward": citizen.ward,
            "user_address": citizen.address,
        },
    }


def received(chat: Chat, message: Message) -> dict:
    return from_account(chat, {"msg_id": message.message_id})


def received_by_phone(oa_id: str, recipient: str, message: Message, at_ms: int) -> dict:
    body = {"delivery_time": str(at_ms), "msg_id": message.message_id, "tracking_id": message.tracking_id}
    return {"sender": {"id": oa_id}, "recipient": {"id": recipient}, "message": body}


def seen(chat: Chat, message_ids: list[str]) -> dict:
    return from_account(chat, {"msg_ids": message_ids})


def feedback(rating: Rating) -> dict:
    return {
        "oa_id": rating.oa_id,
        "message": {
            "note": rating.note,
            "rate": rating.rate,
            "submit_time": str(rating.submitted_at_ms),
            "msg_id": rating.message_id,
            "feedbacks": rating.feedbacks,
            "tracking_id": rating.tracking_id,
        },
    }


def response_button(oa_id: str, message: Message, label: str, at_ms: int) -> dict:
    body = {
        "submit_time": str(at_ms),
        "button_type": "response",
        "data": label,
        "tracking_id": message.tracking_id,
    }
    return {"oa_id": oa_id, "msg_id": message.message_id, "message": body}


def template_status(oa_id: str, template_id: str, before: str, after: str, reason: str) -> dict:
    return {
        "oa_id": oa_id,
        "template_id": template_id,
        "status": {"prev_status": before, "new_status": after},
        "reason": reason,
    }


def template_quality(oa_id: str, template_id: str, before: str, after: str) -> dict:
    quality = {"prev_quality": before, "new_quality": after}
    return {"oa_id": oa_id, "template_id": template_id, "quality": quality}


def daily_quota(oa_id: str, before: int, after: int) -> dict:
    """The one event that spells its account `oaId`."""
    return {"oaId": oa_id, "quota": {"prev_value": str(before), "new_value": str(after)}}


def template_tags(oa_id: str, before: list[str], after: list[str]) -> dict:
    return {"oa_id": oa_id, "tags": {"prev_tags": before, "new_tags": after}}


def tag(oa_id: str, name: str, uids: list[str] | None) -> dict:
    """`remove_tag` names the tag alone: `uids` None."""
    return {"oa_id": oa_id, "tag": {"name": name} if uids is None else {"name": name, "user_ids": uids}}


def template_quota(oa_id: str, template_id: str, before: int, after: int) -> dict:
    quota = {"prev_quota": str(before), "new_quota": str(after)}
    return {"oa_id": oa_id, "template_id": template_id, "quota": quota}


def consent_request(consent: CallConsent) -> dict:
    """oa_send_consent: the request was sent, or nobody answered it in time."""
    return {
        "oa_id": consent.oa_id,
        "phone": consent.phone,
        "request_type": "EXPIRED" if consent.state == "EXPIRED" else "SENT",
        "call_type": consent.call_type,
        "create_time": str(consent.created_at_ms),
        "expired_time": str(consent.expires_at_ms),
    }


def consent_reply(consent: CallConsent) -> dict:
    """`expired_time` 0 says that the account may call without limit of time."""
    return {
        "oa_id": consent.oa_id,
        "phone": consent.phone,
        "user_consent": consent.state,
        "confirmed_time": str(consent.confirmed_at_ms),
        "expired_time": "0",
    }


def call_ended(oa_id: str, uid: str, phone: str, call: dict) -> dict:
    return {"oa_id": oa_id, "user_id": uid, "phone": phone} | call


def journey(record: Journey) -> dict:
    return {
        "oa_id": record.oa_id,
        "journey_id": record.journey_id,
        "phone": record.phone,
        "created_time": str(record.created_at_ms),
        "expired_time": str(record.expires_at_ms),
    }


def widget(oa_id: str, uid: str, external_id: str, **more: str) -> dict:
    return {"oa_id": oa_id, "data": {"user_id": uid, "user_external_id": external_id} | more}
