from aiohttp import web

from ..control.fields import Field, read_body
from ..refusal import Refusal
from ..services import Services
from ..world.ids import uid_for
from ..world.phones import normalise_phone
from ..world.records import Citizen, OfficialAccount
from . import answers, staff
from .acts import Acts
from .enclosures import FIELDS, Enclosures

_MORE = {
    "consent": (answers.CONSENT, answers.consent),
    "call": (answers.CALL, answers.call),
    "widget": (answers.WIDGET, answers.widget),
    "staff-text": (staff.TEXT, staff.text),
    "staff-react": (staff.REACTION, staff.react),
    "staff-info": (staff.INFO, staff.info),
}


class CitizensApi:
    """/sim/api/citizens: who there is, what their phones show, what they do."""

    def __init__(self, services: Services):
        self._services, self._world = services, services.world

    def add_routes(self, app: web.Application) -> None:
        add, base = app.router.add_route, "/citizens"
        add("POST", base, self.put)
        add("GET", base, self.list_all)
        add("GET", base + "/{citizen}/chats", self.chats)
        add("GET", base + "/{citizen}/chats/{oa}", self.chat)
        add("POST", base + "/{citizen}/chats/{oa}/{act}", self.act)

    async def put(self, request: web.Request) -> web.Response:
        given = await read_body(
            request,
            citizen_id=Field(longest=64),
            name=Field(required=True, longest=100),
            phone=Field(required=True, longest=20),
            has_zalo=Field(bool),
            address=Field(longest=200),
            city=Field(longest=100),
            ward=Field(longest=100),
            birth_date=Field(longest=20),
            gender=Field(longest=20),
            platform=Field(choices=("android", "ios", "windows")),
            inactive=Field(bool),
            refuses_zbs=Field(bool),
            blocks=Field(list),
        )
        phone = normalise_phone(given["phone"])
        if phone is None:
            raise Refusal("Số điện thoại không hợp lệ. Nhập số di động Việt Nam, ví dụ 0912345678.")
        citizen_id = given.get("citizen_id") or phone
        if not all(c.isalnum() or c in "-_." for c in citizen_id):
            raise Refusal("citizen_id chỉ gồm chữ, số, gạch nối, gạch dưới và dấu chấm.")
        owner = self._world.phone_owner(phone)
        if owner is not None and owner.citizen_id not in (citizen_id, phone):
            raise Refusal(f"Số {phone} đã thuộc về {owner.citizen_id}. Dùng số khác.")
        old = self._world.citizens.get(citizen_id)
        fresh = Citizen(citizen_id, given["name"], phone).dump()
        row = (old.dump() if old else fresh) | given | {"citizen_id": citizen_id, "phone": phone}
        self._world.put_citizen(Citizen.load(row))
        return web.json_response(self._world.citizens[citizen_id].dump())

    async def list_all(self, request: web.Request) -> web.Response:
        return web.json_response({"citizens": [row.dump() for row in self._world.citizens.values()]})

    async def chats(self, request: web.Request) -> web.Response:
        citizen = self._citizen(request)
        rows = [self._summary(citizen, oa) for oa in self._world.accounts.values()]
        rows.sort(key=lambda row: row["last_at_ms"], reverse=True)
        return web.json_response({"citizen": citizen.dump(), "chats": rows})

    async def chat(self, request: web.Request) -> web.Response:
        citizen, oa = self._citizen(request), self._account(request)
        chat = self._world.chats.get((oa.oa_id, citizen.citizen_id))
        messages = chat.messages if chat else []
        shown = [message.view() for message in messages if message.received_at_ms is not None]
        answer = self._summary(citizen, oa) | {"messages": shown, "notices": chat.notices if chat else []}
        return web.json_response(answer)

    def _summary(self, citizen: Citizen, oa: OfficialAccount) -> dict:
        chat = self._world.chats.get((oa.oa_id, citizen.citizen_id))
        shown = [m for m in chat.messages[-5:] if m.received_at_ms is not None] if chat else []
        last = shown[-1] if shown else None
        return {
            "oa_id": oa.oa_id,
            "name": oa.name,
            "description": oa.description,
            "color": oa.color,
            "avatar_url": oa.avatar_url,
            "is_verified": oa.is_verified,
            "menu": oa.menu,
            "uid": uid_for(oa.oa_id, citizen.citizen_id),
            "is_follower": bool(chat and chat.is_follower),
            "unread": chat.unread if chat else 0,
            "last_message": last.view() if last else None,
            "last_at_ms": last.received_at_ms if last else 0,
        }

    async def act(self, request: web.Request) -> web.Response:
        citizen, oa, act = self._citizen(request), self._account(request), request.match_info["act"]
        if not citizen.has_zalo:
            raise Refusal(f"{citizen.name} không dùng Zalo. Bật has_zalo cho công dân này trước.")
        if act in _MORE:
            fields, do = _MORE[act]
            chat = self._world.chat_between(oa.oa_id, citizen.citizen_id)
            return web.json_response(do(self._services, chat, await read_body(request, **fields)))
        read = getattr(self, f"_{act.replace('-', '_')}", None) if act in _ACTS else None
        if read is None:
            raise Refusal(f"Không có thao tác {act}. Dùng một trong: {', '.join((*_ACTS, *_MORE))}.", 404)
        return web.json_response(await read(request, citizen, oa))

    def _acts(self, citizen: Citizen, oa: OfficialAccount) -> Acts:
        return Acts(self._services, self._world.chat_between(oa.oa_id, citizen.citizen_id))

    async def _follow(self, request: web.Request, citizen: Citizen, oa: OfficialAccount) -> dict:
        sources = ("oa_profile", "message_invite", "social_plugin")
        given = await read_body(request, source=Field(choices=sources))
        return self._acts(citizen, oa).follow(given.get("source", "oa_profile"))

    async def _unfollow(self, request: web.Request, citizen: Citizen, oa: OfficialAccount) -> dict:
        await read_body(request)
        return self._acts(citizen, oa).unfollow()

    async def _seen(self, request: web.Request, citizen: Citizen, oa: OfficialAccount) -> dict:
        await read_body(request)
        return self._acts(citizen, oa).see()

    async def _chatnow(self, request: web.Request, citizen: Citizen, oa: OfficialAccount) -> dict:
        await read_body(request)
        return self._acts(citizen, oa).click_chat()

    async def _withdraw(self, request: web.Request, citizen: Citizen, oa: OfficialAccount) -> dict:
        await read_body(request)
        return self._acts(citizen, oa).withdraw()

    async def _text(self, request: web.Request, citizen: Citizen, oa: OfficialAccount) -> dict:
        given = await read_body(
            request, text=Field(required=True, longest=5_000), quote_message_id=Field(longest=64)
        )
        return self._acts(citizen, oa).write(given["text"], given.get("quote_message_id", ""))

    async def _tap(self, request: web.Request, citizen: Citizen, oa: OfficialAccount) -> dict:
        given = await read_body(
            request, message_id=Field(required=True), button=Field((int, str), required=True)
        )
        return self._acts(citizen, oa).tap(given["message_id"], given["button"])

    async def _menu(self, request: web.Request, citizen: Citizen, oa: OfficialAccount) -> dict:
        given = await read_body(request, title=Field(required=True))
        return self._acts(citizen, oa).choose_menu(given["title"])

    async def _share_info(self, request: web.Request, citizen: Citizen, oa: OfficialAccount) -> dict:
        await read_body(request)
        return self._acts(citizen, oa).share_info()

    async def _rate(self, request: web.Request, citizen: Citizen, oa: OfficialAccount) -> dict:
        given = await read_body(
            request,
            message_id=Field(required=True),
            stars=Field(int, required=True, choices=(1, 2, 3, 4, 5)),
            feedbacks=Field(list),
            note=Field(longest=1_000),
        )
        feedbacks = given.get("feedbacks", [])
        if not all(isinstance(item, str) for item in feedbacks):
            raise Refusal("Trường feedbacks phải là danh sách chuỗi.")
        return self._acts(citizen, oa).rate(
            given["message_id"], given["stars"], feedbacks, given.get("note", "")
        )

    async def _react(self, request: web.Request, citizen: Citizen, oa: OfficialAccount) -> dict:
        given = await read_body(request, message_id=Field(required=True), icon=Field(longest=20))
        return self._acts(citizen, oa).react(given["message_id"], given.get("icon", "/-heart"))

    async def _enclose(self, request: web.Request, citizen: Citizen, oa: OfficialAccount) -> dict:
        given = await read_body(request, **FIELDS)
        kind = request.match_info["act"].replace("-", "_")
        parts = Enclosures(self._world, oa.oa_id, f"{request.scheme}://{request.host}/cdn")
        return self._acts(citizen, oa).send(kind, parts.make(kind, given, citizen), given.get("text", ""))

    _image = _gif = _video = _audio = _link = _file = _location = _sticker = _business_card = _enclose

    def _citizen(self, request: web.Request) -> Citizen:
        citizen = self._world.citizens.get(request.match_info["citizen"])
        if citizen is None:
            raise Refusal("Không có công dân này. Tạo bằng POST /sim/api/citizens.", 404)
        return citizen

    def _account(self, request: web.Request) -> OfficialAccount:
        oa = self._world.accounts.get(request.match_info["oa"])
        if oa is None:
            raise Refusal("Không có Official Account này. Tạo bằng POST /sim/api/oas.", 404)
        return oa


_ACTS = (
    "follow", "unfollow", "seen", "chatnow", "withdraw", "text", "tap", "menu", "share-info", "rate", "react",
    "image", "gif", "video", "audio", "link", "file", "location", "sticker", "business-card",
)  # fmt: skip
