from typing import Any

from .. import magic
from ..call import Call
from ..delivery import accept
from ..errors import Misbehave, ZaloError
from ..openapi.consultation import find_chat
from ..world.clock import local_day
from ..world.ids import new_message_id
from ..world.phones import normalise_phone
from ..world.records import Citizen, Message, OfficialAccount, Template
from . import journeys, parameters, promotion, rsa
from .layout import render

MAX_TRACKING = 48
OTP_TYPE = 2
_DIGEST_LENGTH = 64


def send_by_phone(call: Call) -> dict:
    """POST /message/template"""
    return _send_plain(call, call.fields())


def send_encrypted(call: Call) -> dict:
    """POST /rsa/message/template: `rsa_phone` and every value of template_data are encrypted."""
    return _send_plain(call, rsa.open_fields(call))


def _send_plain(call: Call, fields: dict) -> dict:
    given = fields.get("phone")
    phone = normalise_phone(str(given)) if isinstance(given, str | int) else None
    if phone is None:
        raise ZaloError(-108)
    answer = _send(call, fields, phone, recipient=phone)
    if phone == magic.phone_for(magic.LOST_ANSWER):
        raise Misbehave("lost_answer")
    return answer


def send_by_hash(call: Call) -> dict:
    """POST /message/template/hashphone: `hash_phone` is the SHA-256 of the 84 form."""
    fields = call.fields()
    digest = fields.get("hash_phone", fields.get("phone"))
    if not isinstance(digest, str) or len(digest) != _DIGEST_LENGTH:
        raise ZaloError(-108)
    citizen = call.world.citizen_by_hash(digest.lower())
    if citizen is None:
        raise ZaloError(-118)
    return _send(call, fields, citizen.phone, recipient=digest.lower())


def send_by_uid(call: Call) -> dict:
    """POST /v3.0/oa/message/template, flat or with a nested recipient."""
    fields = call.fields()
    recipient = fields.get("recipient")
    nested = recipient.get("user_id") if isinstance(recipient, dict) else None
    chat = find_chat(call, fields.get("user_id", nested))
    if not chat.has_relation:
        raise ZaloError(-213)
    template = _sendable(call, fields.get("template_id"))
    if not template.uid_capable or template.is_journey or template.template_type == OTP_TYPE:
        raise ZaloError(-249)
    data = parameters.check(template.params, fields.get("template_data"))
    _check_night(call, template)
    _check_willing(call.world.citizens[chat.citizen_id], call.oa)
    promotion.check(call, template, chat.citizen_id)
    left = _spend(call, template, template.price_uid)
    promotion.spend(call, template, chat.citizen_id)
    message = _message(call, template, data, "uid", "")
    accept(call.services, chat, message)
    return {
        "message_id": message.message_id,
        "user_id": chat.uid,
        "sent_time": str(message.sent_at_ms),
        "quota": {"quota_type": "sub_quota", "remain": str(left)},
    }


def _send(call: Call, fields: dict, phone: str, recipient: str) -> dict:
    sending_mode = str(fields.get("sending_mode", "1"))
    tracking_id = _tracking_id(fields.get("tracking_id", ""))
    template = _sendable(call, fields.get("template_id"))
    if sending_mode not in ("1", "3"):
        raise ZaloError(-161)
    if sending_mode == "3" and template.tag != "PROMOTION":
        raise ZaloError(-162)
    data = parameters.check(template.params, fields.get("template_data"))
    in_development = _is_development(call, fields, phone)
    magic.check_phone(phone)
    journey = journeys.journey_for(call, template, phone)
    _check_night(call, template)
    citizen = call.world.citizen_by_phone(phone)
    if citizen is None:
        raise ZaloError(-118)
    _check_willing(citizen, call.oa)
    if in_development:
        left = left_today(call)
    else:
        promotion.check(call, template, citizen.citizen_id)
        price = 0 if journey and journey.charged else template.price_sdt
        left = _spend(call, template, price, sending_mode)
        promotion.spend(call, template, citizen.citizen_id)
    message = _message(call, template, data, "phone", tracking_id)
    chat = call.world.chat_between(call.oa.oa_id, citizen.citizen_id)
    accept(call.services, chat, message, recipient=recipient, arrives=not magic.is_never_delivered(phone))
    if journey and not journey.charged:
        journeys.acknowledge(call, journey)
    return {
        "msg_id": message.message_id,
        "sent_time": str(message.sent_at_ms),
        "sending_mode": sending_mode,
        "quota": {"dailyQuota": str(call.oa.daily_quota), "remainingQuota": str(left)},
    }


