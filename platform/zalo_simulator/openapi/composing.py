from collections.abc import Callable

from ..call import Call
from ..errors import ZaloError
from ..world.ids import new_message_id
from ..world.records import Message
from .attachments import read_attachment

MAX_TEXT = 2_000


def read_message(call: Call, given: dict, find: Callable[[str], Message | None]) -> Message:
    """The `message` object of any consultation-like send; `find` looks a quoted message up."""
    text = given.get("text")
    if text is not None and not isinstance(text, str):
        raise ZaloError(-201, "message.text is invalid")
    if text and len(text) > MAX_TEXT:
        raise ZaloError(-210, f"message.text exceeds {MAX_TEXT} characters")
    kind, content = "text", {}
    if given.get("attachment") is not None:
        kind, content = read_attachment(call, given["attachment"])
    if kind in ("text", "buttons") and not (text or "").strip():
        raise ZaloError(-201, "message.text is empty")
    if kind in ("list", "request_user_info"):
        text = text or content["elements"][0]["title"]
    quoted = given.get("quote_message_id")
    if quoted:
        original = find(quoted) if isinstance(quoted, str) else None
        if original is None:
            raise ZaloError(-201, "quote_message_id is invalid")
        content["quote"] = {"message_id": quoted, "text": original.text[:200]}
    return Message(new_message_id(), "oa", kind, text or "", call.now_ms, content=content)
