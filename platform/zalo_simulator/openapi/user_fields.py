"""Custom fields an account keeps about its people: their definitions and their values."""

import json
from typing import Any

from ..call import Call
from ..errors import ZaloError
from ..world.ids import new_number
from .buttons import read_text
from .consultation import find_chat

MAX_FIELDS = 100
MAX_VALUE = 255
MAX_TABLE = 5
TYPES = (
    *("boolean", "number", "text", "datetime", "table", "email", "phone", "url"),
    *("string", "date", "select"),  # other clients' words
)
SYSTEM = {"name": "text", "phone": "phone", "user_dob": "datetime", "gender": "text", "full_address": "table"}


def show(call: Call) -> Any:
    """GET (some clients POST) /v3.0/oa/userfield/get: all, some by `key`, `name` or `id`, or a person's values."""
    arguments = call.any_arguments()
    if arguments.get("field_type") == "system":
        return [
            {"key": k, "name": k, "data_type": kind, "field_type": "system"} for k, kind in SYSTEM.items()
        ]
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
    about = {"id": new_number(), "key": key, "name": name, "data_type": kind, "field_type": "oa_custom"}
    row = fields | about
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
    """The field by the first of `id`, `key` and `name` that is given: with `key`, `name` may be its new name."""
    name = next((name for name in ("id", "key", "name") if fields.get(name)), "name")
    for row in call.world.user_fields.get(call.oa.oa_id, []):
        if str(fields.get(name)) == row[name]:
            return row
    raise ZaloError(-201, f"{name} is invalid")


def show_values(call: Call) -> dict:
    """GET /v3.0/oa/user/detail/custominfo: every value is text, tables are objects of texts."""
    arguments = call.arguments()
    chat = find_chat(call, arguments.get("user_id"))
    wanted = arguments.get("fields_to_export")
    wanted = wanted.split(",") if isinstance(wanted, str) else wanted
    custom = {
        row["key"]: chat.fields.get(row["key"], "")
        for row in call.world.user_fields.get(call.oa.oa_id, [])
        if not wanted or row["key"] in wanted
    }
    return {"user_id": chat.uid, "user_external_id": chat.external_id, "custom_info": custom}


def change_values(call: Call) -> dict:
    """POST /v3.0/oa/user/update/custominfo"""
    fields = call.fields()
    chat = find_chat(call, fields.get("user_id"))
    given = fields.get("custom_info")
    if not isinstance(given, dict) or not given:
        raise ZaloError(-201, "custom_info is invalid")
    kinds = {row["key"]: row["data_type"] for row in call.world.user_fields.get(call.oa.oa_id, [])}
    checked = {key: _value(key, kinds.get(key), value) for key, value in given.items()}
    chat.fields |= checked
    call.world.touch()
    return {"user_id": chat.uid}


def _value(key: str, kind: str | None, value: Any) -> str | dict[str, str]:
    if kind is None or isinstance(value, dict) != (kind == "table"):
        raise ZaloError(-201, f"custom_info.{key} is invalid")
    if not isinstance(value, dict):
        return _text(key, value)
    if not 1 <= len(value) <= MAX_TABLE:
        raise ZaloError(-210, f"custom_info.{key} exceeds {MAX_TABLE} parts")
    return {name: _text(f"{key}.{name}", part) for name, part in value.items()}


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str | int | float):
        raise ZaloError(-201, f"custom_info.{name} is invalid")
    if len(str(value)) > MAX_VALUE:
        raise ZaloError(-210, f"custom_info.{name} exceeds {MAX_VALUE} characters")
    return str(value).lower() if isinstance(value, bool) else str(value)
