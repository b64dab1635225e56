"""What a template looks like: Zalo's component tree, checked and turned into the phone's plain form.

Plain form: {"title", "paragraphs": [str], "table": [{"key", "value"}],
"buttons": [{"title", "type", "payload"}], "rating": None or {"title", "question", "items": [...]},
"images": [media id], "otp", "voucher": None or {...}, "payment": None or {...}}
"""

from typing import Any

from ..errors import ZaloError
from .parameters import PLACEHOLDER, fill

PHONE_BUTTON, COPY_BUTTON = "2", "10"
RESPONSE_BUTTON = "response"
EMPTY = {
    "title": "",
    "paragraphs": [],
    "table": [],
    "buttons": [],
    "rating": None,
    "images": [],
    "otp": "",
    "voucher": None,
    "payment": None,
}
LEAST_VND, MOST_VND = 2_000, 500_000_000
_COMPONENTS = (
    "LOGO",
    "IMAGES",
    "TITLE",
    "PARAGRAPH",
    "OTP",
    "TABLE",
    "PAYMENT",
    "VOUCHER",
    "RATING",
    "BUTTONS",
)


def render(layout: dict, data: dict[str, str]) -> dict:
    """The layout with its placeholders filled."""
    plain = EMPTY | layout
    return {
        "title": fill(plain["title"], data),
        "paragraphs": [fill(text, data) for text in plain["paragraphs"]],
        "table": [
            {"key": fill(row["key"], data), "value": fill(row["value"], data)} for row in plain["table"]
        ],
        "buttons": [
            {"title": fill(b["title"], data), "type": b["type"], "payload": fill(b["payload"], data)}
            for b in plain["buttons"]
        ],
        "rating_form": plain["rating"],
        "images": plain["images"],
        "otp": fill(plain["otp"], data),
        "voucher": _fill_all(plain["voucher"], data),
        "payment": _fill_all(plain["payment"], data),
    }


def _fill_all(texts: dict | None, data: dict[str, str]) -> dict | None:
    return {name: fill(text, data) for name, text in texts.items()} if texts else None


def from_components(layout: Any) -> dict:
    """Plain form of `{"header": {"components": [...]}, "body": ..., "footer": ...}`; -132 when it breaks a limit."""
    if not isinstance(layout, dict):
        raise ZaloError(-132, "layout is invalid")
    plain: dict = EMPTY | {"paragraphs": []}
    for part in ("header", "body", "footer"):
        section = layout.get(part) or {}
        components = section.get("components") if isinstance(section, dict) else None
        if section and not isinstance(components, list):
            raise ZaloError(-132, f"layout.{part}.components is invalid")
        for component in components or []:
            _add(plain, component)
    if len(plain["paragraphs"]) > 4:
        raise ZaloError(-132, "layout has more than 4 PARAGRAPH components")
    in_title, in_text = (2, 3) if plain["rating"] else (4, 10)
    _check_parameters(plain["title"], "TITLE", in_title)
    for text in plain["paragraphs"]:
        _check_parameters(text, "PARAGRAPH", in_text)
    return plain


def _add(plain: dict, component: Any) -> None:
    if not isinstance(component, dict) or len(component) != 1:
        raise ZaloError(-132, "layout component is invalid")
    ((name, value),) = component.items()
    if name not in _COMPONENTS or not isinstance(value, dict):
        raise ZaloError(-132, f"layout component {name} is invalid")
    match name:
        case "TITLE":
            plain["title"] = _text(value.get("value"), "TITLE", 9, 65)
        case "PARAGRAPH":
            plain["paragraphs"].append(_text(value.get("value"), "PARAGRAPH", 9, 400))
        case "TABLE":
            plain["table"] = [_row(row) for row in _list(value.get("rows"), "TABLE", 2, 8)]
        case "BUTTONS":
            plain["buttons"] = [_button(item) for item in _list(value.get("items"), "BUTTONS", 1, 2)]
        case "IMAGES":
            plain["images"] = [_media(item) for item in _list(value.get("items"), "IMAGES", 1, 3)]
        case "OTP":
            plain["otp"] = _text(value.get("value"), "OTP", 1, 40)
        case "VOUCHER":
            plain["voucher"] = _voucher(value)
        case "PAYMENT":
            plain["payment"] = _payment(value)
        case "RATING":
            plain["rating"] = {"items": [_star(item) for item in _list(value.get("items"), "RATING", 5, 5)]}


