from typing import Any

from ..call import Call
from ..errors import ZaloError
from ..template_review import submit
from ..world.clock import local_day
from ..world.ids import new_number
from ..world.records import Template
from . import parameters
from .layout import from_components
from .sending import find_template
from .templates import preview_url

TAGS = {"1": "TRANSACTION", "2": "CUSTOMER_CARE", "3": "PROMOTION"}
PRICES_VND = {1: (200, 160), 2: (300, 300), 3: (300, 240), 4: (300, 240), 5: (200, 160)}
RATING_TYPE, OTP_TYPE = 5, 2


def create(call: Call) -> dict:
    """POST /template/create"""
    fields = call.fields()
    _spend_allowance(call, "create")
    template = Template(template_id=new_number()[:6], oa_id=call.oa.oa_id, name="")
    while template.template_id in call.world.templates:
        template.template_id = new_number()[:6]
    template.created_at_ms = call.now_ms
    _write(call, template, fields)
    call.world.templates[template.template_id] = template
    submit(call.services, template)
    return _answer(call, template)


def edit(call: Call) -> dict:
    """POST /template/edit: rejected templates only, else -1091."""
    fields = call.fields()
    template = find_template(call, fields.get("template_id"))
    if template.status != "REJECT":
        raise ZaloError(-1091)
    _spend_allowance(call, "edit")
    _write(call, template, fields)
    submit(call.services, template)
    return _answer(call, template)


def _spend_allowance(call: Call, what: str) -> None:
    key = (call.oa.oa_id, what, local_day(call.now_ms))
    if call.world.tallies.count(*key) >= call.world.settings.daily_template_edits:
        raise ZaloError(-160)
    call.world.tallies.add(*key)


def _write(call: Call, template: Template, fields: dict) -> None:
    name = fields.get("template_name")
    if not isinstance(name, str) or not 10 <= len(name) <= 60:
        raise ZaloError(-132, "template_name must have 10 to 60 characters")
    note = fields.get("note") or ""
    if not isinstance(note, str) or len(note) > 400:
        raise ZaloError(-132, "note exceeds 400 characters")
    kind = _choice(fields, "template_type", ("1", "2", "3", "4", "5"))
    tag = TAGS[_choice(fields, "tag", tuple(TAGS))]
    if tag not in call.oa.template_tags:
        raise ZaloError(-145)
    layout = from_components(fields.get("layout"))
    if (int(kind) == RATING_TYPE) != (layout["rating"] is not None):
        raise ZaloError(-132, "template_type 5 and the RATING component belong together")
    params = _params(fields.get("params") or [])
    used = set(parameters.PLACEHOLDER.findall(str(layout)))
    if used != {param["name"] for param in params}:
        raise ZaloError(-132, "params and the placeholders of the layout differ")
    template.name, template.note, template.layout, template.params = name, note, layout, params
    template.template_type, template.tag = int(kind), tag
    template.price_sdt, template.price_uid = PRICES_VND[int(kind)]
    template.uid_capable = int(kind) != OTP_TYPE


def _params(given: Any) -> list[dict]:
    if not isinstance(given, list):
        raise ZaloError(-132, "params is invalid")
    for param in given:
        name = param.get("name") if isinstance(param, dict) else None
        if not isinstance(name, str) or not parameters.NAME.fullmatch(name):
            raise ZaloError(-132, "params name is invalid")
        if str(param.get("type")) not in parameters.MAX_BY_TYPE:
            raise ZaloError(-132, f"params type of {name} is invalid")
    return parameters.describe(given)


def _choice(fields: dict, name: str, allowed: tuple) -> str:
    value = str(fields.get(name))
    if value not in allowed:
        raise ZaloError(-132, f"{name} is invalid")
    return value


def _answer(call: Call, template: Template) -> dict:
    return {
        "template_id": template.template_id,
        "template_name": template.name,
        "template_type": template.template_type,
        "template_status": template.status,
        "tag": next(number for number, name in TAGS.items() if name == template.tag),
        "app_id": call.app.app_id,
        "oa_id": call.oa.oa_id,
        "price": str(template.price_sdt),
        "price_sdt": str(template.price_sdt),
        "price_uid": str(template.price_uid),
        "timeout": template.timeout_ms,
        "preview_url": preview_url(call, template),
    }
