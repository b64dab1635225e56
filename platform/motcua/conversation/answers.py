"""Answering a citizen's line. Every answer is one outbox row in the transaction of the event it answers."""

from datetime import datetime, timedelta

from motcua.citizens import registry
from motcua.citizens.models import Citizen
from motcua.complaints import dialogue as complaints
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.errors import MotcuaError, TooManyAttempts
from motcua.data_requests import dialogue as data
from motcua.dossiers import codes, finding, following, news, proofs, wording
from motcua.dossiers.adapters import pulling
from motcua.dossiers.models import Dossier, Follow
from motcua.facts import asked
from motcua.feedback import dialogue as feedback
from motcua.messaging.outbox import owe
from motcua.reminders import licences
from motcua.subscriptions import dialogue as areas
from motcua.surveys import dialogue as surveys
from motcua.tenancy import current, features
from motcua.zalo.messages import RequestUserInfo

from . import handover, intents, procedures, requests, services, testers, topics, visits
from .saying import ANSWER_LIFETIME, chat, command, say, say_all, send, show_menu

DIALOGUE_LIFETIME = timedelta(minutes=15)
ALWAYS_HEARD = frozenset({"end_person", "stop"})  # also while an officer has the chat


def reply(citizen: Citizen, key: str, text: str) -> None:
    """Answer one line. `key` names the event that is answered, so that no line is answered twice."""
    intent = intents.understand(text, chat()["keywords"])
    if intent.kind not in ALWAYS_HEARD and handover.hear(citizen, key, text):
        return
    if intent.kind == "ask" and requests.hear(citizen, key, text):
        return
    if intent.kind in services.MAY_BE_A_VALUE and services.waits_for_a_value(citizen):
        intent = intents.Intent("ask")
    if intent.kind == "ask" and not text.strip(" .!?#"):
        show_menu(citizen, key)
    elif intent.kind == "ask" and visits.hear(citizen, key, text):
        return
    elif intent.kind == "ask":
        _ask(citizen, key, text)
    elif (feature := features.of_command(intent.kind)) and not features.is_on(feature):
        say(citizen, key, "not_here")
    else:
        HANDLERS.get(intent.kind, _menu)(citizen, key, intent)


def _ask(citizen: Citizen, key: str, text: str) -> None:
    """What a complaint or a survey waits for, else a question for the catalogue."""
    replies = (
        complaints.heard(citizen, text)
        or feedback.heard(citizen, text)
        or areas.heard(citizen, text)
        or data.heard(citizen, text)
        or surveys.heard(citizen, text)
    )
    if replies:
        say_all(citizen, key, replies)
    elif not _by_service(citizen, key, services.hear(citizen, key, text)):
        procedures.answer(citizen, key, text)


def _by_service(citizen: Citizen, key: str, needs_phone: bool | None) -> bool:
    """Whether an extra service took the line; asks for the phone where it needs one."""
    if needs_phone:
        ask_for_phone(citizen, key)
    return needs_phone is not None


def welcome(citizen: Citizen, key: str) -> None:
    say(citizen, key, "welcome", buttons=(command(citizen, "find"), *_usual(citizen)))
    if citizen.phone_index is None:
        ask_for_phone(citizen, key)


def ask_for_phone(citizen: Citizen, key: str) -> None:
    """Zalo's own card: the number comes from Zalo, so it needs no further proof."""
    title, subtitle = ASK_PHONE[citizen.language]
    card = RequestUserInfo(
        title=title,
        subtitle=subtitle.format(province=current.province_name()),
        image_url=current.picture_url("share-phone.png"),
    )
    owe(citizen, "ask_phone", dedupe_key=f"{key}:ask_phone", consultation=card, lifetime=ANSWER_LIFETIME)


def phone_shared(citizen: Citizen, key: str, phone: str) -> None:
    citizen.prove_phone(phone)
    citizen.muted_at = None
    registry.agree(citizen, ("link_phone", "dossier_messages"), "share_phone")
    db.session.flush()
    dossiers = following.follow_own(citizen)
    say(citizen, key, "phone_linked", _listed(citizen, dossiers), _usual(citizen))
    visits.go_on(citizen, key)
    services.go_on(citizen, key)


