from aiohttp import web

from .. import groups as rules
from ..control.fields import Field, read_body
from ..refusal import Refusal
from ..services import Services
from ..webhooks import events
from ..world.ids import new_message_id
from ..world.records import Citizen, Message
from ..world.rooms import Group
from .enclosures import FIELDS, Enclosures

KINDS = ("image", "gif", "video", "audio", "link", "file", "location", "sticker", "business-card")


class GroupPhoneApi:
    """/sim/api/citizens/{citizen}/groups: the group chats on one phone."""

    def __init__(self, services: Services):
        self._services, self._world = services, services.world

    def add_routes(self, app: web.Application) -> None:
        base = "/citizens/{citizen}/groups"
        app.router.add_get(base, self.list_all)
        app.router.add_get(base + "/{group}", self.show)
        app.router.add_post(base + "/{group}/{act}", self.act)

    async def list_all(self, request: web.Request) -> web.Response:
        citizen = self._citizen(request)
        mine = [g for g in self._world.groups.values() if citizen.citizen_id in g.members]
        return web.json_response({"groups": [self._summary(citizen, group) for group in mine]})

    async def show(self, request: web.Request) -> web.Response:
        citizen, group = self._citizen(request), self._group(request)
        if citizen.citizen_id not in group.members:
            raise Refusal(f"{citizen.name} không ở trong nhóm này. Vào nhóm trước.", 403)
        shown = [
            rules.view(self._world, message) | {"from": self._side(citizen, message)}
            for message in group.messages
        ]
        return web.json_response(self._summary(citizen, group) | {"messages": shown, "notices": []})

    async def act(self, request: web.Request) -> web.Response:
        citizen, group, act = self._citizen(request), self._group(request), request.match_info["act"]
        if act == "join":
            return await self._join(request, citizen, group)
        if citizen.citizen_id not in group.members:
            raise Refusal(f"{citizen.name} không ở trong nhóm này. Vào nhóm trước.", 403)
        if act == "seen":
            await read_body(request)
            group.unread.pop(citizen.citizen_id, None)
            return web.json_response({"ok": True})
        if act == "leave":
            await read_body(request)
            rules.leave(self._services, group, [citizen.citizen_id])
            return web.json_response({"ok": True})
        if rules.status_of(self._world, group) != "enabled":
            raise Refusal("Nhóm đã bị tạm ngừng nên không gửi tin được.")
        if group.lock_send_msg and citizen.citizen_id not in group.admins:
            raise Refusal("Chỉ phó nhóm được gửi tin vào nhóm này.")
        return web.json_response(await self._send(request, citizen, group, act))

    async def _join(self, request: web.Request, citizen: Citizen, group: Group) -> web.Response:
        await read_body(request)
        if citizen.citizen_id in group.members + group.pending:
            raise Refusal(f"{citizen.name} đã ở trong nhóm hoặc đang chờ duyệt.")
        if not group.enable_link_join:
            raise Refusal("Nhóm không cho vào bằng liên kết.")
        self._world.chat_between(group.oa_id, citizen.citizen_id)
        rules.ask_to_join(self._services, group, citizen.citizen_id)
        return web.json_response({"joined": citizen.citizen_id in group.members})

    async def _send(self, request: web.Request, citizen: Citizen, group: Group, act: str) -> dict:
        kind, content, text = act.replace("-", "_"), {"author": citizen.citizen_id}, ""
        if act == "text":
            given = await read_body(
                request, text=Field(required=True, longest=5_000), quote_message_id=Field(longest=64)
            )
            text = given["text"]
        elif act in KINDS:
            given = await read_body(request, **FIELDS)
            parts = Enclosures(self._world, group.oa_id, f"{request.scheme}://{request.host}/cdn")
            payload = parts.make(kind, given, citizen)
            text = given.get("text", "")
            content |= payload | {
                "attachments": [{"type": "link" if kind == "business_card" else kind, "payload": payload}]
            }
        else:
            raise Refusal(f"Không có thao tác {act}. Dùng: text, join, leave, seen, {', '.join(KINDS)}.", 404)
        now = self._world.clock.now_ms()
        message = Message(new_message_id(), "user", kind, text, now, seen=True, content=content)
        rules.post(self._services, group, message)
        uid = self._world.chat_between(group.oa_id, citizen.citizen_id).uid
        body = events.group_message(group, message, uid)
        self._services.webhooks.emit(
            group.oa_id, citizen.citizen_id, f"user_send_group_{kind}", body, names_user=True
        )
        return {"message_id": message.message_id}

    def _side(self, citizen: Citizen, message: Message) -> str:
        return "user" if message.content.get("author") == citizen.citizen_id else "oa"

    def _summary(self, citizen: Citizen, group: Group) -> dict:
        last = group.messages[-1] if group.messages else None
        shown = rules.view(self._world, last) | {"from": self._side(citizen, last)} if last else None
        account = self._world.accounts[group.oa_id]
        count = len(group.members) + 1
        return {
            "group_id": group.group_id,
            "oa_id": group.oa_id,
            "name": group.name,
            "description": f"Nhóm · {count} thành viên",
            "color": account.color,
            "avatar_url": "",
            "unread": group.unread.get(citizen.citizen_id, 0),
            "last_message": shown,
            "last_at_ms": last.received_at_ms if last else group.created_at_ms,
        }

    def _citizen(self, request: web.Request) -> Citizen:
        citizen = self._world.citizens.get(request.match_info["citizen"])
        if citizen is None:
            raise Refusal("Không có công dân này. Tạo bằng POST /sim/api/citizens.", 404)
        return citizen

    def _group(self, request: web.Request) -> Group:
        group = self._world.groups.get(request.match_info["group"])
        if group is None:
            raise Refusal("Không có nhóm này. Tạo bằng POST /sim/api/groups.", 404)
        return group
