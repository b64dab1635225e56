"""Reading a webhook: any bytes in, a typed event or WebhookMalformed out.

The signature is checked before, on the raw bytes (`signature.verify`). Nothing here trusts the body:
wrong types come out as None, never as another exception.
"""

import hashlib
import re

from motcua.core.errors import MotcuaError

from .reading import as_id, as_mapping, as_text, as_time, read_event
from .webhook_builders import EXACT, PREFIXES, unknown
from .webhook_events import Event

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.\-]{0,63}", re.ASCII)
_LONGEST_KEY = 160
# A reaction names the message reacted to, and one citizen may react again: its whole body counts.
_KEYED_BY_BODY = frozenset({"user_reacted_message", "oa_reacted_message"})
_FROM_OA = ("oa_", "user_received_message", "user_seen_message")


class WebhookMalformed(MotcuaError):
    """Not an event: not JSON, not an object, too large, nested too deeply, or without a name."""

    code, status = "webhook_malformed", 400
    message = "Nội dung webhook chưa đúng dạng. Xin gửi một sự kiện JSON như Zalo quy định."


def parse(raw_body: bytes, header_timestamp: str | None = None) -> Event:
    """The event in the exact bytes that Zalo posted; X-ZEvent-Timestamp counts where the body has no time.

    Raises WebhookMalformed, also for the `{}` probe (see `signature.is_probe`); never anything else.
    """
    try:
        body = read_event(raw_body)
    except ValueError:
        raise WebhookMalformed(details={"cause": "not_json"}) from None
    if not isinstance(body, dict):
        raise WebhookMalformed(details={"cause": "not_an_object"})
    name = body.get("event_name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise WebhookMalformed(details={"cause": "no_event_name"})
    common = _common(name, body, raw_body)
    if common["timestamp"] is None:
        common["timestamp"] = as_time(header_timestamp)
    return _builder(name)(body, common)


def _builder(name: str):
    if name in EXACT:
        return EXACT[name]
    for prefix, builder in PREFIXES:
        if name.startswith(prefix):
            return builder
    return unknown


def _common(name: str, body: dict, raw_body: bytes) -> dict:
    sender = as_id(as_mapping(body.get("sender")).get("id"))
    recipient = as_id(as_mapping(body.get("recipient")).get("id"))
    stated = as_id(body.get("oa_id")) or as_id(body.get("oaId"))
    oa, user = (sender, recipient) if name.startswith(_FROM_OA) else (recipient, sender)
    candidates = [stated] if stated else [oa, user]
    named = next((one for one in (user, oa) if one and one != stated), None) if stated else user
    follower = as_id(as_mapping(body.get("follower")).get("id"))
    return {
        "event_name": name,
        "app_id": as_id(body.get("app_id")),
        "timestamp": as_time(body.get("timestamp")),
        "stated_time": as_text(body.get("timestamp")),
        "oa_candidates": tuple(dict.fromkeys(one for one in candidates if one)),
        "user_id": follower or as_id(body.get("user_id")) or named,
        "user_id_by_app": as_id(body.get("user_id_by_app")),
        "event_key": _key(name, body, raw_body),
    }


def _key(name: str, body: dict, raw_body: bytes) -> str:
    """What repeats of one delivery share, and no other event does."""
    message = as_mapping(body.get("message"))
    msg_id = as_id(message.get("msg_id")) or as_id(body.get("msg_id"))
    if msg_id is None or name in _KEYED_BY_BODY:
        return f"{name}:{hashlib.sha256(raw_body).hexdigest()}"
    # One message may be answered more than once: by another button, or by a second rating.
    specifics = [as_text(message.get(field)) for field in ("submit_time", "data")]
    key = ":".join([name, msg_id, *(one for one in specifics if one)])
    if len(key) > _LONGEST_KEY or not key.isprintable():
        return f"{name}:{hashlib.sha256(key.encode()).hexdigest()}"
    return key
