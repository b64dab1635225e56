"""Answering a citizen's line. Every answer is one outbox row in the transaction of the event it answers."""

from motcua.citizens import registry
from motcua.citizens.models import Citizen
from motcua.complaints import dialogue as complaints
from motcua.core.database import db
from motcua.data_requests import dialogue as data
from motcua.dossiers import following, wording
from motcua.feedback import dialogue as feedback
from motcua.reminders import licences
from motcua.subscriptions import dialogue as areas
from motcua.surveys import dialogue as surveys
from motcua.tenancy import features

from . import dossiers, handover, intents, procedures, requests, services, testers, topics, visits
from .saying import ask_for_phone, chat, command, say, say_all, show_menu, usual

CHANGE = {"vi": "Đổi, hủy lịch đã đặt", "en": "Change a booked visit"}
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
    say(citizen, key, "welcome", buttons=(command(citizen, "find"), *usual(citizen)))
    if citizen.phone_index is None:
        ask_for_phone(citizen, key)


def phone_shared(citizen: Citizen, key: str, phone: str) -> None:
    citizen.prove_phone(phone)
    citizen.muted_at = None
    registry.agree(citizen, ("link_phone", "dossier_messages"), "share_phone")
    db.session.flush()
    found = following.follow_own(citizen)
    say(citizen, key, "phone_linked", dossiers.listed(citizen, found), usual(citizen))
    visits.go_on(citizen, key)
    services.go_on(citizen, key)


def _licence_remind(citizen: Citizen, key: str) -> None:
    words = licences.remind(citizen)
    say(citizen, key, "licence_remind_what" if words is None else "licence_remind_on", words or {})


def _licence_forget(citizen: Citizen, key: str) -> None:
    licences.forget(citizen)
    say(citizen, key, "licence_remind_off")


def _appointments(citizen: Citizen, key: str, intent: intents.Intent) -> None:
    """Booked visits; when each unfinished dossier is due, and where the result is collected."""
    unfinished = [one for one, _ in following.followed_by(citizen) if not one.is_finished]
    booked = visits.lines(citizen)
    book, menu = command(citizen, "book"), command(citizen, "menu")
    if not unfinished and not booked:
        say(citizen, key, "no_appointments", buttons=(book, command(citizen, "find"), menu))
        if citizen.phone_index is None:
            ask_for_phone(citizen, key)
        return
    change = (command(citizen, "rebook", title=CHANGE[citizen.language]),) if booked else ()
    words = dossiers.listed(citizen, unfinished) | {"visits": booked}
    say(citizen, key, "appointments", words, (book, *change, command(citizen, "my_dossiers"), menu))


def _book(citizen: Citizen, key: str, intent: intents.Intent) -> None:
    if visits.needs_proof(citizen):
        visits.wait_for_proof(citizen, key, intent.words)
        ask_for_phone(citizen, key)
    else:
        visits.start(citizen, key, intent.words)


def _stop(citizen: Citizen, key: str, intent: intents.Intent) -> None:
    registry.withdraw(citizen)
    say(citizen, key, "stopped", buttons=(command(citizen, "resume"), command(citizen, "menu")))


def _resume(citizen: Citizen, key: str, intent: intents.Intent) -> None:
    citizen.muted_at = None
    registry.agree(citizen, ("dossier_messages",), "chat")
    say(citizen, key, "resumed", buttons=usual(citizen))


def _menu(citizen: Citizen, key: str, intent: intents.Intent) -> None:
    show_menu(citizen, key, intent.words or "main")


def _help(citizen: Citizen, key: str, intent: intents.Intent) -> None:
    say(citizen, key, "help", buttons=usual(citizen))


def _find(citizen: Citizen, key: str, intent: intents.Intent) -> None:
    say(citizen, key, "find_procedure", buttons=(command(citizen, "menu"), command(citizen, "person")))


def _speak(citizen: Citizen, key: str, language: str) -> None:
    citizen.language = language
    say(citizen, key, "language_changed", buttons=usual(citizen))


HANDLERS = {
    "link_tester": testers.link,
    "look_up": dossiers.look_up,
    "follow": dossiers.follow,
    "unfollow": dossiers.unfollow,
    "proof": dossiers.prove,
    "dossier": dossiers.show,
    "my_dossiers": dossiers.show_mine,
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
    "prove": lambda citizen, key, intent: dossiers.ask_proof(citizen, key, intent.words),
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
