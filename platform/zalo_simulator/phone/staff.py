"""What the account's people do by hand in OA Manager; the app only hears of it."""

from ..control.fields import Field
from ..delivery import accept
from ..errors import ZaloError
from ..openapi.broadcast import ICONS
from ..openapi.users import change_info
from ..refusal import Refusal
from ..services import Services
from ..webhooks import events
from ..world.chats import Chat
from ..world.ids import new_message_id
from ..world.records import Message

ADMIN_ID = "1000000000000000001"
TEXT = {"text": Field(required=True, longest=2_000), "admin_id": Field(longest=40)}
REACTION = {"message_id": Field(required=True), "icon": Field(choices=ICONS)}
INFO = {name: Field(longest=200) for name in ("name", "alias", "phone", "address", "city_id", "district_id")}


def text(services: Services, chat: Chat, given: dict) -> dict:
    """The echo names the admin_id."""
    message = Message(new_message_id(), "oa", "text", given["text"], services.world.clock.now_ms())
    accept(services, chat, message, admin_id=given.get("admin_id", ADMIN_ID))
    return {"message_id": message.message_id, "uid": chat.uid}


def react(services: Services, chat: Chat, given: dict) -> dict:
    message = chat.find(given["message_id"])
    if message is None:
        raise Refusal(f"Không có tin {given['message_id']} trong cuộc trò chuyện này.", 404)
    icon = given.get("icon", "/-heart")
    message.reaction = "" if icon == "/-remove" else icon
    services.hub.tell(chat, "reaction", {"message_id": message.message_id, "icon": message.reaction})
    body = events.from_account(chat, {"msg_id": message.message_id, "react_icon": icon})
    services.webhooks.emit(chat.oa_id, chat.citizen_id, "oa_reacted_message", body, names_user=True)
    services.world.touch()
    return {"reaction": message.reaction}


def info(services: Services, chat: Chat, given: dict) -> dict:
    try:
        change_info(services, chat, given)
    except ZaloError as error:
        raise Refusal(f"Thông tin không hợp lệ: {error.message}.") from None
    return {"uid": chat.uid, "shared_info": chat.shared_info}
