"""Messages to people who write from the chat widget of a web page, without a Zalo identity."""

from ..call import Call
from ..errors import ZaloError
from ..webhooks import events
from ..world.clock import wall_ms
from ..world.records import Message
from ..world.rooms import Visitor
from .composing import read_message

KINDS = ("text", "image", "file", "sticker")


def send(call: Call, recipient: dict, given: dict) -> dict:
    """A consultation message to `anonymous_id` and `conversation_id`, both needed."""
    visitor = find_visitor(call, recipient)
    message = read_message(call, given, visitor.find)
    if message.kind not in KINDS:
        raise ZaloError(-233)
    if call.now_ms - visitor.last_interaction_ms > call.world.settings.cs_window_s * 1000:
        raise ZaloError(-232)
    call.world.stats.accepted[call.oa.oa_id, message.kind] += 1
    _deliver(call, visitor, message)
    return {
        "message_id": message.message_id,
        "anonymous_id": visitor.anonymous_id,
        "conversation_id": visitor.conversation_id,
        "sent_time": str(message.sent_at_ms),
    }


def find_visitor(call: Call, recipient: dict) -> Visitor:
    visitor = call.world.visitors.get(str(recipient.get("anonymous_id")))
    if visitor is None or visitor.oa_id != call.oa.oa_id:
        raise ZaloError(-201, "recipient.anonymous_id is invalid")
    if str(recipient.get("conversation_id")) != visitor.conversation_id:
        raise ZaloError(-201, "recipient.conversation_id is invalid")
    return visitor


def _deliver(call: Call, visitor: Visitor, message: Message) -> None:
    message.received_at_ms = wall_ms()
    visitor.keep(message)
    visitor.unread += 1
    call.world.touch()
    call.services.hub.tell_page(visitor.page, "message", {"message": message.view()})
    body = events.visitor_message(visitor, message)
    call.services.webhooks.emit(visitor.oa_id, visitor.page, f"oa_send_anonymous_{message.kind}", body)
