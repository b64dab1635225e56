"""What a citizen answers to an account's requests: to be called, to be reached from a web page; and calls."""

from ..calls import answer_consent, call_facts, latest_consent
from ..control.fields import Field
from ..refusal import Refusal
from ..services import Services
from ..webhooks import events
from ..world.chats import Chat

CONSENT = {"allow": Field(bool, required=True)}
CALL = {
    "from": Field(choices=("user", "oa")),
    "call_type": Field(choices=("audio", "video")),
    "answered": Field(bool),
    "talk_s": Field(int, smallest=0),
}
WIDGET = {"user_external_id": Field(required=True, longest=100), "url": Field(longest=2_000)}


def consent(services: Services, chat: Chat, given: dict) -> dict:
    """Answer the latest request to be called; agreeing is an interaction."""
    request = latest_consent(services.world, chat.oa_id, chat.citizen_id)
    if request is None or request.state != "SENT":
        raise Refusal("Không có yêu cầu gọi nào đang chờ trả lời.", 404)
    if given["allow"]:
        chat.interact(services.world.clock.now_ms())
    answer_consent(services, request, given["allow"])
    return {"state": request.state}


def call(services: Services, chat: Chat, given: dict) -> dict:
    """A call that has just ended, in either direction; told as user_call_oa or oa_call_user."""
    is_outgoing = given.get("from", "user") == "oa"
    answered, now = given.get("answered", True), services.world.clock.now_ms()
    facts = call_facts(given.get("call_type", "audio"), answered, given.get("talk_s", 60), now)
    if answered:
        chat.interact(now)
    citizen = services.world.citizens[chat.citizen_id]
    body = events.call_ended(chat.oa_id, chat.uid, citizen.phone, facts)
    name = "oa_call_user" if is_outgoing else "user_call_oa"
    services.webhooks.emit(chat.oa_id, chat.citizen_id, name, body)
    services.world.touch()
    return facts


def widget(services: Services, chat: Chat, given: dict) -> dict:
    """Agree to be reached, on a web page that knows the person by an id of its own."""
    world, external_id = services.world, given["user_external_id"]
    owner = next((c for c in world.chats_of_account(chat.oa_id) if c.external_id == external_id), None)
    problem = ""
    if chat.external_id not in ("", external_id):
        problem = "user already has user_external_id"
    elif owner not in (None, chat):
        problem = "user_externa_id already belongs to another user"  # Zalo's own spelling
    chat.interact(world.clock.now_ms())
    world.touch()
    if problem:
        body = events.widget(chat.oa_id, chat.uid, external_id, message=problem)
        name = "widget_failed_to_sync_user_external_id"
    else:
        chat.external_id = external_id
        body = events.widget(chat.oa_id, chat.uid, external_id, url=given.get("url", ""))
        name = "widget_interaction_accepted"
    services.webhooks.emit(chat.oa_id, chat.citizen_id, name, body)
    return {"uid": chat.uid, "event": name}
