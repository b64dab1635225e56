from typing import Any

from ..business import promotion
from ..call import Call
from ..errors import ZaloError
from ..world.clock import local_day
from ..world.ids import uid_for
from . import groups
from .buttons import read_buttons
from .consultation import find_chat

_PRODUCTS, _QUOTAS = ("cs", "transaction", "promotion"), ("sub_quota", "purchase_quota", "reward_quota")
_MENU_NAMES = ("menu", "menu_items", "offical_account_menu")


def get_account(call: Call) -> dict:
    """GET /v2.0/oa/getoa"""
    oa = call.oa
    followers = sum(1 for chat in call.world.chats_of_account(oa.oa_id) if chat.is_follower)
    base = f"{call.request.scheme}://{call.request.host}/cdn"
    return {
        "oa_id": oa.oa_id,
        "oaid": oa.oa_id,
        "name": oa.name,
        "description": oa.description,
        "oa_alias": "",
        "is_verified": oa.is_verified,
        "oa_type": 4,
        "cate_name": "Cơ quan nhà nước",
        "num_follower": followers,
        "avatar": oa.avatar_url or f"{base}/avatars/{oa.oa_id}",
        "cover": f"{base}/avatars/{oa.oa_id}",
        "package_name": oa.package,
        "package_valid_through_date": "31/12/2099",
        "package_auto_renew_date": "",
        "linked_ZCA": f"ZBS {uid_for(oa.oa_id, 'zbs')[:8]}" if oa.zbs_linked else "",
    }


def message_quota(call: Call) -> Any:
    """POST /v3.0/oa/quota/message, by user or by owner."""
    fields, settings = call.fields(), call.world.settings
    if "user_id" in fields:
        chat = find_chat(call, fields["user_id"])
        cap = settings.cs_reply_cap
        total = cap or 8
        return {
            "last_interaction": str(chat.last_interaction_ms or 0),
            "cs_reply": {
                "remain": str(max(0, total - chat.free_replies) if cap else total),
                "total": str(total),
            },
            "promotion": promotion.per_user(call, chat.citizen_id),
        }
    if str(fields.get("quota_owner")).upper() not in ("OA", "APP"):
        raise ZaloError(-201, "quota_owner is invalid")
    if fields.get("product_type") in groups.PRODUCTS:
        return groups.quota(call)
    for name, allowed in (("product_type", _PRODUCTS), ("quota_type", _QUOTAS)):
        if fields.get(name) and fields[name] not in allowed:
            raise ZaloError(-201, f"{name} is invalid")
    return [
        _owner_quota(call, product, quota)
        for product in _PRODUCTS
        for quota in _QUOTAS
        if fields.get("product_type") in (None, "", product) and fields.get("quota_type") in (None, "", quota)
    ]


def _owner_quota(call: Call, product: str, quota: str) -> dict:
    is_plan = (product, quota) == ("cs", "sub_quota")
    total = call.world.settings.cs_monthly_quota if is_plan else 0
    used = call.oa.cs_used if call.oa.cs_month == local_day(call.now_ms)[:7] else 0
    return {
        "asset_id": uid_for(call.oa.oa_id, f"{product}-{quota}"),
        "product_type": product,
        "quota_type": quota,
        "valid_through": "31/12/2099",
        "total": str(total),
        "remain": str(max(0, total - used) if is_plan else 0),
    }


def legacy_quota(call: Call) -> dict:
    """POST /v2.0/oa/quota/message"""
    fields = call.fields()
    if "user_id" in fields:
        left = promotion.per_user(call, find_chat(call, fields["user_id"]).citizen_id)
        return {
            "type": str(fields.get("type", "promotion")),
            "remain": int(left["monthly_remain"]),
            "total": int(left["monthly_total"]),
        }
    if call.world.find_message(str(fields.get("message_id"))) is None:
        raise ZaloError(-201, "message_id is invalid")
    return {"type": "reply", "remain": 8, "total": 8}


def set_menu(call: Call) -> dict:
    """POST /v3.0/oa/menu: three clients, three names for the same list."""
    fields = call.fields()
    given = next((fields[name] for name in _MENU_NAMES if name in fields), None)
    call.oa.menu = read_buttons(given, "menu")
    call.world.touch()
    return {"menu": call.oa.menu}


def get_menu(call: Call) -> dict:
    """GET /v3.0/oa/menu"""
    return {"menu": call.oa.menu}
