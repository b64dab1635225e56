from .. import groups as rules
from ..call import Call
from ..errors import ZaloError
from ..webhooks import events
from ..world.records import Message
from ..world.rooms import Group
from .composing import read_message
from .groups import find_group
from .history import TYPES
from .users import read_page

MAX_COUNT = 50


def send(call: Call) -> dict:
    """POST /v3.0/oa/group/message: one endpoint for text, pictures, files and stickers; free, at any hour."""
    fields = call.fields()
    recipient, given = fields.get("recipient"), fields.get("message")
    if not isinstance(recipient, dict) or not isinstance(given, dict):
        raise ZaloError(-201, "recipient or message is invalid")
    group = find_group(call, recipient.get("group_id"))
    if rules.status_of(call.world, group) != "enabled":
        raise ZaloError(-237)
    message = read_message(call, given, group.find)
    if message.kind not in rules.OA_KINDS:
        raise ZaloError(-233)
    call.world.stats.accepted[call.oa.oa_id, message.kind] += 1
    rules.post(call.services, group, message)
    body = events.group_message(group, message, group.oa_id)
    call.services.webhooks.emit(group.oa_id, group.group_id, f"oa_send_group_{message.kind}", body)
    return {
        "message_id": message.message_id,
        "group_id": group.group_id,
        "sent_time": str(message.sent_at_ms),
    }


def conversation(call: Call) -> list[dict]:
    """GET /v3.0/oa/group/conversation: newest first."""
    arguments = call.arguments()
    group = find_group(call, arguments.get("group_id"))
    offset, count = read_page({"count": 5} | arguments, MAX_COUNT)
    return [_row(call, group, message) for message in group.messages[::-1][offset : offset + count]]


def recent_chats(call: Call) -> list[dict]:
    """GET /v3.0/oa/group/listrecentchat: the last message of each group, newest first."""
    offset, count = read_page({"count": 5} | call.arguments(), MAX_COUNT)
    mine = [g for g in call.world.groups.values() if g.oa_id == call.oa.oa_id and g.messages]
    mine.sort(key=lambda group: group.messages[-1].sent_at_ms, reverse=True)
    return [_row(call, group, group.messages[-1]) for group in mine[offset : offset + count]]


def _row(call: Call, group: Group, message: Message) -> dict:
    base = f"{call.request.scheme}://{call.request.host}/cdn/avatars"
    from_id, name = group.oa_id, call.oa.name
    if message.sender == "user":
        author = message.content["author"]
        from_id = call.world.chat_between(group.oa_id, author).uid
        name = call.world.citizens[author].name
    row = {
        "src": 0 if message.sender == "oa" else 1,
        "time": message.sent_at_ms,
        "sent_time": str(message.sent_at_ms),
        "type": TYPES.get(message.kind, "nosupport"),
        "message": message.text,
        "message_id": message.message_id,
        "from_id": from_id,
        "from_display_name": name,
        "from_avatar": f"{base}/{from_id}",
        "group_id": group.group_id,
        "to_id": group.group_id,
        "to_display_name": group.name,
        "to_avatar": f"{base}/{group.group_id}",
    }
    if "url" in message.content:
        row |= {"url": message.content["url"], "thumb": message.content["url"]}
    return row
