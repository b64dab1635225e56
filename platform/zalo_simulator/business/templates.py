from ..call import Call, Reply
from ..errors import ZaloError
from ..world.clock import local_day
from ..world.records import Template
from .sending import find_template, left_of_template

STATUS_NUMBERS = {"1": "ENABLE", "2": "PENDING_REVIEW", "3": "REJECT", "4": "DISABLE", "5": "DELETE"}
MAX_LIMIT = 100


def list_all(call: Call) -> Reply:
    """GET /template/all"""
    arguments = call.arguments()
    offset, limit = _number(arguments, "offset", 0), _number(arguments, "limit", MAX_LIMIT)
    if limit > MAX_LIMIT:
        raise ZaloError(-132, f"limit exceeds {MAX_LIMIT}")
    status = str(arguments.get("status") or "")
    if status and status not in STATUS_NUMBERS:
        raise ZaloError(-132, "status is invalid")
    # Templates carry no maker here: 1 ("made by this app") is then the same as 0 ("all").
    if str(arguments.get("filterPreset", "0")) not in ("0", "1"):
        raise ZaloError(-132, "filterPreset is invalid")
    mine = [
        template
        for template in call.world.templates.values()
        if template.oa_id == call.oa.oa_id and status in ("", _number_of(template.status))
    ]
    mine.sort(key=lambda template: template.created_at_ms, reverse=True)
    rows = [
        {
            "templateId": int(template.template_id)
            if template.template_id.isdigit()
            else template.template_id,
            "templateName": template.name,
            "createdTime": template.created_at_ms,
            "status": template.status,
            "templateQuality": template.quality,
        }
        for template in mine[offset : offset + limit]
    ]
    return Reply(rows, {"metadata": {"total": len(mine)}})


def info(call: Call) -> dict:
    """GET /template/info/v2"""
    template = find_template(call, call.arguments().get("template_id"))
    quota = template.daily_quota
    left = left_of_template(template, local_day(call.now_ms))
    return {
        "templateId": template.template_id,
        "templateName": template.name,
        "status": template.status,
        "reason": template.reason,
        "listParams": [
            {name: value for name, value in param.items() if name != "sampleValue"}
            for param in template.params
        ],
        "listButtons": [
            {"type": _button_type(b["type"]), "title": b["title"], "content": b["payload"]}
            for b in template.layout.get("buttons", [])
        ],
        "timeout": template.timeout_ms,
        "previewUrl": preview_url(call, template),
        "templateQuality": template.quality,
        "templateTag": template.tag,
        "price": str(template.price_sdt),
        "price_sdt": str(template.price_sdt),
        "price_uid": str(template.price_uid),
        "applyTemplateQuota": bool(quota),
        "templateDailyQuota": str(quota) if quota else None,
        "templateRemainingQuota": str(max(0, left)) if quota else None,
    }


def sample_data(call: Call) -> dict:
    """GET /template/sample-data"""
    template = find_template(call, call.arguments().get("template_id"))
    return {param["name"]: param["sampleValue"] or param["name"] for param in template.params}


def preview_url(call: Call, template: Template) -> str:
    return f"{call.request.scheme}://{call.request.host}/control#template-{template.template_id}"


def _number(arguments: dict, name: str, default: int) -> int:
    try:
        number = int(arguments.get(name, default))
    except (TypeError, ValueError):
        number = -1
    if number < 0:
        raise ZaloError(-132, f"{name} is invalid")
    return number


def _number_of(status: str) -> str:
    return next((number for number, name in STATUS_NUMBERS.items() if name == status), "")


def _button_type(kind: str) -> int | str:
    return int(kind) if kind.isdigit() else kind
