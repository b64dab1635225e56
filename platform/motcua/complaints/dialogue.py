"""Filing a complaint in the chat: which kind, then in the citizen's own words; seeing what became of it."""

from datetime import datetime, timedelta

from motcua.citizens.models import Citizen
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import MotcuaError, TooManyAttempts
from motcua.dossiers import following
from motcua.dossiers.models import Dossier
from motcua.messaging.replies import Reply, number_in
from motcua.tenancy import current
from motcua.zalo.messages import QueryHide

from . import handling
from .models import KINDS, Complaint

WRITING_LASTS = timedelta(hours=1)
WAITING_FOR = "complaint"
GIVE_UP = ("Thôi, không gửi", "Never mind")
STREET = ("Việc ngoài đường, nơi ở", "Something in the street")
GIVE_UP_WORDS = ("thôi", "không gửi", "bỏ qua", "hủy", "huỷ", "cancel", "never mind", "skip")


def pressed(citizen: Citizen, words: str) -> list[Reply]:
    """`""` to begin, `about:<dossier>` to begin from a survey, `<kind>:<dossier>`, `more:<complaint>`, `stop`."""
    what, _, number = words.partition(":")
    known = number_in(number)
    if what in KINDS:
        return _ask_words(citizen, what, _own_dossier(citizen, known))
    if what == "more" and (complaint := _own_complaint(citizen, known)) and complaint.state == "asked":
        _wait(citizen, {"more": complaint.id})
        return [Reply("complaint_more", handling.words_of(complaint, citizen.language), (_give_up(citizen),))]
    if what == "stop":
        citizen.dialogue = {}
        return [Reply("complaint_stopped", current.contact_words(), ends=True)]
    return [_kinds(citizen, _own_dossier(citizen, known))]


def heard(citizen: Citizen, line: str) -> list[Reply] | None:
    """The words that were asked for; None when none were."""
    waiting = citizen.dialogue.get(WAITING_FOR)
    if not waiting or datetime.fromisoformat(citizen.dialogue["until"]) < now():
        return None
    if line.strip(" .!").lower() in GIVE_UP_WORDS:
        return pressed(citizen, "stop")
    try:
        with db.session.begin_nested():
            complaint = _keep(citizen, waiting, line)
    except TooManyAttempts:
        citizen.dialogue = {}
        return [Reply("complaint_too_many", current.contact_words(), ends=True)]
    except MotcuaError:
        return [
            Reply(
                "complaint_unfit",
                {"shortest": handling.SHORTEST, "longest": handling.LONGEST},
                (_give_up(citizen),),
            )
        ]
    citizen.dialogue = {}
    return [
        Reply(
            "complaint_kept",
            handling.words_of(complaint, citizen.language) | current.contact_words(),
            ends=True,
        )
    ]


def _keep(citizen: Citizen, waiting: dict, line: str) -> Complaint:
    if "more" in waiting:
        complaint = _own_complaint(citizen, waiting["more"])
        handling.add_more(complaint, line)
        return complaint
    return handling.file(citizen, waiting["kind"], line, waiting["dossier"])


def _kinds(citizen: Citizen, dossier: Dossier | None) -> Reply:
    english = citizen.language == "en"
    about = dossier.id if dossier else 0
    buttons = tuple(
        QueryHide(names[english], f"#complain:{kind}:{about}") for kind, names in handling.KIND_NAMES.items()
    )
    if current.tenant().settings.get("feedback"):
        buttons += (QueryHide(STREET[english], "#report"),)
    mine = [handling.words_of(one, citizen.language) for one in handling.of_citizen(citizen)]
    words = {"complaints": mine, "code": dossier and dossier.code} | current.contact_words()
    return Reply("complaint_kinds", words, buttons, ends=True)


def _ask_words(citizen: Citizen, kind: str, dossier: Dossier | None) -> list[Reply]:
    _wait(citizen, {"kind": kind, "dossier": dossier and dossier.id})
    words = {
        "kind": handling.KIND_NAMES[kind][citizen.language == "en"],
        "code": dossier and dossier.code,
        "longest": handling.LONGEST,
    }
    return [Reply("complaint_words", words, (_give_up(citizen),))]


def _wait(citizen: Citizen, waiting: dict) -> None:
    citizen.dialogue = {WAITING_FOR: waiting, "until": (now() + WRITING_LASTS).isoformat()}


def _give_up(citizen: Citizen) -> QueryHide:
    return QueryHide(GIVE_UP[citizen.language == "en"], "#complain:stop")


def _own_dossier(citizen: Citizen, number: int | None) -> Dossier | None:
    """Only a dossier that the citizen proved to be theirs: a button's number can be typed by anybody."""
    dossier = db.session.get(Dossier, (citizen.tenant_id, number)) if number else None
    found = dossier and following.find(dossier, citizen)
    return dossier if found and found.knows_details else None


def _own_complaint(citizen: Citizen, number: int | None) -> Complaint | None:
    return db.session.scalar(
        db.select(Complaint)
        .where(Complaint.id == number, Complaint.citizen_id == citizen.id)
        .with_for_update()
    )
