"""Consent to be called, from the request on the phone to the answer or its end."""

import asyncio
import secrets

from .delivery import accept
from .services import Services
from .webhooks import events
from .world.ids import new_message_id, new_number
from .world.records import CallConsent, Citizen, Message
from .world.world import World

KINDS = {"audio": "gọi thoại", "video": "gọi video", "audio_and_video": "gọi thoại và gọi video"}
_waiting: set[asyncio.Task] = set()


def latest_consent(world: World, oa_id: str, citizen_id: str) -> CallConsent | None:
    mine = [c for c in world.consents.values() if (c.oa_id, c.citizen_id) == (oa_id, citizen_id)]
    return mine[-1] if mine else None


def ask_consent(services: Services, oa_id: str, citizen: Citizen, call_type: str, reason: int) -> CallConsent:
    """Show the request on the phone, tell the app it was sent, and watch for its end."""
    world = services.world
    now = world.clock.now_ms()
    expires = now + world.settings.call_consent_life_s * 1000
    consent = CallConsent(
        new_number(), oa_id, citizen.citizen_id, citizen.phone, call_type, reason, now, expires
    )
    world.consents[consent.consent_id] = consent
    account = world.accounts[oa_id]
    text = f"{account.name} xin phép {KINDS[call_type]} cho bạn qua Zalo."
    content = {"consent_id": consent.consent_id, "consent_state": consent.state}
    chat = world.chat_between(oa_id, citizen.citizen_id)
    message = Message(new_message_id(), "oa", "consent", text, now, channel="phone", content=content)
    accept(services, chat, message, is_told=False)
    services.webhooks.emit(oa_id, citizen.citizen_id, "oa_send_consent", events.consent_request(consent))
    watch(services, consent)
    return consent


def answer_consent(services: Services, consent: CallConsent, allows: bool) -> None:
    consent.state = "ALLOW" if allows else "USER_BLOCKED"
    consent.confirmed_at_ms = services.world.clock.now_ms()
    body = events.consent_reply(consent)
    services.webhooks.emit(consent.oa_id, consent.citizen_id, "user_reply_consent", body)
    _show_state(services, consent)


def watch(services: Services, consent: CallConsent) -> None:
    """Let the request expire by the virtual clock when nobody answers."""
    if consent.state == "SENT":
        task = asyncio.get_running_loop().create_task(_expire(services, consent))
        _waiting.add(task)
        task.add_done_callback(_waiting.discard)


async def _expire(services: Services, consent: CallConsent) -> None:
    clock = services.world.clock
    await clock.sleep((consent.expires_at_ms - clock.now_ms()) / 1000)
    if services.world.consents.get(consent.consent_id) is consent and consent.state == "SENT":
        consent.state = "EXPIRED"
        body = events.consent_request(consent)
        services.webhooks.emit(consent.oa_id, consent.citizen_id, "oa_send_consent", body)
        _show_state(services, consent)


def _show_state(services: Services, consent: CallConsent) -> None:
    chat = services.world.chat_between(consent.oa_id, consent.citizen_id)
    for message in chat.messages:
        if message.content.get("consent_id") == consent.consent_id:
            message.content["consent_state"] = consent.state
            services.hub.tell(chat, "changed", {"message": message.view()})
    services.world.touch()


def call_facts(call_type: str, answered: bool, talk_s: int, started_ms: int) -> dict:
    """What user_call_oa and oa_call_user say of a call that has ended; status 0 is a call that took place."""
    waiting_s = 5
    talk_ms = talk_s * 1000 if answered else 0
    return {
        "call_id": secrets.token_hex(8),
        "call_type": call_type.upper(),
        "init_time": str(started_ms),
        "call_duration": str(talk_ms + waiting_s * 1000),
        "waiting_time": str(waiting_s),
        "talk_time": str(talk_ms),
        "status_code": "0" if answered else "1",
    }
