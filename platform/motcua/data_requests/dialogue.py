"""“Dữ liệu của tôi” in the chat: choosing what to ask, confirming erasure, saying what is wrong."""

from datetime import datetime, timedelta

from motcua.citizens.models import Citizen
from motcua.core.clock import now
from motcua.messaging.replies import Reply
from motcua.zalo.messages import QueryHide

from . import handling
from .models import KINDS

WAITING_FOR = "data_correction"
WRITING_LASTS = timedelta(minutes=15)
SURE = ("Đúng, xóa dữ liệu của tôi", "Yes, delete my data")
GIVE_UP = ("Thôi", "Never mind")
OFFERED = (
    "access",
    "correct",
    "delete",
    "restrict",
)  # “DỪNG” withdraws at once; five buttons are all Zalo takes
GIVE_UP_WORDS = ("thôi", "hủy", "huỷ", "bỏ qua", "cancel", "never mind")


def pressed(citizen: Citizen, words: str) -> list[Reply]:
    """`""` to see what can be asked, `<kind>` to ask it, `delete:yes` to confirm, `stop`."""
    kind, _, sure = words.partition(":")
    if kind == "stop":
        citizen.dialogue = {}
        return [Reply("data_dropped", ends=True)]
    if kind not in KINDS:
        return [Reply("data_menu", buttons=tuple(_button(citizen, one) for one in OFFERED), ends=True)]
    if kind == "correct":
        citizen.dialogue = {WAITING_FOR: True, "until": (now() + WRITING_LASTS).isoformat()}
        return [Reply("data_correct", buttons=(_give_up(citizen),))]
    if kind == "delete" and sure != "yes":
        title = SURE[citizen.language == "en"]
        return [
            Reply("data_delete_sure", buttons=(QueryHide(title, "#my-data:delete:yes"), _give_up(citizen)))
        ]
    return _keep(citizen, kind)


def heard(citizen: Citizen, line: str) -> list[Reply] | None:
    """What is wrong with their data, if that was asked; None when it was not."""
    asked = citizen.dialogue
    if not asked.get(WAITING_FOR) or datetime.fromisoformat(asked["until"]) < now():
        return None
    citizen.dialogue = {}
    if line.strip(" .!").lower() in GIVE_UP_WORDS:
        return [Reply("data_dropped", ends=True)]
    return _keep(citizen, "correct", line)


def _keep(citizen: Citizen, kind: str, said: str = "") -> list[Reply]:
    request = handling.file(kind, "chat", citizen=citizen, said=said)
    return [Reply("data_kept", handling.words_of(request, citizen.language), ends=True)]


def _button(citizen: Citizen, kind: str) -> QueryHide:
    return QueryHide(handling.KIND_NAMES[kind][citizen.language == "en"], f"#my-data:{kind}")


def _give_up(citizen: Citizen) -> QueryHide:
    return QueryHide(GIVE_UP[citizen.language == "en"], "#my-data:stop")
