from typing import Any

from ..errors import ZaloError

MAX_BUTTONS = 5
MAX_TITLE = 100
MAX_QUERY = 1_000
MAX_SMS = 160
TYPES = ("oa.open.url", "oa.query.show", "oa.query.hide", "oa.open.phone", "oa.open.sms")


def read_buttons(given: Any, field: str = "buttons") -> list[dict]:
    """The buttons as the phone shows them: [{"title", "type", "payload"}]; -201 or -210 when they are wrong."""
    if not isinstance(given, list) or not given:
        raise ZaloError(-201, f"{field} is invalid")
    if len(given) > MAX_BUTTONS:
        raise ZaloError(-210, f"{field} exceeds {MAX_BUTTONS} buttons")
    return [_read_button(button, f"{field}[{index}]") for index, button in enumerate(given)]


def _read_button(button: Any, field: str) -> dict:
    if not isinstance(button, dict):
        raise ZaloError(-201, f"{field} is invalid")
    title = read_text(button.get("title"), f"{field}.title", MAX_TITLE)
    payload = button.get("payload", button.get("url"))
    return {"title": title, "type": button.get("type"), "payload": read_action(button, payload, field)}


def read_action(action: dict, payload: Any, field: str) -> Any:
    """The checked payload of a button or default_action."""
    match action.get("type"):
        case "oa.open.url":
            if isinstance(payload, str):
                payload = {"url": payload}
            if not isinstance(payload, dict) or not is_web_address(payload.get("url")):
                raise ZaloError(-201, f"{field}.payload.url is invalid")
            return {"url": payload["url"]}
        case "oa.query.show" | "oa.query.hide":
            return read_text(payload, f"{field}.payload", MAX_QUERY)
        case "oa.open.phone":
            return {"phone_code": _phone_code(payload, field)}
        case "oa.open.sms":
            phone = _phone_code(payload, field)
            return {
                "phone_code": phone,
                "content": read_text(payload.get("content"), f"{field}.payload.content", MAX_SMS),
            }
    raise ZaloError(-201, f"{field}.type is invalid")


def _phone_code(payload: Any, field: str) -> str:
    phone = payload.get("phone_code") if isinstance(payload, dict) else None
    if not isinstance(phone, str) or not phone.lstrip("+").isdigit():
        raise ZaloError(-201, f"{field}.payload.phone_code is invalid")
    return phone


def read_text(value: Any, field: str, longest: int) -> str:
    """A non-empty string of at most `longest` characters: -201 otherwise, -210 when too long."""
    if not isinstance(value, str) or not value.strip():
        raise ZaloError(-201, f"{field} is invalid")
    if len(value) > longest:
        raise ZaloError(-210, f"{field} exceeds {longest} characters")
    return value


def is_web_address(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("https://", "http://")) and len(value) <= 2_000