def _check_parameters(text: str, name: str, most: int) -> None:
    if len(set(PLACEHOLDER.findall(text))) > most:
        raise ZaloError(-132, f"{name} has more than {most} parameters")


def _media(item: Any) -> str:
    media_id = item.get("media_id") if isinstance(item, dict) else None
    if not isinstance(media_id, str) or not media_id:
        raise ZaloError(-132, "media_id is invalid")
    return media_id


def _voucher(value: dict) -> dict:
    voucher = {
        "name": _text(value.get("name"), "VOUCHER name", 1, 30),
        "condition": _text(value.get("condition"), "VOUCHER condition", 1, 40),
        "voucher_code": _text(value.get("voucher_code"), "VOUCHER code", 1, 25),
        "end_date": _text(value.get("end_date"), "VOUCHER end_date", 1, 40),
    }
    if value.get("start_date"):
        voucher["start_date"] = _text(value["start_date"], "VOUCHER start_date", 1, 40)
    return voucher


def _payment(value: dict) -> dict:
    """`amount` is a number of VND within limits, or one parameter."""
    amount = str(value.get("amount", ""))
    is_number = amount.isdigit() and LEAST_VND <= int(amount) <= MOST_VND
    if not is_number and PLACEHOLDER.fullmatch(amount) is None:
        raise ZaloError(-132, f"PAYMENT amount must be {LEAST_VND} to {MOST_VND} or a parameter")
    return {
        "bank_code": _text(value.get("bank_code"), "PAYMENT bank_code", 1, 20),
        "account_name": _text(value.get("account_name"), "PAYMENT account_name", 1, 100),
        "bank_account": _text(value.get("bank_account"), "PAYMENT bank_account", 1, 100),
        "amount": amount,
        "note": _text(value.get("note"), "PAYMENT note", 1, 90),
    }


def _row(row: Any) -> dict:
    row = row if isinstance(row, dict) else {}
    return {
        "key": _text(row.get("title"), "TABLE title", 3, 36),
        "value": _text(row.get("value"), "TABLE value", 3, 90),
    }


def _button(item: Any) -> dict:
    item = item if isinstance(item, dict) else {}
    try:
        known = 1 <= int(item.get("type", 0)) <= 12
    except (TypeError, ValueError):
        known = False
    if not known:
        raise ZaloError(-113)
    if not isinstance(item.get("content"), str) or not item["content"]:
        raise ZaloError(-1131)
    title = _text(item.get("title"), "BUTTONS title", 5, 30)
    return {"title": title, "type": str(item["type"]), "payload": item["content"]}


def _star(item: Any) -> dict:
    item = item if isinstance(item, dict) else {}
    if item.get("star") not in (1, 2, 3, 4, 5):
        raise ZaloError(-132, "RATING star is invalid")
    answers = item.get("answers") or []
    if not isinstance(answers, list) or len(answers) > 5:
        raise ZaloError(-132, "RATING answers is invalid")
    return {
        "star": item["star"],
        "title": _text(item.get("title"), "RATING title", 1, 50),
        "question": _text(item.get("question"), "RATING question", 1, 100),
        "answers": [_text(answer, "RATING answer", 1, 50) for answer in answers],
        "thanks": _text(item.get("thanks"), "RATING thanks", 1, 100),
        "description": _text(item.get("description"), "RATING description", 1, 200),
    }


def _text(value: Any, name: str, shortest: int, longest: int) -> str:
    if not isinstance(value, str) or not shortest <= len(value) <= longest:
        raise ZaloError(-132, f"{name} must have {shortest} to {longest} characters")
    return value


def _list(value: Any, name: str, fewest: int, most: int) -> list:
    if not isinstance(value, list) or not fewest <= len(value) <= most:
        raise ZaloError(-132, f"{name} must have {fewest} to {most} items")
    return value
