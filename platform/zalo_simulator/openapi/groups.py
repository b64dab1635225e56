"""Group chats of an Official Account (GMF): making, listing, members, settings."""

from typing import Any

from .. import groups as rules
from ..call import Call
from ..errors import ZaloError
from ..world.clock import local_date
from ..world.ids import new_group_id
from ..world.rooms import Group, GroupAsset
from .buttons import read_text
from .users import read_page

MAX_FIRST_MEMBERS = 99
MAX_PAGE = 50
ACTIONS = (
    "invite",
    "removemembers",
    "addadmins",
    "removeadmins",
    "acceptpendinginvite",
    "rejectpendinginvite",
)
PRODUCTS = ("gmf10", "gmf50", "gmf100", "gmf1000")
_QUOTAS = ("sub_quota", "purchase_quota", "reward_quota")
_SETTINGS = ("lock_send_msg", "join_appr", "enable_msg_history", "enable_link_join")


def quota(call: Call) -> list[dict]:
    """POST /v3.0/oa/quota/group: the places for groups this account has bought."""
    fields = call.fields()
    if str(fields.get("quota_owner", "OA")).upper() not in ("OA", "APP"):
        raise ZaloError(-201, "quota_owner is invalid")
    for name, allowed in (("product_type", PRODUCTS), ("quota_type", _QUOTAS)):
        if fields.get(name) and fields[name] not in allowed:
            raise ZaloError(-201, f"{name} is invalid")
    return [
        {
            "asset_id": asset.asset_id,
            "product_type": asset.product_type,
            "quota_type": asset.quota_type,
            "valid_through": local_date(asset.valid_through_ms),
            "auto_renew": True,
            "status": "used" if asset.used_by else "available",
            "used_id": asset.used_by,
        }
        for asset in rules.assets_of(call.world, call.oa.oa_id)
        if fields.get("product_type") in (None, "", asset.product_type)
        and fields.get("quota_type") in (None, "", asset.quota_type)
    ]


def create(call: Call) -> dict:
    """POST /v3.0/oa/group/creategroupwithoa"""
    fields = call.fields()
    name = read_text(fields.get("group_name"), "group_name", 100)
    asset = _free_asset(call, fields.get("asset_id"))
    members = _people(call, fields.get("member_user_ids"), MAX_FIRST_MEMBERS)
    if len(members) > asset.max_member:
        raise ZaloError(-210, f"member_user_ids exceeds {asset.max_member} members")
    group = rules.open_group(
        call.services, call.oa.oa_id, new_group_id(), name, asset, str(fields.get("group_description") or "")
    )
    rules.join(call.services, group, members)
    return _info(call, group)["group_info"]


def list_all(call: Call) -> dict:
    """GET /v3.0/oa/group/getgroupsofoa"""
    offset, count = read_page({"count": 5} | call.arguments(), MAX_PAGE)
    mine = [group for group in call.world.groups.values() if group.oa_id == call.oa.oa_id]
    rows = [_info(call, group)["group_info"] for group in mine[offset : offset + count]]
    return {"total": len(mine), "count": len(rows), "offset": offset, "groups": rows}


def detail(call: Call) -> dict:
    """GET /v3.0/oa/group/getgroup"""
    return _info(call, find_group(call, call.arguments().get("group_id")))


def update(call: Call) -> dict:
    """POST /v3.0/oa/group/updateinfo"""
    fields = call.fields()
    group = find_group(call, fields.get("group_id"))
    if fields.get("group_name") is not None:
        group.name = read_text(fields["group_name"], "group_name", 100)
    if fields.get("group_description") is not None:
        group.description = str(fields["group_description"])[:500]
    for name in _SETTINGS:
        if name in fields:
            if str(fields[name]).lower() not in ("true", "false", "1", "0"):
                raise ZaloError(-201, f"{name} is invalid")
            setattr(group, name, str(fields[name]).lower() in ("true", "1"))
    rules.tell(call.services, group, "update_group_info")
    return _info(call, group)


def update_asset(call: Call) -> dict:
    """POST /v3.0/oa/group/updateasset: move the group to another bought place."""
    fields = call.fields()
    group = find_group(call, fields.get("group_id"))
    asset = _free_asset(call, fields.get("asset_id"))
    if len(group.members) > asset.max_member:
        raise ZaloError(-210, f"the group has more than {asset.max_member} members")
    call.world.group_assets[group.asset_id].used_by = ""
    asset.used_by, group.asset_id, group.status = group.group_id, asset.asset_id, "enabled"
    call.world.touch()
    return _info(call, group)


