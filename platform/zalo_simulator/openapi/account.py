from typing import Any

from ..call import Call
from ..errors import ZaloError
from ..world.clock import local_day
from ..world.ids import uid_for
from .buttons import read_buttons
from .consultation import find_chat

_PRODUCTS, _QUOTAS = ("cs", "transaction", "promotion"), ("sub_quota", "purchase_quota", "reward_quota")


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
            "promotion": {
                "daily_remain": "0",
                "daily_total": "0",
                "monthly_remain": "0",
                "monthly_total": "0",
            },
        }
    if (
        fields.get("quota_owner") not in ("OA", "App")
        or fields.get("product_type") not in _PRODUCTS
        or fields.get("quota_type") not in _QUOTAS
    ):
        raise ZaloError(-201, "quota_owner, product_type or quota_type is invalid")
    is_plan = (fields["product_type"], fields["quota_type"]) == ("cs", "sub_quota")
    total = settings.cs_monthly_quota if is_plan else 0
    used = call.oa.cs_used if call.oa.cs_month == local_day(call.now_ms)[:7] else 0
    return [
        {
            "asset_id": uid_for(call.oa.oa_id, f"{fields['product_type']}-{fields['quota_type']}"),
            "product_type": fields["product_type"],
            "quota_type": fields["quota_type"],
            "valid_through": "31/12/2099",
            "total": str(total),
            "remain": str(max(0, total - used) if is_plan else 0),
        }
    ]


def legacy_quota(call: Call) -> dict:
    """POST /v2.0/oa/quota/message"""
    fields = call.fields()
    if "user_id" in fields:
        find_chat(call, fields["user_id"])
        return {"type": str(fields.get("type", "promotion")), "remain": 0, "total": 0}
    if call.world.find_message(str(fields.get("message_id"))) is None:
        raise ZaloError(-201, "message_id is invalid")
    return {"type": "reply", "remain": 8, "total": 8}


def set_menu(call: Call) -> dict:
    """POST /v3.0/oa/menu (seen in one client only)."""
    call.oa.menu = read_buttons(call.fields().get("menu"), "menu")
    call.world.touch()
    return {}
