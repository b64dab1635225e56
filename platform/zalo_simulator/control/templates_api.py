from typing import Any

from aiohttp import web

from ..business.layout import EMPTY
from ..business.parameters import NAME, PLACEHOLDER, describe
from ..refusal import Refusal
from ..services import Services
from ..template_review import STATUSES, set_status
from ..webhooks import events
from ..world.ids import new_number
from ..world.records import Template
from .fields import Field, check_fields, read_body

RATING_TYPE = 5
_FIELDS = {
    "template_id": Field(longest=40),
    "id": Field(longest=40),
    "oa_id": Field(longest=40),
    "name": Field(longest=200),
    "params": Field(list),
    "status": Field(choices=STATUSES),
    "tag": Field(choices=("TRANSACTION", "CUSTOMER_CARE", "PROMOTION")),
    "template_type": Field(int, choices=(1, 2, 3, 4, 5)),
    "uid_capable": Field(bool),
    "is_journey": Field(bool),
    "price_sdt": Field(int, smallest=0),
    "price_uid": Field(int, smallest=0),
    "layout": Field(dict),
    "quality": Field(choices=("HIGH", "MEDIUM", "LOW", "UNDEFINED")),
    "reason": Field(longest=500),
    "daily_quota": Field(int, smallest=0),
    "timeout_ms": Field(int, smallest=0),
}
_LAYOUT = {
    "title": Field(longest=200),
    "paragraphs": Field(list),
    "table": Field(list),
    "buttons": Field(list),
    "rating": Field((dict, bool)),
}
_PARAM = {
    "name": Field(required=True, longest=60),
    "type": Field((str, int)),
    "require": Field(bool),
    "maxLength": Field(int, smallest=1),
    "minLength": Field(int, smallest=0),
    "acceptNull": Field(bool),
    "sample_value": Field(longest=400),
}
_TITLES = ("Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng")
_COMPLAINTS = ["Chờ lâu", "Thái độ chưa tốt", "Hướng dẫn chưa rõ"]
_PRAISES = ["Nhanh chóng", "Thân thiện", "Hướng dẫn rõ ràng"]
DEFAULT_RATING = {
    "items": [
        {
            "star": star,
            "title": title,
            "question": "Điều gì khiến bạn đánh giá như vậy?",
            "answers": _PRAISES if star > 3 else _COMPLAINTS,
            "thanks": "Cảm ơn bạn đã đánh giá!",
            "description": "Ý kiến của bạn giúp chúng tôi phục vụ tốt hơn.",
        }
        for star, title in enumerate(_TITLES, start=1)
    ]
}


class TemplatesApi:
    """/sim/api/templates: ready-made templates and the reviewer's decision."""

    def __init__(self, services: Services):
        self._services, self._world = services, services.world

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/templates", self.list_all)
        app.router.add_post("/templates", self.put)
        app.router.add_post("/templates/{template}/review", self.review)

    async def list_all(self, request: web.Request) -> web.Response:
        return web.json_response({"templates": [row.dump() for row in self._world.templates.values()]})

    async def put(self, request: web.Request) -> web.Response:
        given = await read_body(request, **_FIELDS)
        template_id = given.pop("id", "") or given.get("template_id") or new_number()[:6]
        template = self._world.templates.get(template_id)
        if template is None:
            for name in ("oa_id", "name"):
                if not given.get(name):
                    raise Refusal(f"Thiếu trường {name}. Mẫu tin mới cần tên và Official Account.")
            created = self._world.clock.now_ms()
            template = Template(template_id, given["oa_id"], given["name"], created_at_ms=created)
        if given.get("oa_id", template.oa_id) not in self._world.accounts:
            raise Refusal("Không có Official Account này. Tạo bằng POST /sim/api/oas.", 404)
        row = template.dump() | given | {"template_id": template_id, "status": template.status}
        if "params" in given:
            row["params"] = read_params(given["params"])
        if "layout" in given or not template.layout:
            row["layout"] = read_layout(given.get("layout", {}), row["template_type"])
        _check_placeholders(row)
        is_new = template_id not in self._world.templates
        quality, quota = template.quality, template.daily_quota
        for name, value in row.items():
            setattr(template, name, value)
        self._world.templates[template_id] = template
        if is_new:
            template.status = given.get("status", "ENABLE")
            self._world.touch()
        elif "status" in given:
            set_status(self._services, template, given["status"], template.reason)
        if not is_new and template.quality != quality:
            body = events.template_quality(template.oa_id, template_id, quality, template.quality)
            self._services.webhooks.emit(template.oa_id, "", "change_template_quality", body)
        if not is_new and template.daily_quota != quota:
            body = events.template_quota(template.oa_id, template_id, quota, template.daily_quota)
            self._services.webhooks.emit(template.oa_id, "", "change_template_quota", body)
        return web.json_response(template.dump())

    async def review(self, request: web.Request) -> web.Response:
        template = self._world.templates.get(request.match_info["template"])
        if template is None:
            raise Refusal("Không có mẫu tin này. Tạo bằng POST /sim/api/templates.", 404)
        given = await read_body(
            request, status=Field(required=True, choices=STATUSES), reason=Field(longest=500)
        )
        set_status(self._services, template, given["status"], given.get("reason", ""))
        return web.json_response(template.dump())


def read_params(given: list) -> list[dict]:
    for index, param in enumerate(given):
        if not isinstance(param, dict):
            raise Refusal(f"params[{index}] phải là một đối tượng JSON.")
        check_fields(param, _PARAM, f"params[{index}].")
        if not NAME.fullmatch(param["name"]):
            raise Refusal(f"params[{index}].name chỉ gồm chữ không dấu, số và gạch dưới.")
    return describe(given)


def read_layout(given: dict, template_type: int) -> dict:
    check_fields(given, _LAYOUT, "layout.")
    rating = given.get("rating")
    if rating is True or (not rating and template_type == RATING_TYPE):
        rating = DEFAULT_RATING
    return EMPTY | {
        "title": given.get("title", ""),
        "paragraphs": [_text(value, "layout.paragraphs") for value in given.get("paragraphs", [])],
        "table": [_row(row) for row in given.get("table", [])],
        "buttons": [_button(item) for item in given.get("buttons", [])],
        "rating": rating or None,
    }


def _row(row: Any) -> dict:
    row = row if isinstance(row, dict) else {}
    key = row.get("key", row.get("title"))
    return {"key": _text(key, "layout.table.key"), "value": _text(row.get("value"), "layout.table.value")}


def _button(item: Any) -> dict:
    item = item if isinstance(item, dict) else {}
    payload = item.get("payload", item.get("content"))
    if isinstance(payload, dict):
        payload = payload.get("url", payload.get("phone_code"))
    kind = {"oa.open.url": "1", "oa.open.phone": "2"}.get(item.get("type"), str(item.get("type", "1")))
    return {
        "title": _text(item.get("title"), "layout.buttons.title"),
        "type": kind,
        "payload": _text(payload if payload is not None else "", "layout.buttons.payload"),
    }


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise Refusal(f"{name} phải là chuỗi. Viết tham số dưới dạng <ten_tham_so>.")
    return value


def _check_placeholders(row: dict) -> None:
    known = {param["name"] for param in row["params"]}
    unknown = sorted(set(PLACEHOLDER.findall(str(row["layout"]))) - known)
    if unknown:
        raise Refusal(f"Bố cục dùng tham số chưa khai báo: {', '.join(unknown)}. Thêm vào params.")
