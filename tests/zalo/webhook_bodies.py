"""Webhook bodies as Zalo writes them, with made-up ids."""

import json

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
