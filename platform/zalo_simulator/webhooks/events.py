"""Bodies of webhook events; each function answers the fields after app_id, event_name and timestamp."""

from ..world.chats import Chat
from ..world.records import Citizen, Message, Rating

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
        case "zbs":
            payload = {
                "zinstant_id": message.template_id,
                "text": message.text,
                "link_url": next((b["payload"] for b in content["buttons"] if b["payload"]), ""),
                "checksum": message.message_id,
            }
            return [{"type": "template", "payload": payload}]
    return []


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
