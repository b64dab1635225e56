"""Transaction and promotion messages by user id: the old proactive sends, stopped on 2026-03-01.

An app that still uses them works while the virtual clock stands before that day.
"""

from datetime import datetime
from typing import Any

from ..call import Call
from ..delivery import accept
from ..errors import ZaloError
from ..world.clock import VIETNAM, local_day
from ..world.ids import new_message_id
from ..world.records import Message
from .attachments import find_asset
from .buttons import is_web_address, read_action, read_text
from .consultation import find_reachable

STOPPED_AT_MS = int(datetime(2026, 3, 1, tzinfo=VIETNAM).timestamp() * 1000)
YEAR_MS = 365 * 86_400_000
TRANSACTIONS = tuple(
    f"transaction_{kind}"
    for kind in (
        "billing", "order", "reward", "contract", "booking", "membership", "event", "transaction", "account",
        "internal", "partnership", "education", "rating",
    )
)  # fmt: skip
_ALIGN, _STYLES = ("left", "center", "right"), ("green", "blue", "yellow", "red", "grey")
MAX_TEXT, MAX_TABLE_ROWS, MAX_BUTTONS = 1_000, 6, 4


def transaction(call: Call) -> dict:
    """POST /v3.0/oa/message/transaction: to whoever interacted within a year."""
    chat, content = _read(call, TRANSACTIONS)
    if call.now_ms - (chat.last_interaction_ms or 0) > YEAR_MS:
        raise ZaloError(-232)
    return _deliver(call, chat, content)


def promotion(call: Call) -> dict:
    """POST /v3.0/oa/message/promotion: by day only, one a day and a few a month to each person."""
    chat, content = _read(call, ("promotion",))
    hour = call.world.clock.local_now().hour
    if not 6 <= hour < 22:
        raise ZaloError(-234)
    today, settings = local_day(call.now_ms), call.world.settings
    for period, limit in (
        (today, settings.promotions_per_user_day),
        (today[:7], settings.promotions_per_user_month),
    ):
        if call.world.tallies.count("promotion", chat.citizen_id, period) >= limit:
            raise ZaloError(-218)
    for period in (today, today[:7]):
        call.world.tallies.add("promotion", chat.citizen_id, period)
    return _deliver(call, chat, content)


def _read(call: Call, template_types: tuple) -> tuple:
    settings = call.world.settings
    if settings.uid_sends == "closed" or (settings.uid_sends == "by_date" and call.now_ms >= STOPPED_AT_MS):
        raise ZaloError(settings.legacy_send_error)
    fields = call.fields()
    try:
        payload = fields["message"]["attachment"]["payload"]
        user_id, template_type = fields["recipient"]["user_id"], payload["template_type"]
    except (TypeError, KeyError):
        raise ZaloError(-201, "recipient or message.attachment is invalid") from None
    if template_type not in template_types:
        raise ZaloError(-201, "template_type is invalid")
    if payload.get("language", "VI") not in ("VI", "EN"):
        raise ZaloError(-201, "language is invalid")
    return find_reachable(call, user_id), _read_template(call, payload)


def _read_template(call: Call, payload: dict) -> dict:
    """The elements and buttons in the phone's plain form of a card."""
    elements, buttons = payload.get("elements"), payload.get("buttons") or []
    if not isinstance(elements, list) or not elements or not isinstance(buttons, list):
        raise ZaloError(-201, "elements is invalid")
    card: dict = {"title": "", "paragraphs": [], "table": [], "rating_form": None}
    for index, element in enumerate(elements):
        _add(call, card, element if isinstance(element, dict) else {}, f"elements[{index}]")
    if len(card["paragraphs"]) > 2:
        raise ZaloError(-210, "elements exceeds 2 texts")
    if len(buttons) > MAX_BUTTONS:
        raise ZaloError(-210, f"buttons exceeds {MAX_BUTTONS} buttons")
    card["buttons"] = [_read_button(button, f"buttons[{index}]") for index, button in enumerate(buttons)]
    return card


def _add(call: Call, card: dict, element: dict, field: str) -> None:
    match element.get("type"):
        case "banner":
            url = element.get("image_url")
            if element.get("attachment_id"):
                asset = find_asset(call, element["attachment_id"], ("image",), f"{field}.attachment_id")
                url = f"{call.request.scheme}://{call.request.host}/cdn/{asset.asset_id}"
            if not is_web_address(url):
                raise ZaloError(-201, f"{field}.image_url is invalid")
            card["banner"] = url
        case "header":
            _check_align(element, field)
            card["title"] = read_text(element.get("content"), f"{field}.content", 100)
        case "text":
            _check_align(element, field)
            card["paragraphs"].append(read_text(element.get("content"), f"{field}.content", MAX_TEXT))
        case "table":
            card["table"] = _read_table(element.get("content"), field)
        case _:
            raise ZaloError(-201, f"{field}.type is invalid")


def _check_align(element: dict, field: str) -> None:
    if element.get("align", "left") not in _ALIGN:
        raise ZaloError(-201, f"{field}.align is invalid")


def _read_table(rows: Any, field: str) -> list[dict]:
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise ZaloError(-201, f"{field}.content is invalid")
    if len(rows) > MAX_TABLE_ROWS:
        raise ZaloError(-210, f"{field}.content exceeds {MAX_TABLE_ROWS} rows")
    if any(row.get("style") not in (None, "", *_STYLES) for row in rows):
        raise ZaloError(-201, f"{field}.content.style is invalid")
    return [
        {
            "key": read_text(row.get("key"), f"{field}.content.key", 25),
            "value": read_text(row.get("value"), f"{field}.content.value", 100),
        }
        for row in rows
    ]


def _read_button(button: Any, field: str) -> dict:
    if not isinstance(button, dict):
        raise ZaloError(-201, f"{field} is invalid")
    title = read_text(button.get("title"), f"{field}.title", 35)
    return {
        "title": title,
        "type": button.get("type"),
        "payload": read_action(button, button.get("payload"), field),
    }


def _deliver(call: Call, chat, content: dict) -> dict:
    text = "\n".join(content["paragraphs"]) or content["title"]
    message = Message(new_message_id(), "oa", "card", text, call.now_ms, channel="uid", content=content)
    accept(call.services, chat, message)
    return {
        "message_id": message.message_id,
        "user_id": chat.uid,
        "sent_time": str(message.sent_at_ms),
        "quota": {"quota_type": "purchase_quota", "remain": "0", "total": "0", "owner_type": "OA"},
    }
