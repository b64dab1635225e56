"""What a citizen does with the phone; each act changes the chat and tells the account by webhook."""

from typing import Any

from ..delivery import mark_seen
from ..refusal import Refusal
from ..services import Services
from ..webhooks import events
from ..world.chats import Chat
from ..world.clock import wall_ms
from ..world.ids import new_message_id
from ..world.records import Citizen, Message, Rating

RESPONSE = "response"


class Acts:
    """One citizen in one account's chat. Every method answers a JSON object."""

    def __init__(self, services: Services, chat: Chat):
        self._services, self._chat = services, chat
        self._world = services.world

    @property
    def _citizen(self) -> Citizen:
        return self._world.citizens[self._chat.citizen_id]

    def follow(self, source: str = "oa_profile") -> dict:
        chat = self._chat
        if not chat.is_follower:
            chat.is_follower = True
            self._interact()
            self._notice("Bạn đã quan tâm Official Account này.")
            self._emit("follow", events.follow(chat, source))
            self._services.hub.tell(chat, "follow", {})
        return {"uid": chat.uid, "is_follower": True}

    def unfollow(self) -> dict:
        chat = self._chat
        if chat.is_follower:
            chat.is_follower = chat.has_relation = False
            self._notice("Bạn đã bỏ quan tâm Official Account này.")
            self._emit("unfollow", events.follow(chat, "oa_profile"))
            self._services.hub.tell(chat, "unfollow", {})
        return {"uid": chat.uid, "is_follower": False}

    def see(self) -> dict:
        return {"seen": mark_seen(self._services, self._chat)}

    def click_chat(self) -> dict:
        self._interact()
        chat = self._chat
        self._emit("user_click_chatnow", {"oa_id": chat.oa_id, "user_id": chat.uid})
        return {"uid": chat.uid}

    def withdraw(self) -> dict:
        """Ask for erasure: the account loses the shared information and its messages here."""
        chat = self._chat
        chat.shared_info = None
        chat.notes, chat.alias = [], ""
        self._world.ratings = [
            r for r in self._world.ratings if chat.find(r.message_id) is None or r.oa_id != chat.oa_id
        ]
        self._world.forget_messages(chat)
        self._notice("Bạn đã yêu cầu xóa dữ liệu của mình khỏi Official Account này.")
        self._emit("user_withdraw", {"oa_id": chat.oa_id, "user_id": chat.uid})
        self._services.hub.tell(chat, "withdraw", {})
        return {"uid": chat.uid}

    def write(self, text: str, quote_message_id: str = "") -> dict:
        content, extra = {}, {}
        quoted = self._chat.find(quote_message_id) if quote_message_id else None
        if quoted is not None:
            content["quote"] = {"message_id": quoted.message_id, "text": quoted.text[:200]}
            extra["quote_msg_id"] = quoted.message_id
        message = self._say("text", text, content)
        return self._tell("user_send_text", message, {"text": text} | extra)

    def send(self, kind: str, payload: dict, text: str = "") -> dict:
        """Anything but text: `payload` is the webhook's attachment payload."""
        message = self._say(kind, text, dict(payload))
        body: dict = {
            "attachments": [{"type": "link" if kind == "business_card" else kind, "payload": payload}]
        }
        if text:
            body["text"] = text
        return self._tell(f"user_send_{kind}", message, body)

    def tap(self, message_id: str, which: int | str) -> dict:
        message = self._find(message_id)
        buttons = list(message.content.get("buttons", []))
        buttons += [card["action"] for card in message.content.get("elements", []) if "action" in card]
        button = _choose(buttons, which)
        if message.kind == "zbs":
            return self._tap_zbs(message, button)
        return self.press(button)

    def choose_menu(self, title: str) -> dict:
        return self.press(_choose(self._world.accounts[self._chat.oa_id].menu, title))

    def press(self, button: dict) -> dict:
        """What a button does: {"effect", ...}; only oa.query.* reaches the account, as user_send_text."""
        payload = button["payload"]
        match button["type"]:
            case "oa.query.show":
                return self.write(payload) | {"effect": "text"}
            case "oa.query.hide":
                self._interact()
                message = Message(new_message_id(), "user", "text", payload, self._world.clock.now_ms())
                return self._tell("user_send_text", message, {"text": payload}) | {"effect": "hidden_text"}
            case "oa.open.url":
                self._interact()
                return {"effect": "open_url", "url": payload["url"]}
            case "oa.open.phone":
                return {"effect": "call", "phone": payload["phone_code"]}
            case _:
                return {"effect": "sms", "phone": payload["phone_code"], "text": payload["content"]}

    def _tap_zbs(self, message: Message, button: dict) -> dict:
        kind, payload = str(button["type"]), button["payload"]
        if kind == RESPONSE:
            now = self._world.clock.now_ms()
            self._world.responses.append(
                {
                    "data": button["title"],
                    "submitDate": str(now),
                    "msgId": message.message_id,
                    "oaId": self._chat.oa_id,
                    "trackingId": message.tracking_id,
                    "templateId": message.template_id,
                }
            )
            body = events.response_button(self._chat.oa_id, message, button["title"], now)
            self._emit("user_click_response_button", body, names_user=False, server="ZNS")
            return {"effect": "response"}
        if kind == "2":
            return {"effect": "call", "phone": payload}
        if kind == "10":
            return {"effect": "copy", "text": payload}
        return {"effect": "open_url", "url": payload}

    def share_info(self) -> dict:
        citizen, chat = self._citizen, self._chat
        chat.shared_info = {
            "address": citizen.address,
            "city": citizen.city,
            "district": citizen.ward,
            "phone": citizen.phone,
            "name": citizen.name,
            "user_dob": citizen.birth_date,
        }
        self._interact()
        self._notice("Bạn đã chia sẻ họ tên, số điện thoại và địa chỉ.")
        info = events.shared_info(citizen)
        self._emit("user_submit_info", events.submit_info(chat, info), names_user=False)
        return {"info": info}

    def rate(self, message_id: str, stars: int, feedbacks: list[str], note: str) -> dict:
        message = self._find(message_id)
        if message.kind != "zbs" or not message.content.get("rating_form"):
            raise Refusal("Tin này không phải tin đánh giá. Chọn một tin ZBS có phần chấm sao.")
        if message.rating is not None:
            raise Refusal("Tin này đã được đánh giá; mỗi tin chỉ đánh giá một lần.")
        now = self._world.clock.now_ms()
        message.rating = {"stars": stars, "feedbacks": feedbacks, "note": note}
        rating = Rating(
            message.template_id,
            self._chat.oa_id,
            message_id,
            message.tracking_id,
            stars,
            note,
            feedbacks,
            now,
        )
        self._world.ratings.append(rating)
        self._emit("user_feedback", events.feedback(rating), names_user=False, server="ZNS")
        self._services.hub.tell(self._chat, "rating", {"message_id": message_id, "rating": message.rating})
        return {"rating": message.rating}

    def react(self, message_id: str, icon: str) -> dict:
        message = self._find(message_id)
        message.reaction = "" if icon == "/-remove" else icon
        self._interact()
        body = events.from_user(self._chat, {"msg_id": message_id, "react_icon": icon})
        self._emit("user_reacted_message", body)
        self._services.hub.tell(self._chat, "reaction", {"message_id": message_id, "icon": message.reaction})
        return {"reaction": message.reaction}

    # helpers ----------------------------------------------------------------------------------

    def _interact(self) -> None:
        self._chat.interact(self._world.clock.now_ms())
        self._world.touch()

    def _find(self, message_id: str) -> Message:
        message = self._chat.find(message_id)
        if message is None:
            raise Refusal(f"Không có tin {message_id} trong cuộc trò chuyện này.", 404)
        return message

    def _notice(self, text: str) -> None:
        notice = self._chat.notice(text, self._world.clock.now_ms(), wall_ms())
        self._services.hub.tell(self._chat, "notice", {"notice": notice})
        self._world.touch()

    def _say(self, kind: str, text: str, content: dict[str, Any]) -> Message:
        self._interact()
        now = self._world.clock.now_ms()
        message = Message(
            new_message_id(), "user", kind, text, now, received_at_ms=wall_ms(), seen=True, content=content
        )
        self._world.keep_message(self._chat, message)
        self._services.hub.show(self._chat, message)
        return message

    def _tell(self, event: str, message: Message, body: dict) -> dict:
        self._emit(event, events.from_user(self._chat, {"msg_id": message.message_id} | body))
        return {"message_id": message.message_id, "uid": self._chat.uid}

    def _emit(self, event: str, fields: dict, *, names_user: bool = True, server: str = "") -> None:
        chat = self._chat
        self._services.webhooks.emit(
            chat.oa_id, chat.citizen_id, event, fields, names_user=names_user, server=server
        )


def _choose(buttons: list[dict], which: int | str) -> dict:
    """By index or by title."""
    if isinstance(which, int) and not isinstance(which, bool) and 0 <= which < len(buttons):
        return buttons[which]
    for button in buttons:
        if button["title"] == which:
            return button
    titles = ", ".join(button["title"] for button in buttons) or "không có nút nào"
    raise Refusal(f"Không có nút {which!r}. Các nút ở đây: {titles}.", 404)
