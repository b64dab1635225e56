"""What happens in a group chat (GMF), told to members' phones and to the apps by webhook."""

from .errors import ZaloError
from .services import Services
from .webhooks import events
from .world.clock import wall_ms
from .world.ids import new_number
from .world.records import Message
from .world.rooms import Group, GroupAsset
from .world.world import World

OA_KINDS = ("text", "image", "gif", "sticker", "file")
FIRST_ASSETS = ("gmf10", "gmf50", "gmf100")
"""What the plan of every account includes; more come with purchase orders."""
ASSET_LIFE_MS = 365 * 86_400_000


def assets_of(world: World, oa_id: str) -> list[GroupAsset]:
    mine = [asset for asset in world.group_assets.values() if asset.oa_id == oa_id]
    if not mine:
        mine = [add_asset(world, oa_id, product, "sub_quota") for product in FIRST_ASSETS]
    return mine


def add_asset(world: World, oa_id: str, product: str, quota: str, life_ms: int = ASSET_LIFE_MS) -> GroupAsset:
    asset = GroupAsset(new_number(), oa_id, product, quota, world.clock.now_ms() + life_ms)
    world.group_assets[asset.asset_id] = asset
    world.touch()
    return asset


def status_of(world: World, group: Group) -> str:
    """ "enabled", or "disabled" by hand or because what was paid for the group has run out."""
    expired = world.group_assets[group.asset_id].valid_through_ms < world.clock.now_ms()
    return "disabled" if expired else group.status


def open_group(
    services: Services, oa_id: str, group_id: str, name: str, asset: GroupAsset, description: str = ""
) -> Group:
    world = services.world
    link = f"https://zalo.me/g/{group_id[:9]}"
    group = Group(group_id, oa_id, name, asset.asset_id, link, world.clock.now_ms(), description)
    asset.used_by = group_id
    world.groups[group_id] = group
    tell(services, group, "create_group")
    return group


def close_group(services: Services, group: Group) -> None:
    world = services.world
    world.group_assets[group.asset_id].used_by = ""
    del world.groups[group.group_id]
    tell(services, group, "delete_group")
    for citizen_id in group.members:
        services.hub.tell_page(citizen_id, "groups", {})


def tell(services: Services, group: Group, event: str, citizens: list[str] | None = None) -> None:
    """Send a group event; with `citizens` it names them under `users`."""
    uids = None
    if citizens is not None:
        uids = [services.world.chat_between(group.oa_id, citizen).uid for citizen in citizens]
    services.webhooks.emit(group.oa_id, group.group_id, event, events.group_change(group, uids))
    services.world.touch()


def check_possible(world: World, group: Group, people: list[str], action: str) -> None:
    """-201 for people an action cannot concern, -210 when the group would become too big."""
    wanted = {
        "invite": set(people) - set(group.members),
        "removemembers": set(group.members),
        "addadmins": set(group.members),
        "removeadmins": set(group.admins),
        "acceptpendinginvite": set(group.pending),
        "rejectpendinginvite": set(group.pending),
    }[action]
    if not set(people) <= wanted:
        raise ZaloError(-201, "member_user_ids is invalid")
    limit = world.group_assets[group.asset_id].max_member
    if action in ("invite", "acceptpendinginvite") and len(group.members) + len(people) > limit:
        raise ZaloError(-210, f"the group may have {limit} members")


def invite(services: Services, group: Group, people: list[str]) -> None:
    join(services, group, people)


def join(services: Services, group: Group, people: list[str]) -> None:
    group.members += people
    group.pending = [one for one in group.pending if one not in people]
    tell(services, group, "user_join_group", people)
    for citizen_id in people:
        services.hub.tell_page(citizen_id, "groups", {})


def removemembers(services: Services, group: Group, people: list[str]) -> None:
    leave(services, group, people)


def leave(services: Services, group: Group, people: list[str]) -> None:
    group.members = [one for one in group.members if one not in people]
    group.admins = [one for one in group.admins if one not in people]
    tell(services, group, "user_out_group", people)
    for citizen_id in people:
        services.hub.tell_page(citizen_id, "groups", {})


def addadmins(services: Services, group: Group, people: list[str]) -> None:
    group.admins = list(dict.fromkeys(group.admins + people))
    tell(services, group, "add_group_admin", people)


def removeadmins(services: Services, group: Group, people: list[str]) -> None:
    group.admins = [one for one in group.admins if one not in people]
    tell(services, group, "remove_group_admin", people)


def ask_to_join(services: Services, group: Group, citizen_id: str) -> None:
    """Somebody opened the group's link: in at once, or in the waiting list when joining needs approval."""
    if group.join_appr:
        group.pending.append(citizen_id)
        tell(services, group, "user_request_join_group", [citizen_id])
    else:
        join(services, group, [citizen_id])


def acceptpendinginvite(services: Services, group: Group, people: list[str]) -> None:
    tell(services, group, "accept_request_join_group", people)
    join(services, group, people)


def rejectpendinginvite(services: Services, group: Group, people: list[str]) -> None:
    group.pending = [one for one in group.pending if one not in people]
    tell(services, group, "reject_request_join_group", people)


def post(services: Services, group: Group, message: Message) -> None:
    """Keep the message and show it on every member's phone."""
    message.received_at_ms = wall_ms()
    group.keep(message)
    services.world.touch()
    author = message.content.get("author")
    group.unread.pop(author, None)
    for citizen_id in group.members:
        if citizen_id != author:
            group.unread[citizen_id] = group.unread.get(citizen_id, 0) + 1
        about = {"group_id": group.group_id, "unread": group.unread.get(citizen_id, 0)}
        side = {"from": "user" if citizen_id == author else "oa"}
        services.hub.tell_page(
            citizen_id, "message", about | {"message": view(services.world, message) | side}
        )


def view(world: World, message: Message) -> dict:
    """A group message for a phone: with its author's name, empty when the account wrote."""
    author = world.citizens.get(message.content.get("author", ""))
    return message.view() | {"author_name": author.name if author else ""}
