"""From JSON to typed events: what citizens do in the chat, and what becomes of messages to them."""

import math
import re

from .reading import as_id, as_int, as_list, as_mapping, as_text, as_time
from .webhook_events import (
    AnonymousMessage,
    Attachment,
    Event,
    MessageReceived,
    MessageSeen,
    OaEcho,
    Reaction,
    UserInfoSubmitted,
    UserMessage,
)

LONGEST_LIST = 1000
_MOST_ATTACHMENTS = 50
_PHONE = re.compile(r"\+?84[0-9]{9}", re.ASCII)
_HASH = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)


def follow(event: type[Event], body: dict, common: dict) -> Event:
    return event(**common, source=as_text(body.get("source")))


def user_message(body: dict, common: dict) -> Event:
    message = as_mapping(body.get("message"))
    return UserMessage(
        **common,
        **_said(message),
        kind=common["event_name"].removeprefix("user_send_"),
        quote_msg_id=as_id(message.get("quote_msg_id")),
    )


def echo(body: dict, common: dict) -> Event:
    admin_id = as_id(as_mapping(body.get("sender")).get("admin_id"))
    said = _said(as_mapping(body.get("message")))
    return OaEcho(**common, **said, kind=common["event_name"].removeprefix("oa_send_"), admin_id=admin_id)


def anonymous(prefix: str, body: dict, common: dict) -> Event:
    message = as_mapping(body.get("message"))
    return AnonymousMessage(
        **common,
        **_said(message),
        kind=common["event_name"].removeprefix(prefix),
        conversation_id=as_id(message.get("conversation_id")),
        from_oa=prefix.startswith("oa_"),
    )


def _said(message: dict) -> dict:
    attachments = as_list(message.get("attachments"))[:_MOST_ATTACHMENTS]
    return {
        "text": as_text(message.get("text")) or "",
        "attachments": tuple(_attachment(as_mapping(one)) for one in attachments),
        "msg_id": as_id(message.get("msg_id")),
    }


def _attachment(given: dict) -> Attachment:
    payload = as_mapping(given.get("payload"))
    place = as_mapping(payload.get("coordinates"))
    return Attachment(
        type=as_text(given.get("type")) or "",
        url=as_text(payload.get("url")) or as_text(payload.get("link_url")),
        thumbnail=as_text(payload.get("thumbnail")),
        description=as_text(payload.get("description")),
        name=as_text(payload.get("name")),
        size=as_int(payload.get("size")),
        checksum=as_text(payload.get("checksum")),
        id=as_id(payload.get("id")) or as_id(payload.get("zinstant_id")),
        text=as_text(payload.get("text")),
        latitude=_degrees(place.get("latitude"), 90),
        longitude=_degrees(place.get("longitude"), 180),
    )


def _degrees(value, limit: int) -> float | None:
    if not isinstance(value, str | int | float) or isinstance(value, bool) or len(str(value)) > 40:
        return None
    try:
        degrees = float(value)
    except ValueError:
        return None
    return degrees if math.isfinite(degrees) and abs(degrees) <= limit else None


def reaction(body: dict, common: dict) -> Event:
    message = as_mapping(body.get("message"))
    return Reaction(
        **common,
        msg_id=as_id(message.get("msg_id")),
        icon=as_text(message.get("react_icon")) or "",
        from_oa=common["event_name"].startswith("oa_"),
    )


def shared_info(body: dict, common: dict) -> Event:
    info = as_mapping(body.get("info"))
    whole = as_mapping(info.get("full_address"))

    def part(*names: str) -> str | None:
        found = (as_text(where.get(name)) for where in (whole, info) for name in names)
        return next((text for text in found if text), None)

    return UserInfoSubmitted(
        **common,
        name=part("name"),
        phone=_shared_phone(info.get("phone")),
        address=part("user_address", "address"),
        ward=part("user_ward", "ward"),
        district=part("user_district", "district"),
        city=part("user_city", "city"),
        birth_date=part("user_dob", "dob"),
        gender=part("gender", "user_gender"),
    )


def _shared_phone(value) -> str | None:
    text = (as_text(value) or "").strip()
    # A number cannot begin with 0, so JSON numbers may have lost it.
    return ("0" + text if isinstance(value, int) and len(text) == 9 else text) or None


def received(body: dict, common: dict) -> Event:
    message = as_mapping(body.get("message"))
    tracking_id = as_text(message.get("tracking_id")) or None
    delivered_at = as_time(message.get("delivery_time"))
    ends = [as_id(as_mapping(body.get(side)).get("id")) or "" for side in ("recipient", "sender")]
    phone = next((one for one in ends if _PHONE.fullmatch(one)), None)
    phone_hash = next((one.lower() for one in ends if _HASH.fullmatch(one)), None)
    if phone or phone_hash:
        others = tuple(one for one in common["oa_candidates"] if not _is_phone(one))
        common |= {"oa_candidates": others, "user_id": None}
    by_phone = phone or phone_hash or tracking_id or "delivery_time" in message
    return MessageReceived(
        **common,
        msg_id=as_id(message.get("msg_id")),
        channel="zbs" if by_phone else "oa",
        delivered_at=delivered_at,
        tracking_id=tracking_id,
        phone=phone.removeprefix("+") if phone else None,
        phone_hash=phone_hash,
    )


def _is_phone(one: str) -> bool:
    return bool(_PHONE.fullmatch(one) or _HASH.fullmatch(one))


def seen(body: dict, common: dict) -> Event:
    message = as_mapping(body.get("message"))
    given = as_list(message.get("msg_ids"))[:LONGEST_LIST] or [message.get("msg_id")]
    ids = dict.fromkeys(one for one in map(as_id, given) if one)
    return MessageSeen(**common, msg_ids=tuple(ids))
