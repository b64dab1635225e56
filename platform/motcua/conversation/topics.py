"""Announcements on or off, topic by topic."""

from motcua.citizens import registry
from motcua.citizens.models import Citizen

from .saying import chat, command, say

MOST = 4  # topics on one screen; and the way back


def show(citizen: Citizen, key: str) -> None:
    """Which topics are on, and a button to turn each."""
    english = citizen.language == "en"
    titles = {one["key"]: one["title_en" if english else "title"] for one in chat()["topics"]}
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
    say(citizen, key, "topics", {"on": on, "off": off}, (*buttons[:MOST], command(citizen, "menu")))


def turn(citizen: Citizen, key: str, words: str) -> None:
    """`policy:on` or `policy:off`, as a button says it. Consent to announcements follows the topics."""
    name, _, wish = words.partition(":")
    topic = next((one for one in chat()["topics"] if one["key"] == name), None)
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
