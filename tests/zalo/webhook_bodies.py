"""Webhook bodies as Zalo writes them, with made-up ids."""

import json

from motcua.zalo.reading import MAX_EVENT_BYTES
from motcua.zalo.webhooks import parse

OA, USER, BY_APP, APP = (
    "3880000000000000001",
    "7000000000000000001",
    "5500000000000000001",
    "1234567890123456789",
)
COMMON = {"app_id": APP, "user_id_by_app": BY_APP, "timestamp": "1760000000000"}
FROM_USER = COMMON | {"sender": {"id": USER}, "recipient": {"id": OA}}
FROM_OA = COMMON | {"sender": {"id": OA}, "recipient": {"id": USER}}
ABOUT_OA = {"app_id": APP, "oa_id": OA, "timestamp": "1760000000000"}


def read(name: str, *parts: dict, **fields):
    body: dict = {"event_name": name}
    for part in parts:
        body |= part
    return parse(json.dumps(body | fields).encode())


def heavy_bodies() -> dict[str, tuple[bytes, bool]]:
    """Bodies made to be slow to read, and whether they are events all the same."""
    head, room = b'{"event_name":"user_send_text","timestamp":"1","x":', MAX_EVENT_BYTES - 200
    text = b'{"event_name":"user_send_text","message":{"text":"' + "ế".encode() * (room // 3) + b'"}}'
    ids = b'{"event_name":"user_seen_message","message":{"msg_ids":[' + b'"a",' * 19_000 + b'"b"]}}'
    keys = b'{"event_name":"follow"' + b"".join(b',"%d":1' % n for n in range(19_000)) + b"}"
    return {
        "brackets": (b"[" * MAX_EVENT_BYTES, False),
        "objects": (b'{"a":' * (room // 5), False),
        "flat lists": (head + b"[" + b"[]," * (room // 3) + b"[]]}", False),
        "flat objects": (head + b"[" + b'{"a":1},' * (room // 8) + b"{}]}", False),
        "numbers": (head + b"[" + b"1," * (room // 2) + b"1]}", False),
        "one long number": (head + b"9" * room + b"}", False),
        "numbers as long as may be": (head + b"[" + (b"9" * 4300 + b",") * (room // 4301) + b"1]}", True),
        "one long fraction": (head + b"0." + b"9" * room + b"}", True),
        "one long exponent": (head + b"1e" + b"9" * room + b"}", True),
        "half emoji": (head + b'"' + b"\\ud800" * (room // 6) + b'"}', False),
        "escapes": (head + b'"' + b"\\u0000" * (room // 6) + b'"}', False),
        "one long text": (text, True),
        "one long id": (b'{"event_name":"user_send_text","message":{"msg_id":"' + b"a" * room + b'"}}', True),
        "many ids": (ids, True),
        "many keys": (keys, True),
        "the same key": (b'{"event_name":"follow"' + b',"oa_id":1' * 19_000 + b"}", True),
        "too large": (b" " * (MAX_EVENT_BYTES + 1), False),
        "far too large": (b" " * (20 * MAX_EVENT_BYTES), False),
    }
