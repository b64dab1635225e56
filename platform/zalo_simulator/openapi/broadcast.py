from ..call import Call
from ..delivery import accept, refusal_of
from ..errors import ZaloError
from ..webhooks import events
from ..world.ids import new_message_id
from ..world.records import Message
from . import audience, consultation
from .articles import find_published
from .consultation import find_reachable

ICONS = (":>", "--b", ":-((", "/-strong", "/-heart", ":-h", ":o", "/-remove")
MAX_REACTIONS = 50


def send_v2(call: Call) -> dict:
    """POST /v2.0/oa/message: a reaction, an article for the followers, a visitor's answer; the rest is closed."""
    fields = call.fields()
    recipient = fields.get("recipient")
    if not isinstance(recipient, dict):
        raise ZaloError(-201, "recipient is invalid")
    if "sender_action" in fields:
        return _react(call, recipient, fields["sender_action"])
    if "target" in recipient:
        return _broadcast(call, fields)
    if "anonymous_id" in recipient or call.world.settings.v2_message == "open":
        return consultation.send(call)
    raise ZaloError(-240)


def _react(call: Call, recipient: dict, action: dict) -> dict:
    if not isinstance(action, dict) or action.get("react_icon") not in ICONS:
        raise ZaloError(-201, "sender_action.react_icon is invalid")
    chat = find_reachable(call, recipient.get("user_id"))
    message = chat.find(str(action.get("react_message_id")))
    if message is None:
        raise ZaloError(-201, "sender_action.react_message_id is invalid")
    icon = action["react_icon"]
    count = message.content.get("oa_reactions", 0) + 1
    if count > MAX_REACTIONS:
        raise ZaloError(-210, f"react_message_id exceeds {MAX_REACTIONS} reactions")
    message.content["oa_reactions"] = count
    message.reaction = "" if icon == "/-remove" else icon
    call.services.hub.tell(chat, "reaction", {"message_id": message.message_id, "icon": message.reaction})
    body = events.from_account(chat, {"msg_id": message.message_id, "react_icon": icon})
    call.services.webhooks.emit(chat.oa_id, chat.citizen_id, "oa_reacted_message", body, names_user=True)
    call.world.touch()
    return {"message_id": message.message_id, "user_id": chat.uid}


def _broadcast(call: Call, fields: dict) -> dict:
    message = fields.get("message")
    try:
        payload = message["attachment"]["payload"]
        elements, kind = payload["elements"], payload["template_type"]
        articles = [find_published(call, element["attachment_id"]) for element in elements]
    except (TypeError, KeyError):
        raise ZaloError(-201, "message.attachment is invalid") from None
    if kind != "media" or not 1 <= len(articles) <= 5:
        raise ZaloError(-201, "message.attachment.payload is invalid")
    wanted = audience.read_target(fields["recipient"]["target"])
    today = call.world.clock.local_now().date()
    broadcast_id = new_message_id()
    cards = [
        {
            "title": article["title"],
            "subtitle": article["description"],
            "image_url": (article["cover"].get("photo_url") or ""),
        }
        for article in articles
    ]
    for chat in call.world.chats_of_account(call.oa.oa_id):
        citizen = call.world.citizens[chat.citizen_id]
        if not chat.is_follower or refusal_of(citizen, call.oa.oa_id):
            continue
        if audience.belongs(citizen, wanted, today):
            copy = Message(
                new_message_id(), "oa", "list", cards[0]["title"], call.now_ms, content={"elements": cards}
            )
            accept(call.services, chat, copy)
    return {"message_id": broadcast_id}