def _licence_remind(citizen: Citizen, key: str) -> None:
    words = licences.remind(citizen)
    say(citizen, key, "licence_remind_what" if words is None else "licence_remind_on", words or {})


def _licence_forget(citizen: Citizen, key: str) -> None:
    licences.forget(citizen)
    say(citizen, key, "licence_remind_off")


CHANGE = {"vi": "Đổi, hủy lịch đã đặt", "en": "Change a booked visit"}
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


def _look_up(citizen: Citizen, key: str, intent: intents.Intent) -> None:
    dossier = _guess(citizen, key, intent)
    if dossier is not None:
        found = following.find(dossier, citizen)
        _tell_status(citizen, key, dossier, found)


def _tell_status(citizen: Citizen, key: str, dossier: Dossier, found: Follow | None) -> None:
    asked.note("dossier", "match")
    message = news.status_message(dossier, found, citizen.language, pulling.as_of(dossier))
    send(citizen, key, "dossier_status", message)


def _follow(citizen: Citizen, key: str, intent: intents.Intent) -> None:
    if intent.token is None and not _follows(citizen, intent.dossier):
        # A dossier code can be counted up; the paper's code or the digits cannot. A code that is not there is
        # asked about as well: only the right digits tell.
        _ask_proof(citizen, key, codes.folded(intent.dossier))
        return
    dossier = _guess(citizen, key, intent)
    if dossier is None:
        return
    found = following.follow(dossier, citizen, "token")
    registry.agree(citizen, ("dossier_messages",), "chat")
    citizen.muted_at = None
    say(citizen, f"{key}:following", "following", {"code": dossier.code, "procedure": dossier.procedure_name})
    _tell_status(citizen, key, dossier, found)
    if not found.knows_details:
        _ask_proof(citizen, key, dossier.code)


def _follows(citizen: Citizen, code: str) -> bool:
    dossier = finding.look_up(code)
    return dossier is not None and following.find(dossier, citizen) is not None


def _ask_proof(citizen: Citizen, key: str, code: str) -> None:
    citizen.dialogue = {"proof_for": code, "until": (now() + DIALOGUE_LIFETIME).isoformat()}
    say(citizen, f"{key}:proof", "proof_asked", {"code": code})


def _prove(citizen: Citizen, key: str, intent: intents.Intent) -> None:
    """Four digits that we asked for, or that came with a code in one line."""
    code = intent.dossier or _asked_about(citizen)
    if code is None:
        procedures.answer(citizen, key, intent.digits)
        return
    try:
        dossier = proofs.prove_code(code, intent.digits, proofs.Guesser(citizen.id))
    except TooManyAttempts as error:
        _cooled_down(citizen, key, error)
        return
    if dossier is None:
        asked.note("dossier", "none")
        say(citizen, key, "not_found")
        return
    citizen.dialogue = {}
    citizen.muted_at = None
    found = following.follow(dossier, citizen, "digits")
    registry.agree(citizen, ("dossier_messages",), "chat")
    _tell_status(citizen, key, dossier, found)


def _unfollow(citizen: Citizen, key: str, intent: intents.Intent) -> None:
    dossier = _guess(citizen, key, intent)
    if dossier is not None:
        following.unfollow(dossier, citizen)
        say(citizen, key, "unfollowed", {"code": dossier.code}, _usual(citizen))


def _my_dossiers(citizen: Citizen, key: str, intent: intents.Intent) -> None:
    dossiers = [dossier for dossier, _ in following.followed_by(citizen)]
    if not dossiers:
        _no_dossiers(citizen, key, "no_dossiers")
        return
    buttons = tuple(
        command(
            citizen, "dossier", dossier.code, ("Hồ sơ ", "Dossier ")[citizen.language == "en"] + dossier.code
        )
        for dossier in dossiers
    )
    say(citizen, key, "my_dossiers", _listed(citizen, dossiers), buttons)


def _appointments(citizen: Citizen, key: str, intent: intents.Intent) -> None:
    """Booked visits; when each unfinished dossier is due, and where the result is collected."""
    dossiers = [one for one, _ in following.followed_by(citizen) if not one.is_finished]
    booked = visits.lines(citizen)
    book, menu = command(citizen, "book"), command(citizen, "menu")
    if not dossiers and not booked:
        say(citizen, key, "no_appointments", buttons=(book, command(citizen, "find"), menu))
        if citizen.phone_index is None:
            ask_for_phone(citizen, key)
        return
    change = (command(citizen, "rebook", title=CHANGE[citizen.language]),) if booked else ()
    words = _listed(citizen, dossiers) | {"visits": booked}
    say(citizen, key, "appointments", words, (book, *change, command(citizen, "my_dossiers"), menu))


