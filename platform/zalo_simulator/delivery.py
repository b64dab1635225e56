"""What happens once Zalo has accepted a message: echo, phone, receipt."""

import asyncio

from .services import Services
from .webhooks import events
from .world.chats import Chat
from .world.clock import wall_ms
from .world.records import Citizen, Message

ZNS_SERVER = "ZNS"


def accept(
    services: Services,
    chat: Chat,
    message: Message,
    *,
    recipient: str = "",
    arrives: bool = True,
    admin_id: str = "",
    is_told: bool = True,
) -> None:
    """Keep the message and send it on its way. `recipient` is the phone (or its hash) of a ZBS send by phone.

    `is_told` False: no echo and no receipt, as for requests that have webhooks of their own.
    """
    world = services.world
    stats, settings = world.stats, world.settings
    stats.accepted[chat.oa_id, message.kind] += 1
    fingerprint = hash((message.kind, message.text, str(message.content)))
    if fingerprint in chat.texts:
        stats.duplicates[chat.oa_id] += 1
    chat.texts.add(fingerprint)
    world.keep_message(chat, message)
    if is_told and (message.channel != "phone" or settings.echo_zbs_by_phone):
        services.webhooks.emit(
            chat.oa_id,
            chat.citizen_id,
            events.echo_name(message),
            events.echo(chat, message, admin_id),
            names_user=True,
        )
    if not arrives:
        return
    if settings.delivery_delay_s:
        loop = asyncio.get_running_loop()
        loop.call_later(settings.delivery_delay_s, _arrive, services, chat, message, recipient, is_told)
    else:
        _arrive(services, chat, message, recipient, is_told)


def _arrive(services: Services, chat: Chat, message: Message, recipient: str, is_told: bool) -> None:
    world = services.world
    if world.chats.get((chat.oa_id, chat.citizen_id)) is not chat:
        return  # the world was reset meanwhile
    message.received_at_ms = wall_ms()
    chat.unread += 1
    world.stats.shown[chat.oa_id] += 1
    services.hub.show(chat, message)
    if not is_told:
        return
    if message.channel == "phone":
        body = events.received_by_phone(chat.oa_id, recipient, message, world.clock.now_ms())
        services.webhooks.emit(chat.oa_id, chat.citizen_id, "user_received_message", body, server=ZNS_SERVER)
    else:
        body = events.received(chat, message)
        services.webhooks.emit(chat.oa_id, chat.citizen_id, "user_received_message", body, names_user=True)
    if world.settings.auto_seen:
        mark_seen(services, chat)


def mark_seen(services: Services, chat: Chat) -> list[str]:
    """The phone shows the chat: unread becomes 0 and the account hears which messages were seen."""
    fresh = [
        message
        for message in chat.messages
        if message.sender == "oa" and not message.seen and message.received_at_ms is not None
    ]
    for message in fresh:
        message.seen = True
    chat.unread = 0
    seen = [message.message_id for message in fresh if message.channel != "phone"]
    if seen:
        services.webhooks.emit(
            chat.oa_id, chat.citizen_id, "user_seen_message", events.seen(chat, seen), names_user=True
        )
    if fresh:
        services.hub.tell(chat, "seen", {"message_ids": [message.message_id for message in fresh]})
        services.world.touch()
    return seen


def refusal_of(citizen: Citizen, oa_id: str) -> int:
    """Why this person gets nothing through the OA API; 0 when nothing stands against it."""
    if citizen.inactive or not citizen.has_zalo:
        return -222
    return -244 if oa_id in citizen.blocks else 0
