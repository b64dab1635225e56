"""What a template looks like: Zalo's component tree, checked and turned into the phone's plain form.

Plain form: {"title", "paragraphs": [str], "table": [{"key", "value"}],
"buttons": [{"title", "type", "payload"}], "rating": None or {"title", "question", "items": [...]}}
"""

from typing import Any

from ..errors import ZaloError
from .parameters import fill

PHONE_BUTTON, COPY_BUTTON = "2", "10"
RESPONSE_BUTTON = "response"
EMPTY = {"title": "", "paragraphs": [], "table": [], "buttons": [], "rating": None}
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
    }


def from_components(layout: Any) -> dict:
    """Plain form of `{"header": {"components": [...]}, "body": ..., "footer": ...}`; -132 when it breaks a limit."""
    if not isinstance(layout, dict):
        raise ZaloError(-132, "layout is invalid")
    plain: dict = {"title": "", "paragraphs": [], "table": [], "buttons": [], "rating": None}
    for part in ("header", "body", "footer"):
        section = layout.get(part) or {}
        components = section.get("components") if isinstance(section, dict) else None
        if section and not isinstance(components, list):
            raise ZaloError(-132, f"layout.{part}.components is invalid")
        for component in components or []:
            _add(plain, component)
    if len(plain["paragraphs"]) > 4:
        raise ZaloError(-132, "layout has more than 4 PARAGRAPH components")
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
        case "RATING":
            plain["rating"] = {"items": [_star(item) for item in _list(value.get("items"), "RATING", 5, 5)]}


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