def _tracking_id(given: Any) -> str:
    tracking_id = str(given) if isinstance(given, str | int) else None
    if tracking_id is None or len(tracking_id) > MAX_TRACKING:
        raise ZaloError(-132, "tracking_id is invalid")
    return tracking_id


def find_template(call: Call, template_id: Any) -> Template:
    """A template of this account: -109 when nobody's, -117 when another's."""
    template = call.world.templates.get(str(template_id)) if isinstance(template_id, str | int) else None
    if template is None:
        raise ZaloError(-109)
    if template.oa_id != call.oa.oa_id:
        raise ZaloError(-117)
    return template


def _sendable(call: Call, template_id: Any) -> Template:
    template = find_template(call, template_id)
    if template.status == "DISABLE" and template.quality == "LOW":
        raise ZaloError(-146)
    if template.status != "ENABLE":
        raise ZaloError(-131)
    if template.tag not in call.oa.template_tags:
        raise ZaloError(-145)
    return template


def _is_development(call: Call, fields: dict, phone: str) -> bool:
    mode = fields.get("mode")
    if mode in (None, "", "production"):
        return False
    if mode != "development":
        raise ZaloError(-132, "mode is invalid")
    if call.app.admin_phones and phone not in call.app.admin_phones:
        raise ZaloError(-127)
    return True


def _check_night(call: Call, template: Template) -> None:
    if template.tag == "TRANSACTION" or template.template_type == OTP_TYPE:
        return
    settings = call.world.settings
    hour = call.world.clock.local_now().hour
    start, end = settings.night_from_hour, settings.night_to_hour
    if start <= hour or hour < end if start > end else start <= hour < end:
        raise ZaloError(-133)


def _check_willing(citizen: Citizen, oa: OfficialAccount) -> None:
    if not citizen.has_zalo:
        raise ZaloError(-118)
    if citizen.inactive:
        raise ZaloError(-114)
    if oa.oa_id in citizen.blocks:
        raise ZaloError(-141)
    if citizen.refuses_zbs:
        raise ZaloError(-139)


def left_today(call: Call) -> int:
    """What remains of the account's daily quota; it starts anew at 00:00 in Vietnam."""
    oa, today = call.oa, local_day(call.now_ms)
    if oa.quota_day != today:
        oa.quota_day, oa.quota_used = today, 0
    return max(0, oa.daily_quota - oa.quota_used)


def _spend(call: Call, template: Template, price_vnd: int, sending_mode: str = "1") -> int:
    """Charge one message; answers what is left today. -136, -144, -147, -115."""
    oa = call.oa
    if not oa.zbs_linked:
        raise ZaloError(-320 if call.house == "oa" else -136)
    left = left_today(call)
    if left <= 0 and sending_mode != "3":
        raise ZaloError(-144)
    if template.daily_quota and left_of_template(template, oa.quota_day) <= 0:
        raise ZaloError(-147)
    if oa.balance_vnd < price_vnd:
        raise ZaloError(-321 if call.house == "oa" else -115)
    oa.balance_vnd -= price_vnd
    oa.spent_vnd += price_vnd
    oa.quota_used += 1
    template.quota_used += 1
    return max(0, left - 1)


def left_of_template(template: Template, today: str) -> int:
    if template.quota_day != today:
        template.quota_day, template.quota_used = today, 0
    return template.daily_quota - template.quota_used


def _message(call: Call, template: Template, data: dict, channel: str, tracking_id: str) -> Message:
    content = render(template.layout, data) | {"template_type": template.template_type}
    text = "\n".join(content["paragraphs"])
    return Message(
        new_message_id(),
        "oa",
        "zbs",
        text,
        call.now_ms,
        channel=channel,
        content=content,
        template_id=template.template_id,
        tracking_id=tracking_id,
    )