def _book(citizen: Citizen, key: str, intent: intents.Intent) -> None:
    if visits.needs_proof(citizen):
        visits.wait_for_proof(citizen, key, intent.words)
        ask_for_phone(citizen, key)
    else:
        visits.start(citizen, key, intent.words)


def _no_dossiers(citizen: Citizen, key: str, event: str) -> None:
    say(citizen, key, event, buttons=(command(citizen, "find"), command(citizen, "menu")))
    if citizen.phone_index is None:
        ask_for_phone(citizen, key)


def _dossier(citizen: Citizen, key: str, intent: intents.Intent) -> None:
    _look_up(citizen, key, intents.Intent("look_up", dossier=intent.words))


def _stop(citizen: Citizen, key: str, intent: intents.Intent) -> None:
    registry.withdraw(citizen)
    say(citizen, key, "stopped", buttons=(command(citizen, "resume"), command(citizen, "menu")))


def _resume(citizen: Citizen, key: str, intent: intents.Intent) -> None:
    citizen.muted_at = None
    registry.agree(citizen, ("dossier_messages",), "chat")
    say(citizen, key, "resumed", buttons=_usual(citizen))


def _menu(citizen: Citizen, key: str, intent: intents.Intent) -> None:
    show_menu(citizen, key, intent.words or "main")


def _help(citizen: Citizen, key: str, intent: intents.Intent) -> None:
    say(citizen, key, "help", buttons=_usual(citizen))


def _find(citizen: Citizen, key: str, intent: intents.Intent) -> None:
    say(citizen, key, "find_procedure", buttons=(command(citizen, "menu"), command(citizen, "person")))


def _speak(citizen: Citizen, key: str, language: str) -> None:
    citizen.language = language
    say(citizen, key, "language_changed", buttons=_usual(citizen))


