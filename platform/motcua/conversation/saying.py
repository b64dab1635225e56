"""Owing a citizen an answer: in their language, within Zalo's limits, with buttons that lead on."""

from datetime import timedelta

from motcua.citizens.models import Citizen
from motcua.messaging.outbox import owe
from motcua.messaging.replies import Reply
from motcua.messaging.wording import texts
from motcua.tenancy import current, features
from motcua.zalo.messages import Button, CallPhone, OpenUrl, QueryHide, RequestUserInfo, TextMessage

ANSWER_LIFETIME = timedelta(hours=1)  # an answer that comes tomorrow answers nothing
MOST_BUTTONS = 5
START = "main"

TITLES = {
    "menu": ("Menu chính", "Main menu"),
    "my_dossiers": ("Hồ sơ của tôi", "My dossiers"),
    "find": ("Hỏi thủ tục", "Find a procedure"),
    "person": ("Gặp cán bộ", "Talk to an officer"),
    "end_person": ("Kết thúc trò chuyện", "End the chat"),
    "appointments": ("Lịch hẹn", "Appointments"),
    "book": ("Đặt lịch đến quầy", "Book a visit"),
    "resume": ("Nhận tin lại", "Receive messages again"),
    "services": ("Tra cứu khác", "Other look-ups"),
    "service_cancel": ("Thôi hỏi", "Cancel"),
}
ASK_PHONE = {
    "vi": (
        "Chia sẻ số điện thoại để nhận tin hồ sơ",
        "{province} dùng số này để tìm hồ sơ đứng tên ông/bà và báo tin khi có thay đổi. "
        "Nhắn DỪNG để thôi nhận tin bất cứ lúc nào.",
    ),
    "en": (
        "Share your phone number to hear of your dossiers",
        "{province} uses it to find the dossiers in your name and to tell you of every change. "
        "Write STOP at any time to hear no more.",
    ),
}


def command(citizen: Citizen, name: str, words: str = "", title: str | None = None) -> QueryHide:
    """A button that sends a command; its own title, or the usual one of that command."""
    title = title or TITLES[name][citizen.language == "en"]
    return QueryHide(title[:100], f"#{name.replace('_', '-')}" + (f":{words}" if words else ""))


def say(citizen: Citizen, key: str, event: str, words: dict | None = None, buttons: tuple = ()) -> None:
    """Answer with the text `event`. `key` names what is answered, so that nothing is answered twice.

    Without buttons the way back to the menu is offered: no answer is a dead end.
    """
    words = {"province": current.province_name()} | (words or {})
    text = texts.render(event, words, citizen.language)
    send(citizen, key, event, TextMessage(text, buttons=_with_a_way_on(citizen, buttons)))


def say_all(citizen: Citizen, key: str, replies: list[Reply]) -> None:
    """What a room below wants to say; the way back to the menu where the talk is over."""
    for reply in replies:
        way_back = (command(citizen, "menu"),) if reply.ends else ()
        say(citizen, key, reply.event, reply.words, (*reply.buttons, *way_back))


def send(citizen: Citizen, key: str, event: str, message) -> None:
    owe(citizen, event, dedupe_key=f"{key}:{event}", consultation=message, lifetime=ANSWER_LIFETIME)


def ask_for_phone(citizen: Citizen, key: str) -> None:
    """Zalo's own card: the number comes from Zalo, so it needs no further proof."""
    title, subtitle = ASK_PHONE[citizen.language]
    card = RequestUserInfo(
        title=title,
        subtitle=subtitle.format(province=current.province_name()),
        image_url=current.picture_url("share-phone.png"),
    )
    owe(citizen, "ask_phone", dedupe_key=f"{key}:ask_phone", consultation=card, lifetime=ANSWER_LIFETIME)


def show_menu(citizen: Citizen, key: str, node_key: str = START) -> None:
    """One menu of the tenant's chat.toml; an unknown one (changed since it was shown) becomes the first."""
    nodes = {node["key"]: node for node in chat()["nodes"]}
    node = nodes.get(node_key, nodes[START])
    english = citizen.language == "en"
    words = {"province": current.province_name()}
    text = texts.fill_words(node["say_en" if english else "say"], words)
    buttons = [_button(one, english) for one in node["buttons"] if _is_offered(one)]
    if node["key"] != START:
        buttons.append(command(citizen, "menu"))
    send(citizen, key, "menu", TextMessage(text, buttons=tuple(buttons)))


def usual(citizen: Citizen) -> tuple:
    """The buttons that lead on from anywhere."""
    return (command(citizen, "menu"), command(citizen, "my_dossiers"))


def chat() -> dict:
    """The checked chat.toml of the tenant in scope: {"keywords", "survey_words", "topics", "nodes"}."""
    return current.tenant().settings["chat"]


def _is_offered(given: dict) -> bool:
    """Not where it leads to a feature that the province does not have."""
    feature = features.of_command(given.get("go", ""))
    return feature is None or features.is_on(feature)


def _button(given: dict, english: bool) -> Button:
    title = given["title_en" if english else "title"]
    if "url" in given:
        return OpenUrl(title, given["url"])
    if "phone" in given:
        return CallPhone(title, given["phone"])
    known = {node["key"] for node in chat()["nodes"]}
    words = f"menu:{given['go']}" if given["go"] in known else given["go"].replace("_", "-")
    return QueryHide(title, f"#{words}")


def _with_a_way_on(citizen: Citizen, buttons: tuple) -> tuple:
    """At most five; always one that leads on."""
    if not buttons:
        return usual(citizen)
    return tuple(buttons[:MOST_BUTTONS])
