"""Extra services in the chat: heard by phrase, chosen from the list, asked field by field, answered when ready.

The inbox never waits for a slow service: what is not there at once comes as a message of its own.
"""

import structlog
from sqlalchemy.exc import SQLAlchemyError

from motcua.catalogue.names import plain_name
from motcua.citizens.models import Citizen
from motcua.core import scope
from motcua.core.database import db
from motcua.dossiers import following
from motcua.services import asking, forms, hearing, registry, switching, waiting
from motcua.services.asking import Asked, TooManyQuestions
from motcua.services.contract import (
    ANYBODY,
    DOSSIER_PROVEN,
    PHONE_PROVEN,
    Asker,
    Field,
    QuestionRefused,
    Reply,
    Service,
    ServiceUnavailable,
)
from motcua.services.models import ServiceWaiting
from motcua.services.wording import name_of

from . import service_dialogue
from . import service_screens as screens
from .saying import command, say
from .service_dialogue import Talk

AT_ONCE_S = 0.5
CANCEL = {"huy", "thoi", "bo qua", "khong hoi nua", "cancel"}
MAY_BE_A_VALUE = frozenset({"proof", "procedure", "follow"})  # four digits, a number that looks like a code

log = structlog.get_logger(__name__)


def show(citizen: Citizen, key: str, words: str = "") -> None:
    """The list of services, a page of it."""
    screens.show_list(citizen, key, int(words) if words.isdecimal() and len(words) < 4 else 1)


def start(citizen: Citizen, key: str, code: str) -> bool:
    """A service was chosen; True when the citizen must share their phone first."""
    if not switching.is_on(code):
        show(citizen, key)
        return False
    return _go_on(citizen, key, Talk(registry.find(code)))


def hear(citizen: Citizen, key: str, line: str) -> bool | None:
    """A line in the citizen's own words: None when it is not for a service, else as `start`."""
    talk = service_dialogue.open_talk(citizen)
    if talk is not None and plain_name(line) in CANCEL:
        cancel(citizen, key)
        return False
    found = hearing.by_phrase(switching.all_on(), line) if talk and talk.asks else hearing.heard(line)
    if talk is not None and (found is None or (talk.choices and line.strip().isdecimal())):
        if talk.asks:
            return _take(citizen, key, talk, line)
        if (chosen := _chosen(talk, line)) is not None:
            return _go_on(citizen, key, Talk(talk.service, chosen))
    if found is None:
        return None
    service, values = found
    return _go_on(citizen, key, Talk(service, values))


def waits_for_a_value(citizen: Citizen) -> bool:
    talk = service_dialogue.open_talk(citizen)
    return talk is not None and bool(talk.asks)


def take_value(citizen: Citizen, key: str, words: str) -> bool:
    """A button of an option was pressed: its number."""
    talk = service_dialogue.open_talk(citizen)
    if talk is None or not talk.asks:
        show(citizen, key)
        return False
    return _take(citizen, key, talk, words)


def choose(citizen: Citizen, key: str, words: str) -> bool:
    talk = service_dialogue.open_talk(citizen)
    chosen = _chosen(talk, words) if talk else None
    if chosen is None:
        show(citizen, key)
        return False
    return _go_on(citizen, key, Talk(talk.service, chosen))


def cancel(citizen: Citizen, key: str) -> None:
    talk = service_dialogue.open_talk(citizen)
    service_dialogue.end(citizen)
    if talk is None:
        show(citizen, key)
        return
    words = {"service": name_of(talk.service, citizen.language)}
    say(citizen, key, "service_cancelled", words, (command(citizen, "services"), command(citizen, "menu")))


def go_on(citizen: Citizen, key: str) -> None:
    """The phone was shared: answer what waited for it."""
    talk = service_dialogue.open_talk(citizen)
    if talk is not None:
        _go_on(citizen, key, talk)


def _go_on(citizen: Citizen, key: str, talk: Talk) -> bool:
    """Ask for what is missing, else ask the service. True when the phone must be shared first."""
    service = talk.service
    level = level_of(citizen, service.level)
    if level < service.level:
        service_dialogue.keep(citizen, Talk(service, talk.values))
        words = {"service": name_of(service, citizen.language), "level": service.level}
        say(citizen, key, "service_level", words, (command(citizen, "services"), command(citizen, "menu")))
        return service.level == PHONE_PROVEN
    field = forms.missing(service, talk.values)
    if field is not None:
        service_dialogue.keep(citizen, Talk(service, talk.values, asks=field.name))
        screens.ask_back(citizen, key, service, field)
    else:
        _ask(citizen, key, talk, Asker(level, citizen.language, citizen.id))
    return False