def delete(call: Call) -> dict:
    """POST /v3.0/oa/group/delete"""
    group = find_group(call, call.fields().get("group_id"))
    rules.close_group(call.services, group)
    return {"group_id": group.group_id}


def members(call: Call) -> dict:
    """GET /v3.0/oa/group/listmember: the account itself and its people."""
    return _page_of_people(call, lambda group: group.members, with_account=True)


def pending(call: Call) -> dict:
    """GET /v3.0/oa/group/listpendinginvite: who asked to join and waits."""
    return _page_of_people(call, lambda group: group.pending, with_account=False)


def change_members(action: str):
    """POST /v3.0/oa/group/{invite,removemembers,addadmins,removeadmins,acceptpendinginvite,rejectpendinginvite}"""

    def change(call: Call) -> dict:
        fields = call.fields()
        group = find_group(call, fields.get("group_id"))
        people = _people(
            call, fields.get("member_user_ids", fields.get("user_ids")), 1_000, action == "invite"
        )
        rules.check_possible(call.world, group, people, action)
        getattr(rules, action)(call.services, group, people)
        return {"group_id": group.group_id}

    return change


def find_group(call: Call, group_id: Any) -> Group:
    """A group of this account, -403 when it is nobody's or another's."""
    if not isinstance(group_id, str | int) or not str(group_id).strip():
        raise ZaloError(-201, "group_id is invalid")
    group = call.world.groups.get(str(group_id))
    if group is None or group.oa_id != call.oa.oa_id:
        raise ZaloError(-403)
    return group


def _free_asset(call: Call, asset_id: Any) -> GroupAsset:
    rules.assets_of(call.world, call.oa.oa_id)
    asset = call.world.group_assets.get(str(asset_id))
    if asset is None or asset.oa_id != call.oa.oa_id or asset.valid_through_ms < call.now_ms:
        raise ZaloError(-241)
    if asset.used_by:
        raise ZaloError(-238)
    return asset


def _people(call: Call, uids: Any, most: int, must_be_near: bool = True) -> list[str]:
    """Citizen ids of user ids; they must follow the account or have interacted within seven days."""
    if not isinstance(uids, list) or not uids:
        raise ZaloError(-201, "member_user_ids is invalid")
    if len(uids) > most:
        raise ZaloError(-210, f"member_user_ids exceeds {most} members")
    found = []
    for uid in uids:
        chat = call.world.chat_by_uid(call.oa.oa_id, str(uid))
        if chat is None:
            raise ZaloError(-213)
        fresh = call.now_ms - (chat.last_interaction_ms or 0) <= call.world.settings.cs_window_s * 1000
        if must_be_near and not (chat.is_follower or (chat.has_relation and fresh)):
            raise ZaloError(-232)
        found.append(chat.citizen_id)
    return list(dict.fromkeys(found))


def _page_of_people(call: Call, choose, with_account: bool) -> dict:
    arguments = call.arguments()
    group = find_group(call, arguments.get("group_id"))
    offset, count = read_page({"count": 5} | arguments, MAX_PAGE)
    base = f"{call.request.scheme}://{call.request.host}/cdn/avatars"
    rows = [{"oa_id": call.oa.oa_id, "name": call.oa.name, "avatar": f"{base}/{call.oa.oa_id}"}]
    people = rows if with_account else []
    for citizen_id in choose(group):
        uid = call.world.chat_between(group.oa_id, citizen_id).uid
        name = call.world.citizens[citizen_id].name
        people.append({"user_id": uid, "name": name, "avatar": f"{base}/{uid}"})
    shown = people[offset : offset + count]
    return {"total": len(people), "count": len(shown), "offset": offset, "members": shown}


def _info(call: Call, group: Group) -> dict:
    asset = call.world.group_assets[group.asset_id]
    base = f"{call.request.scheme}://{call.request.host}/cdn/avatars"
    return {
        "group_info": {
            "group_id": group.group_id,
            "group_link": group.link,
            "name": group.name,
            "group_description": group.description,
            "avatar": f"{base}/{group.group_id}",
            "status": rules.status_of(call.world, group),
            "total_member": len(group.members) + 1,
            "max_member": asset.max_member,
            "auto_delete_date": local_date(asset.valid_through_ms),
        },
        "asset_info": {
            "asset_type": asset.product_type,
            "asset_id": asset.asset_id,
            "valid_through": local_date(asset.valid_through_ms),
            "auto_renew": True,
        },
        "group_setting": {name: getattr(group, name) for name in _SETTINGS},
    }
