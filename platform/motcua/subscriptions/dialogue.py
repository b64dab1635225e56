"""Telling us in the chat which communes' news one wants."""

from datetime import datetime, timedelta

from motcua.catalogue import communes
from motcua.catalogue.names import plain_name
from motcua.citizens.models import Citizen
from motcua.core.clock import now
from motcua.messaging.replies import Reply
from motcua.zalo.messages import QueryHide

WAITING_FOR = "area"
WRITING_LASTS = timedelta(minutes=30)
MOST = 5
LEAVE_WORDS = frozenset({"thoi", "bo qua", "khong", "skip", "cancel", "no"})
ADD = ("Thêm xã, phường", "Add a commune")
REMOVE = ("Bỏ: ", "Remove: ")
LEAVE = ("Để sau", "Later")


def pressed(citizen: Citizen, words: str) -> list[Reply]:
    """ "" to see one's places, `add`, `drop:<commune>`, `later`."""
    what, _, code = words.partition(":")
    if what == "add":
        return [ask(citizen)]
    if what == "later":
        citizen.dialogue = {}
    if what == "drop":
        citizen.areas = [one for one in citizen.areas if one != code]
    return [_shown(citizen)]


def heard(citizen: Citizen, line: str) -> list[Reply] | None:
    """The commune that was asked for; None when none was."""
    if WAITING_FOR not in citizen.dialogue or datetime.fromisoformat(citizen.dialogue["until"]) < now():
        return None
    if plain_name(line) in LEAVE_WORDS:
        return pressed(citizen, "later")
    found = communes.named(line)
    if len(found) != 1:
        words = {"communes": [one.name for one in found[:8]], "text": line[:80]}
        return [Reply("area_unknown", words, (_button(citizen, LEAVE, "later"),))]
    citizen.dialogue = {}
    citizen.areas = [*(one for one in citizen.areas if one != found[0].code), found[0].code][-MOST:]
    return [_shown(citizen)]


def ask(citizen: Citizen) -> Reply:
    """Which commune? The answer is heard for half an hour."""
    citizen.dialogue = {WAITING_FOR: True, "until": (now() + WRITING_LASTS).isoformat()}
    return Reply("area_asked", {}, (_button(citizen, LEAVE, "later"),))


def _shown(citizen: Citizen) -> Reply:
    names = {one.code: one.name for one in communes.existing()}
    mine = [(code, names[code]) for code in citizen.areas if code in names]
    drops = tuple(
        QueryHide((REMOVE[citizen.language == "en"] + name)[:100], f"#area:drop:{code}")
        for code, name in mine
    )
    return Reply(
        "areas", {"communes": [name for _, name in mine]}, (_button(citizen, ADD, "add"), *drops[:3]), True
    )


def _button(citizen: Citizen, said: tuple[str, str], words: str) -> QueryHide:
    return QueryHide(said[citizen.language == "en"], f"#area:{words}")
