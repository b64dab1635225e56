import re
from datetime import datetime, timedelta

from ..call import Call
from ..errors import ZaloError
from ..services import Services
from ..world.chats import Chat
from ..world.clock import VIETNAM, local_day
from ..world.ids import user_id_by_app
from .consultation import find_chat

MAX_COUNT = 50
MAX_OFFSET = 9_951
_INFO = {
    "name": "name",
    "phone": "phone",
    "address": "address",
    "city_id": "city",
    "district_id": "district",
    "user_dob": "user_dob",
}
_RANGE = re.compile(r"(\d{4}_\d{2}_\d{2}):(\d{4}_\d{2}_\d{2})")


def detail(call: Call) -> dict:
    """GET /v3.0/oa/user/detail"""
    chat = find_chat(call, call.arguments().get("user_id"))
    if not chat.has_relation and not chat.is_follower and chat.last_interaction_ms is None:
        raise ZaloError(-213)
    citizen = call.world.citizens[chat.citizen_id]
    avatar = f"{call.request.scheme}://{call.request.host}/cdn/avatars/{chat.uid}"
    return {
        "user_id": chat.uid,
        "user_id_by_app": user_id_by_app(call.app.app_id, chat.citizen_id),
        "user_external_id": chat.external_id,
        "display_name": citizen.name,
        "user_alias": chat.alias or citizen.name,
        "is_sensitive": False,
        "user_last_interaction_date": last_interaction_date(chat),
        "user_is_follower": chat.is_follower,
        "avatar": f"{avatar}?size=120",
        "avatars": {"120": f"{avatar}?size=120", "240": f"{avatar}?size=240"},
        "dynamic_param": "",
        "tags_and_notes_info": {"notes": chat.notes, "tag_names": chat.tags},
        "shared_info": chat.shared_info
        or {"address": "", "city": "", "district": "", "phone": "", "name": "", "user_dob": ""},
    }


def last_interaction_date(chat: Chat) -> str:
    """DD/MM/YYYY; "" when there was none."""
    if chat.last_interaction_ms is None:
        return ""
    year, month, day = local_day(chat.last_interaction_ms).split("-")
    return f"{day}/{month}/{year}"


def get_list(call: Call) -> dict:
    """GET /v3.0/oa/user/getlist"""
    arguments = call.arguments()
    offset, count = read_page(arguments, MAX_COUNT, MAX_OFFSET)
    chats = [chat for chat in call.world.chats_of_account(call.oa.oa_id) if _matches(call, chat, arguments)]
    users = [{"user_id": chat.uid} for chat in chats[offset : offset + count]]
    return {"total": len(chats), "count": len(users), "offset": offset, "users": users}


def _matches(call: Call, chat: Chat, arguments: dict) -> bool:
    if chat.last_interaction_ms is None:
        return False
    wanted = arguments.get("is_follower")
    if wanted is not None and chat.is_follower != (str(wanted).lower() in ("true", "1")):
        return False
    tag = arguments.get("tag_name")
    if tag and tag not in chat.tags:
        return False
    period = arguments.get("last_interaction_period")
    return not period or _in_period(call, chat.last_interaction_ms, str(period))


def _in_period(call: Call, at_ms: int, period: str) -> bool:
    today = call.world.clock.local_now().date()
    first, last = today, today
    match period:
        case "TODAY":
            pass
        case "YESTERDAY":
            first = last = today - timedelta(days=1)
        case "L7D":
            first = today - timedelta(days=7)
        case "L30D":
            first = today - timedelta(days=30)
        case _:
            found = _RANGE.fullmatch(period)
            if found is None:
                raise ZaloError(-201, "last_interaction_period is invalid")
            try:
                first, last = (
                    datetime.strptime(day, "%Y_%m_%d").replace(tzinfo=VIETNAM).date()
                    for day in found.groups()
                )
            except ValueError:
                raise ZaloError(-201, "last_interaction_period is invalid") from None
    return first.isoformat() <= local_day(at_ms) <= last.isoformat()


def read_page(arguments: dict, max_count: int, max_offset: int = 2**31) -> tuple[int, int]:
    """(offset, count): -201 when they are no numbers, -210 beyond the ceiling."""
    try:
        offset, count = int(arguments.get("offset", 0)), int(arguments.get("count", max_count))
    except (TypeError, ValueError):
        raise ZaloError(-201, "offset or count is invalid") from None
    if offset < 0 or count < 1:
        raise ZaloError(-201, "offset or count is invalid")
    if count > max_count:
        raise ZaloError(-210, f"count exceeds {max_count}")
    if offset > max_offset:
        raise ZaloError(-210, f"offset exceeds {max_offset}")
    return offset, count


def update(call: Call) -> dict:
    """POST /v2.0/oa/updatefollowerinfo and /v3.0/oa/user/update"""
    fields = call.fields()
    chat = find_chat(call, fields.get("user_id"))
    change_info(call.services, chat, fields)
    return {"user_id": chat.uid}


def change_info(services: Services, chat: Chat, fields: dict) -> None:
    """What the account notes about a person, flat or under `shared_info`; the app hears update_user_info."""
    alias = fields.get("user_alias", fields.get("alias", fields.get("name")))
    if isinstance(alias, str):
        chat.alias = alias[:100]
    if isinstance(fields.get("user_external_id"), str):
        chat.external_id = fields["user_external_id"][:100]
    nested = fields.get("shared_info")
    fields = fields | nested if isinstance(nested, dict) else fields
    given = {ours: str(fields[theirs]) for theirs, ours in _INFO.items() if fields.get(theirs) is not None}
    if given:
        chat.shared_info = (chat.shared_info or {}) | given
    custom = fields.get("custom_fields", fields.get("fields"))
    if isinstance(custom, dict):
        known = {row["key"] for row in services.world.user_fields.get(chat.oa_id, [])}
        if set(custom) - known:
            raise ZaloError(-201, f"{min(set(custom) - known)} is not a field of this account")
        chat.fields |= {key: str(value)[:500] for key, value in custom.items()}
    body = {
        "oa_id": chat.oa_id,
        "user_id": chat.uid,
        "sender": {"id": chat.oa_id},
        "recipient": {"id": chat.uid},
        "info": given,
        "data": {"method": "api"},
    }
    services.webhooks.emit(chat.oa_id, chat.citizen_id, "update_user_info", body, names_user=True)
    services.world.touch()


def forget(call: Call) -> dict:
    """POST /v2.0/oa/deletefollowerinfo: what the account noted about a person goes, the chat stays."""
    chat = find_chat(call, call.fields().get("user_id"))
    chat.shared_info, chat.alias, chat.external_id = None, "", ""
    chat.fields, chat.tags, chat.notes = {}, [], []
    call.world.touch()
    return {"user_id": chat.uid}


def legacy_profile(call: Call) -> dict:
    """GET /v2.0/oa/getprofile: the old, smaller form of detail."""
    full = detail(call)
    return {
        "user_id": full["user_id"],
        "user_id_by_app": full["user_id_by_app"],
        "display_name": full["display_name"],
        "user_gender": 0,
        "avatar": full["avatar"],
        "avatars": full["avatars"],
        "shared_info": full["shared_info"],
        "tags_and_notes_info": full["tags_and_notes_info"],
    }


def legacy_followers(call: Call) -> dict:
    """GET /v2.0/oa/getfollowers"""
    offset, count = read_page(call.arguments(), MAX_COUNT)
    chats = [chat for chat in call.world.chats_of_account(call.oa.oa_id) if chat.is_follower]
    return {"total": len(chats), "followers": [{"user_id": c.uid} for c in chats[offset : offset + count]]}
