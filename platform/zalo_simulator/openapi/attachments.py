from typing import Any

from ..call import Call
from ..errors import ZaloError
from ..world.records import Asset
from .buttons import is_web_address, read_action, read_buttons, read_text

ASSET_LIFE_MS = 7 * 86_400_000
MAX_LIST = 5


def read_attachment(call: Call, given: Any) -> tuple[str, dict]:
    """(kind, content) of `message.attachment` in a consultation message."""
    if not isinstance(given, dict) or not isinstance(given.get("payload"), dict):
        raise ZaloError(-201, "attachment is invalid")
    payload = given["payload"]
    match given.get("type"):
        case "file":
            return "file", _read_file(call, payload)
        case "template":
            return _read_template(call, payload)
    raise ZaloError(-201, "attachment.type is invalid")


def _read_template(call: Call, payload: dict) -> tuple[str, dict]:
    template = payload.get("template_type", "button" if "buttons" in payload else None)
    match template:
        case "button":
            return "buttons", {"buttons": read_buttons(payload.get("buttons"))}
        case "media":
            return _read_media(call, _one_element(payload))
        case "request_user_info":
            return "request_user_info", {"elements": [_read_card(_one_element(payload), "elements[0]")]}
        case "list" if call.world.settings.list_template:
            return "list", _read_list(payload)
        case "list":
            raise ZaloError(-233)
    raise ZaloError(-201, "attachment.payload.template_type is invalid")


def _one_element(payload: dict) -> dict:
    elements = payload.get("elements")
    if not isinstance(elements, list) or not elements or not isinstance(elements[0], dict):
        raise ZaloError(-201, "elements is invalid")
    if len(elements) > 1:
        raise ZaloError(-210, "elements exceeds 1 element")
    return elements[0]


def _read_media(call: Call, element: dict) -> tuple[str, dict]:
    kind = element.get("media_type")
    if kind not in ("image", "gif", "sticker"):
        raise ZaloError(-201, "elements[0].media_type is invalid")
    if kind == "sticker":
        sticker = read_text(str(element.get("attachment_id") or ""), "elements[0].attachment_id", 100)
        return "sticker", {"sticker_id": sticker, "url": f"{cdn_base(call)}/stickers/{sticker}"}
    if "attachment_id" in element:
        asset = find_asset(call, element["attachment_id"], (kind,), "elements[0].attachment_id")
        return kind, {"url": asset_url(call, asset), "asset_id": asset.asset_id}
    if not is_web_address(element.get("url")):
        raise ZaloError(-201, "elements[0].url is invalid")
    return kind, {"url": element["url"]}


def _read_file(call: Call, payload: dict) -> dict:
    asset = find_asset(call, payload.get("token"), ("file",), "attachment.payload.token")
    extension = asset.name.rsplit(".", 1)[-1].lower()
    file = {
        "url": asset_url(call, asset),
        "size": str(asset.size),
        "name": asset.name,
        "checksum": asset.asset_id[:32],
        "type": extension,
    }
    return {"file": file}


def _read_card(element: dict, field: str) -> dict:
    card = {"title": read_text(element.get("title"), f"{field}.title", 100)}
    if element.get("subtitle"):
        card["subtitle"] = read_text(element["subtitle"], f"{field}.subtitle", 500)
    if element.get("image_url"):
        if not is_web_address(element["image_url"]):
            raise ZaloError(-201, f"{field}.image_url is invalid")
        card["image_url"] = element["image_url"]
    return card


def _read_list(payload: dict) -> dict:
    elements = payload.get("elements")
    if not isinstance(elements, list) or not elements:
        raise ZaloError(-201, "elements is invalid")
    if len(elements) > MAX_LIST:
        raise ZaloError(-210, f"elements exceeds {MAX_LIST} elements")
    cards = []
    for index, element in enumerate(elements):
        field = f"elements[{index}]"
        if not isinstance(element, dict):
            raise ZaloError(-201, f"{field} is invalid")
        card = _read_card(element, field)
        action = element.get("default_action")
        if action is not None:
            if not isinstance(action, dict):
                raise ZaloError(-201, f"{field}.default_action is invalid")
            given = action.get("payload", action.get("url"))
            checked = read_action(action, given, f"{field}.default_action")
            card["action"] = {"title": card["title"], "type": action["type"], "payload": checked}
            if action["type"] == "oa.open.url":
                card["url"] = checked["url"]
        cards.append(card)
    content: dict = {"elements": cards}
    if payload.get("buttons"):
        content["buttons"] = read_buttons(payload["buttons"])
    return content


def find_asset(call: Call, asset_id: Any, kinds: tuple, field: str) -> Asset:
    asset = call.world.assets.get(asset_id) if isinstance(asset_id, str) else None
    if asset is None or asset.oa_id != call.oa.oa_id or asset.kind not in kinds:
        raise ZaloError(-201, f"{field} is invalid")
    if asset.uploaded_at_ms + ASSET_LIFE_MS < call.now_ms:
        raise ZaloError(-100)
    return asset


def cdn_base(call: Call) -> str:
    return f"{call.request.scheme}://{call.request.host}/cdn"


def asset_url(call: Call, asset: Asset) -> str:
    return f"{cdn_base(call)}/{asset.asset_id}"
