from aiohttp import web

from .. import groups as rules
from ..refusal import Refusal
from ..services import Services
from ..world.ids import new_group_id
from ..world.rooms import MEMBERS_BY_PRODUCT, Group
from .fields import Field, read_body

_DAY_MS = 86_400_000


class GroupsApi:
    """/sim/api/groups: what an administrator does to group chats in OA Manager."""

    def __init__(self, services: Services):
        self._services, self._world = services, services.world

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/groups", self.list_all)
        app.router.add_post("/groups", self.create)
        app.router.add_post("/groups/{group}", self.change)
        app.router.add_delete("/groups/{group}", self.delete)
        app.router.add_post("/group-assets", self.add_asset)

    async def list_all(self, request: web.Request) -> web.Response:
        rows = [self._view(group) for group in self._world.groups.values()]
        assets = [asset.dump() for asset in self._world.group_assets.values()]
        return web.json_response({"groups": rows, "assets": assets})

    async def create(self, request: web.Request) -> web.Response:
        given = await read_body(
            request, oa_id=Field(required=True), name=Field(required=True, longest=100), members=Field(list)
        )
        self._check_account(given["oa_id"])
        members = given.get("members", [])
        unknown = [one for one in members if one not in self._world.citizens]
        if unknown:
            raise Refusal(f"Không có công dân {unknown[0]!r}. Tạo bằng POST /sim/api/citizens.", 404)
        free = [asset for asset in rules.assets_of(self._world, given["oa_id"]) if not asset.used_by]
        asset = next((asset for asset in free if asset.max_member >= len(members)), None)
        if asset is None:
            raise Refusal("OA đã dùng hết chỗ tạo nhóm. Thêm bằng POST /sim/api/group-assets.")
        group = rules.open_group(self._services, given["oa_id"], new_group_id(), given["name"], asset)
        if members:
            rules.join(self._services, group, members)
        return web.json_response(self._view(group))

    async def change(self, request: web.Request) -> web.Response:
        group = self._group(request)
        given = await read_body(
            request,
            name=Field(longest=100),
            status=Field(choices=("enabled", "disabled")),
            join_appr=Field(bool),
            lock_send_msg=Field(bool),
            enable_link_join=Field(bool),
        )
        for name, value in given.items():
            setattr(group, name, value)
        rules.tell(self._services, group, "update_group_info")
        return web.json_response(self._view(group))

    async def delete(self, request: web.Request) -> web.Response:
        rules.close_group(self._services, self._group(request))
        return web.json_response({"ok": True})

    async def add_asset(self, request: web.Request) -> web.Response:
        given = await read_body(
            request,
            oa_id=Field(required=True),
            product_type=Field(choices=tuple(MEMBERS_BY_PRODUCT)),
            quota_type=Field(choices=("sub_quota", "purchase_quota", "reward_quota")),
            days=Field(int, smallest=0),
        )
        self._check_account(given["oa_id"])
        asset = rules.add_asset(
            self._world,
            given["oa_id"],
            given.get("product_type", "gmf10"),
            given.get("quota_type", "purchase_quota"),
            given.get("days", 365) * _DAY_MS,
        )
        return web.json_response(asset.dump())

    def _check_account(self, oa_id: str) -> None:
        if oa_id not in self._world.accounts:
            raise Refusal("Không có Official Account này. Tạo bằng POST /sim/api/oas.", 404)

    def _group(self, request: web.Request) -> Group:
        group = self._world.groups.get(request.match_info["group"])
        if group is None:
            raise Refusal("Không có nhóm này. Tạo bằng POST /sim/api/groups.", 404)
        return group

    def _view(self, group: Group) -> dict:
        row = group.dump() | {"status": rules.status_of(self._world, group)}
        del row["messages"]
        return row