HANDLERS = {
    "link_tester": testers.link,
    "look_up": _look_up,
    "follow": _follow,
    "unfollow": _unfollow,
    "proof": _prove,
    "dossier": _dossier,
    "my_dossiers": _my_dossiers,
    "appointments": _appointments,
    "stop": _stop,
    "resume": _resume,
    "menu": _menu,
    "help": _help,
    "find": _find,
    "procedure": lambda citizen, key, intent: procedures.open_words(citizen, key, intent.words),
    "none_of_these": lambda citizen, key, intent: procedures.refuse_choices(citizen, key),
    "topics": lambda citizen, key, intent: topics.show(citizen, key, intent.words),
    "topic": lambda citizen, key, intent: topics.turn(citizen, key, intent.words),
    "person": lambda citizen, key, intent: handover.ask(citizen, key, wording.moment),
    "end_person": lambda citizen, key, intent: handover.end(citizen, key),
    "requests": lambda citizen, key, intent: requests.show(citizen, key, intent.words),
    "prove": lambda citizen, key, intent: _ask_proof(citizen, key, intent.words),
    "e_result": lambda citizen, key, intent: requests.send_result_links(citizen, key, intent.words),
    "postal_return": lambda citizen, key, intent: requests.begin(citizen, key, intent.kind, intent.words),
    "delegate": lambda citizen, key, intent: requests.begin(citizen, key, intent.kind, intent.words),
    "withdraw": lambda citizen, key, intent: requests.begin(citizen, key, intent.kind, intent.words),
    "correct_phone": lambda citizen, key, intent: requests.begin(citizen, key, intent.kind, intent.words),
    "book": _book,
    "rebook": lambda citizen, key, intent: visits.rebook(citizen, key, intent.words),
    "cancel_visit": lambda citizen, key, intent: visits.cancel(citizen, key, intent.words),
    "survey": lambda citizen, key, intent: say_all(citizen, key, surveys.pressed(citizen, intent.words)),
    "complain": lambda citizen, key, intent: say_all(citizen, key, complaints.pressed(citizen, intent.words)),
    "area": lambda citizen, key, intent: say_all(citizen, key, areas.pressed(citizen, intent.words)),
    "report": lambda citizen, key, intent: say_all(citizen, key, feedback.pressed(citizen, intent.words)),
    "my_data": lambda citizen, key, intent: say_all(citizen, key, data.pressed(citizen, intent.words)),
    "delete_data": lambda citizen, key, intent: say_all(citizen, key, data.pressed(citizen, "delete")),
    "licence_remind": lambda citizen, key, intent: _licence_remind(citizen, key),
    "licence_forget": lambda citizen, key, intent: _licence_forget(citizen, key),
    "visit_purpose": lambda citizen, key, intent: visits.choose_purpose(citizen, key, intent.words),
    "visit_dossier": lambda citizen, key, intent: visits.choose_dossier(citizen, key, intent.words),
    "visit_desk": lambda citizen, key, intent: visits.choose_desk(citizen, key, intent.words),
    "visit_days": lambda citizen, key, intent: visits.show_days(citizen, key, intent.words),
    "visit_day": lambda citizen, key, intent: visits.show_slots(citizen, key, intent.words),
    "visit_slot": lambda citizen, key, intent: visits.take(citizen, key, intent.words),
    "visit_move": lambda citizen, key, intent: visits.move(citizen, key, intent.words),
    "visit_confirm": lambda citizen, key, intent: visits.confirm(citizen, key, intent.words),
    "services": lambda citizen, key, intent: services.show(citizen, key, intent.words),
    "service": lambda citizen, key, intent: _by_service(
        citizen, key, services.start(citizen, key, intent.words)
    ),
    "service_value": lambda citizen, key, intent: _by_service(
        citizen, key, services.take_value(citizen, key, intent.words)
    ),
    "service_choice": lambda citizen, key, intent: _by_service(
        citizen, key, services.choose(citizen, key, intent.words)
    ),
    "service_cancel": lambda citizen, key, intent: services.cancel(citizen, key),
    "english": lambda citizen, key, intent: _speak(citizen, key, "en"),
    "vietnamese": lambda citizen, key, intent: _speak(citizen, key, "vi"),
    "switch_language": lambda citizen, key, intent: _speak(
        citizen, key, "vi" if citizen.language == "en" else "en"
    ),
}


def _usual(citizen: Citizen) -> tuple:
    return (command(citizen, "menu"), command(citizen, "my_dossiers"))


def _guess(citizen: Citizen, key: str, intent: intents.Intent) -> Dossier | None:
    """The dossier that a code or token names; a wrong one is answered here, and counted."""
    who = proofs.Guesser(citizen.id)
    try:
        if intent.token:
            dossier = proofs.read_token(intent.token, who)
        elif _follows(citizen, intent.dossier):
            return finding.look_up(intent.dossier)  # their own may be looked at as often as they like
        else:
            dossier = proofs.read_code(intent.dossier, who)
    except TooManyAttempts as error:
        _cooled_down(citizen, key, error)
        return None
    if dossier is None:
        asked.note("dossier", "none")
        say(citizen, key, "not_found")
    return dossier


def _asked_about(citizen: Citizen) -> str | None:
    """The code whose digits we asked for a short while ago."""
    asked = citizen.dialogue
    if not isinstance(asked.get("proof_for"), str) or datetime.fromisoformat(asked["until"]) < now():
        return None
    return asked["proof_for"]


def _cooled_down(citizen: Citizen, key: str, error: MotcuaError) -> None:
    say(citizen, key, "cooled_down", {"minutes": -(-error.details["retry_after_s"] // 60)})


def _listed(citizen: Citizen, dossiers: list[Dossier]) -> dict:
    as_of = wording.moment(pulling.as_of(*dossiers[:5]), citizen.language)
    return {"dossiers": _lines(citizen, dossiers), "as_of": as_of}


def _lines(citizen: Citizen, dossiers: list[Dossier]) -> list[dict]:
    return [
        {
            "code": dossier.code,
            "procedure": dossier.procedure_name,
            "status": wording.status(dossier, citizen.language),
            "due": wording.moment(dossier.due_at, citizen.language),
            "place": dossier.pickup_place or dossier.agency_name,
            "hours": dossier.pickup_hours,
        }
        for dossier in dossiers[:5]
    ]
