from ..call import Call
from ..world.chats import Chat
from ..world.records import Message
from .consultation import find_chat
from .users import read_page

MAX_COUNT = 10
TYPES = {
    "text": "text",
    "buttons": "text",
    "zbs": "text",
    "image": "photo",
    "gif": "GIF",
    "sticker": "sticker",
    "link": "link",
    "list": "link",
    "request_user_info": "link",
    "audio": "voice",
    "location": "location",
}


def recent_chats(call: Call) -> list[dict]:
    """GET /v2.0/oa/listrecentchat: the last message of each chat, newest first."""
    offset, count = read_page(call.arguments(), MAX_COUNT)
    last = [
        (chat, shown[-1]) for chat in call.world.chats_of_account(call.oa.oa_id) if (shown := _visible(chat))
    ]
    last.sort(key=lambda row: row[1].sent_at_ms, reverse=True)
    return [_row(call, chat, message) for chat, message in last[offset : offset + count]]


def conversation(call: Call) -> list[dict]:
    """GET /v2.0/oa/conversation: newest first."""
    arguments = call.arguments()
    offset, count = read_page(arguments, MAX_COUNT)
    chat = find_chat(call, arguments.get("user_id"))
    return [_row(call, chat, message) for message in _visible(chat)[::-1][offset : offset + count]]


def _visible(chat: Chat) -> list[Message]:
    """What passed through the chat; messages sent by phone are not shown to the account's API."""
    return [message for message in chat.messages if message.channel != "phone"]


def _row(call: Call, chat: Chat, message: Message) -> dict:
    base = f"{call.request.scheme}://{call.request.host}/cdn/avatars"
    account = (chat.oa_id, call.oa.name, call.oa.avatar_url or f"{base}/{chat.oa_id}")
    person = (chat.uid, call.world.citizens[chat.citizen_id].name, f"{base}/{chat.uid}")
    source, target = (account, person) if message.sender == "oa" else (person, account)
    row = {
        "src": 0 if message.sender == "oa" else 1,
        "time": message.sent_at_ms,
        "type": TYPES.get(message.kind, "nosupport"),
        "message": message.text,
        "message_id": message.message_id,
        "from_id": source[0],
        "to_id": target[0],
        "from_display_name": source[1],
        "from_avatar": source[2],
        "to_display_name": target[1],
        "to_avatar": target[2],
    }
    content = message.content
    if "url" in content:
        row |= {"url": content["url"], "thumb": content["url"], "description": message.text}
    if "coordinates" in content:
        row["location"] = content["coordinates"]
    if "elements" in content:
        row["links"] = [
            {
                "title": card.get("title", ""),
                "url": card.get("url", ""),
                "thumb": card.get("image_url", ""),
                "description": card.get("subtitle", ""),
            }
            for card in content["elements"]
        ]
    return row
