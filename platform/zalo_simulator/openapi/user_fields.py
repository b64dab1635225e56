"""Custom fields an account keeps about its people: their definitions, and values through user/update."""

import json
from typing import Any

from ..call import Call
from ..errors import ZaloError
from ..world.ids import new_number
from .buttons import read_text
from .consultation import find_chat

MAX_FIELDS = 100
TYPES = ("string", "text", "number", "date", "boolean", "select")


def show(call: Call) -> Any:
    """GET (some clients POST) /v3.0/oa/userfield/get: all, one by `key`, `name` or `id`, or a person's values."""
    arguments = call.any_arguments()
    rows = call.world.user_fields.get(call.oa.oa_id, [])
    if "user_id" in arguments:
        chat = find_chat(call, arguments["user_id"])
        values = [row | {"value": chat.fields.get(row["key"], "")} for row in rows]
        return {
            "user_id": chat.uid,
            "display_name": call.world.citizens[chat.citizen_id].name,
            "fields": values,
        }
    wanted = {name: str(arguments[name]) for name in ("id", "key", "name") if arguments.get(name)}
    return [row for row in rows if all(str(row[name]) == value for name, value in wanted.items())]


def create(call: Call) -> dict:
    """POST /v3.0/oa/userfield/create"""
    fields = _read(call)
    rows = call.world.user_fields.setdefault(call.oa.oa_id, [])
    name = read_text(fields.get("name"), "name", 100)
    key = str(fields.get("key") or name)
    if any(row["key"] == key for row in rows):
        raise ZaloError(-201, "key is invalid")
    if len(rows) >= MAX_FIELDS:
        raise ZaloError(-210, f"an account has at most {MAX_FIELDS} fields")
    kind = fields.get("data_type", fields.get("type", "string"))
    if kind not in TYPES:
        raise ZaloError(-201, "data_type is invalid")
    row = fields | {"id": new_number(), "key": key, "name": name, "data_type": kind}
    rows.append(row)
    call.world.touch()
    return row


def update(call: Call) -> dict:
    """POST /v3.0/oa/userfield/update: `key` and `data_type` cannot change."""
    fields = _read(call)
    row = _find(call, fields)
    if fields.get("data_type", row["data_type"]) != row["data_type"]:
        raise ZaloError(-201, "data_type cannot be changed")
    row |= {name: value for name, value in fields.items() if name not in ("id", "key")}
    call.world.touch()
    return row


def delete(call: Call) -> dict:
    """POST /v3.0/oa/userfield/delete"""
    row = _find(call, _read(call))
    call.world.user_fields[call.oa.oa_id].remove(row)
    for chat in call.world.chats_of_account(call.oa.oa_id):
        chat.fields.pop(row["key"], None)
    call.world.touch()
    return {"id": row["id"], "key": row["key"], "name": row["name"]}


def _read(call: Call) -> dict:
    fields = call.fields()
    if len(json.dumps(fields)) > 2_000:
        raise ZaloError(-210, "body exceeds 2000 characters")
    return fields


def _find(call: Call, fields: dict) -> dict:
    for row in call.world.user_fields.get(call.oa.oa_id, []):
        for name in ("id", "key", "name"):
            if fields.get(name) and str(fields[name]) == row[name]:
                return row
    raise ZaloError(-201, "name is invalid")
