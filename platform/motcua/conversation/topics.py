"""Announcements on or off, topic by topic: those of the province's chat.toml and those of its services."""

from motcua.citizens import registry
from motcua.citizens.models import Citizen
from motcua.services import switching

from .saying import chat, command, say

MOST = 3  # topics on one screen; the next page, and the way back


def all_topics() -> list[dict]:
    """{"key", "title", "title_en"} of each; a service's topic has the key `code.topic`."""
    of_services = [
        {"key": f"{service.code}.{topic.code}", "title": topic.name, "title_en": topic.name_en or topic.name}
        for service in switching.all_on()
        for topic in service.topics
    ]
    return [*chat()["topics"], *of_services]


def show(citizen: Citizen, key: str, words: str = "") -> None:
    """Which topics are on, and a button to turn each; `words` is the page."""
    english = citizen.language == "en"
    titles = {one["key"]: one["title_en" if english else "title"] for one in all_topics()}
    on = [title for name, title in titles.items() if name in citizen.topics]
    off = [title for name, title in titles.items() if name not in citizen.topics]
    turn = {True: ("Tắt: ", "Turn off: "), False: ("Bật: ", "Turn on: ")}
    buttons = [
        command(
            citizen,
            "topic",
            f"{name}:{'off' if name in citizen.topics else 'on'}",
            turn[name in citizen.topics][english] + title,
        )
        for name, title in titles.items()
    ]
    page = int(words) if words.isdecimal() and len(words) < 4 else 1
    start = MOST * (page - 1) if 0 < MOST * page < len(buttons) + MOST else 0
    shown = buttons[start : start + MOST]
    if len(buttons) > MOST:
        page_after = str(start // MOST + 2) if start + MOST < len(buttons) else "1"
        shown.append(command(citizen, "topics", page_after, ("Chủ đề khác", "More topics")[english]))
    say(citizen, key, "topics", {"on": on, "off": off}, (*shown, command(citizen, "menu")))


def turn(citizen: Citizen, key: str, words: str) -> None:
    """`policy:on` or `policy:off`, as a button says it. Consent to announcements follows the topics."""
    name, _, wish = words.partition(":")
    topic = next((one for one in all_topics() if one["key"] == name), None)
    if topic is None or wish not in ("on", "off"):
        show(citizen, key)
        return
    others = [one for one in citizen.topics if one != name]
    citizen.topics = [*others, name] if wish == "on" else others
    if wish == "on":
        registry.agree(citizen, ("broadcasts",), "chat")
        citizen.muted_at = None
    elif not citizen.topics:
        registry.withdraw_purpose(citizen, "broadcasts")
    title = topic["title_en" if citizen.language == "en" else "title"]
    back = command(citizen, "topics", title=("Các thông báo khác", "Other topics")[citizen.language == "en"])
    say(citizen, key, f"topic_{wish}", {"topic": title}, (back, command(citizen, "menu")))