def _ask(citizen: Citizen, key: str, talk: Talk, asker: Asker) -> None:
    service = talk.service
    service_dialogue.end(citizen)  # whatever comes of it, nothing of what was said is kept longer
    try:
        asked = asking.begin(service, talk.values, asker, channel="chat", who=f"citizen:{citizen.id}")
        reply = asked.reply(AT_ONCE_S)
    except QuestionRefused as error:
        _refuse(citizen, key, talk, error)
    except TooManyQuestions as error:
        words = {"seconds": error.details["retry_after_s"]}
        _say_of(citizen, key, service, "service_too_many", words)
    except ServiceUnavailable as error:
        _say_of(citizen, key, service, "service_unavailable", {"reason": error.message})
    else:
        if reply is not None:
            screens.show_answer(citizen, key, asked, reply)
            return
        waiting.wait(asked, _answer_later, _tell_in_vain, citizen_id=citizen.id, event_key=key)
        _say_of(citizen, key, service, "service_wait", {"seconds": waiting.promised_s(service)})


def _answer_later(asked: Asked, number: int) -> bool:
    """Beside the inbox, in the thread that asked: the answer as its own message, unless somebody gave up."""
    try:
        is_ours = waiting.claim(number)
        if is_ours:
            row = db.session.get_one(ServiceWaiting, (scope.required(), number))
            _tell(_locked(row.citizen_id), f"{row.event_key}:later", asked)
            db.session.delete(row)
        db.session.commit()
        return is_ours
    except SQLAlchemyError as error:
        db.session.rollback()
        log.warning("service_answer_not_told", service=asked.service.code, error=type(error).__name__)
        return False  # the sweep will tell, and count


def _tell(citizen: Citizen, key: str, asked: Asked) -> None:
    try:
        reply: Reply = asked.work.result()
    except QuestionRefused as error:
        _refuse(citizen, key, Talk(asked.service), error)
    except ServiceUnavailable as error:
        _say_of(citizen, key, asked.service, "service_unavailable", {"reason": error.message})
    else:
        screens.show_answer(citizen, key, asked, reply)


def sweep() -> None:
    """Tell those who have waited too long, in the tenant in scope: the process that asked died."""
    for row in waiting.overdue():
        waiting.end_in_vain(row, _tell_in_vain)


def _tell_in_vain(row: ServiceWaiting) -> None:
    try:
        service = registry.find(row.service)
    except registry.ServiceNotFound:
        return  # its package was taken away meanwhile
    reason = {"reason": asking.ServiceTimedOut.message}
    _say_of(_locked(row.citizen_id), f"{row.event_key}:later", service, "service_unavailable", reason)


def level_of(citizen: Citizen, wanted: int) -> int:
    """What the citizen has proven; a dossier is only looked for where one is `wanted`."""
    if wanted >= DOSSIER_PROVEN:
        proven = any(found.knows_details for _, found in following.followed_by(citizen))
        if proven and citizen.phone_index is not None:
            return DOSSIER_PROVEN
    return PHONE_PROVEN if citizen.phone_index is not None else ANYBODY


def _locked(citizen_id: int) -> Citizen:
    """Whoever answers beside the inbox must not write over what the citizen says meanwhile."""
    return db.session.get_one(Citizen, (scope.required(), citizen_id), with_for_update=True)


def _take(citizen: Citizen, key: str, talk: Talk, line: str) -> bool:
    field = next(one for one in talk.service.form if one.name == talk.asks)
    try:
        value = forms.read_value(field, _option_of(field, line), is_required=True)
    except QuestionRefused as error:
        service_dialogue.keep(citizen, talk)
        screens.ask_back(citizen, key, talk.service, field, error.message)
        return False
    return _go_on(citizen, key, Talk(talk.service, talk.values | {field.name: value}))


def _option_of(field: Field, line: str) -> str:
    """An option's value for its number on the screen, in either language; else the line."""
    said = plain_name(line)
    for option in field.options:
        if said in map(plain_name, (option.value, option.label, option.label_en)):
            return option.value
    at = int(said) if said.isdecimal() and len(said) < 4 else 0
    return field.options[at - 1].value if 0 < at <= len(field.options) else line


def _chosen(talk: Talk, line: str) -> dict[str, str] | None:
    """The values of the choice that a number or a label means."""
    said = plain_name(line)
    if said.isdecimal() and len(said) < 4 and 0 < int(said) <= len(talk.choices):
        return dict(talk.choices[int(said) - 1].values)
    fitting = [one for one in talk.choices if said and said in plain_name(one.label)]
    return dict(fitting[0].values) if len(fitting) == 1 else None


def _refuse(citizen: Citizen, key: str, talk: Talk, error: QuestionRefused) -> None:
    """Ask again for the one field at fault, else say why and how to ask."""
    field = next((one for one in talk.service.form if one.name in error.details), None)
    if field is not None and not citizen.dialogue:
        values = {name: value for name, value in talk.values.items() if name != field.name}
        service_dialogue.keep(citizen, Talk(talk.service, values, asks=field.name))
        screens.ask_back(citizen, key, talk.service, field, error.message)
    else:
        _say_of(citizen, key, talk.service, "service_refused", {"reason": error.message})


def _say_of(citizen: Citizen, key: str, service: Service, event: str, words: dict) -> None:
    again = command(citizen, "service", service.code, screens.AGAIN[citizen.language == "en"])
    words = {"service": name_of(service, citizen.language)} | words
    say(citizen, key, event, words, (again, command(citizen, "services"), command(citizen, "menu")))
