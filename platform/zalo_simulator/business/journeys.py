"""Journeys: several ZBS messages to one phone under one price, opened by a token that lives seven days."""

import asyncio

from ..call import Call, Reply
from ..errors import ZaloError
from ..services import Services
from ..webhooks import events
from ..world.ids import new_number, new_token
from ..world.phones import normalise_phone
from ..world.records import Journey, Template

ZNS_SERVER = "ZNS"
_waiting: set[asyncio.Task] = set()


def get_token(call: Call) -> Reply:
    """POST /journey/get-token; the documented answer has token and journey_id beside error."""
    phone = call.fields().get("phone")
    phone = normalise_phone(phone) if isinstance(phone, str) else None
    if phone is None:
        raise ZaloError(-108)
    if call.world.citizen_by_phone(phone) is None:
        raise ZaloError(-118)
    now = call.now_ms
    expires = now + call.world.settings.journey_life_s * 1000
    token = new_token()
    journey = Journey(token, new_number()[:9], call.app.app_id, call.oa.oa_id, phone, now, expires)
    call.world.journeys[token] = journey
    call.world.touch()
    watch(call.services, journey)
    opened = {"token": token, "journey_id": journey.journey_id}
    return Reply(opened, opened)


def check_token(call: Call) -> dict:
    """GET /journey/check-token, the token in the header journey_token."""
    journey = _find(call, token_in(call))
    return {
        "appId": journey.app_id,
        "oaId": journey.oa_id,
        "journeyId": journey.journey_id,
        "createdAt": str(journey.created_at_ms),
        "expiredAt": str(journey.expires_at_ms),
    }


def token_in(call: Call) -> str:
    return call.request.headers.get("journey_token") or call.request.query.get("journey_token", "")


def journey_for(call: Call, template: Template, phone: str) -> Journey | None:
    """The journey a send belongs to; -148, -149, -1491, -150. None for an ordinary message."""
    token = token_in(call)
    if not token:
        if template.is_journey:
            raise ZaloError(-148)
        return None
    journey = _find(call, token)
    if not template.is_journey or journey.phone != phone:
        raise ZaloError(-150)
    return journey


def acknowledge(call: Call, journey: Journey) -> None:
    """The first message of a journey is what is paid for."""
    journey.charged = True
    call.services.webhooks.emit(
        journey.oa_id, journey.phone, "event_journey_acknowledged", events.journey(journey), server=ZNS_SERVER
    )


def watch(services: Services, journey: Journey) -> None:
    """Send event_journey_time_out once the virtual clock passes the token's end."""
    if journey.told_timeout:
        return
    task = asyncio.get_running_loop().create_task(_expire(services, journey))
    _waiting.add(task)
    task.add_done_callback(_waiting.discard)


async def _expire(services: Services, journey: Journey) -> None:
    clock = services.world.clock
    await clock.sleep((journey.expires_at_ms - clock.now_ms()) / 1000)
    if services.world.journeys.get(journey.token) is journey:
        journey.told_timeout = True
        services.webhooks.emit(
            journey.oa_id, journey.phone, "event_journey_time_out", events.journey(journey), server=ZNS_SERVER
        )
        services.world.touch()


def _find(call: Call, token: str) -> Journey:
    if not token:
        raise ZaloError(-148)
    journey = call.world.journeys.get(token)
    if journey is None or (journey.app_id, journey.oa_id) != (call.app.app_id, call.oa.oa_id):
        raise ZaloError(-149)
    if journey.expires_at_ms <= call.now_ms:
        raise ZaloError(-1491)
    return journey
