"""The words of each message: data that a province may change, checked before they are kept.

A text is Jinja in a sandbox. Each event offers a fixed set of variables; a text that names another one, or that could
fail or grow too long when it is sent, is refused when it is saved (`proofreading`).
"""

from functools import lru_cache
from pathlib import Path

import structlog

from motcua.core.database import db
from motcua.core.errors import Invalid
from motcua.messaging.models import MessageText

from . import proofreading, sandbox, text_versions, variables

VIETNAMESE, ENGLISH = LANGUAGES = ("vi", "en")
MAX_CHARACTERS = proofreading.LONGEST_TEXT

DOSSIER = frozenset({
    "province", "code", "procedure", "status", "agency", "department", "officer", "officer_title", "step",
    "due", "old_due", "note", "place", "hours", "occurred", "knows_details", "tracking_url", "follow_code",
    "reason", "days_left", "as_of", "hotline", "number", "items", "more_items", "respond_by", "contact_phone",
    "amount", "fee_items", "is_waived", "pay_by", "pay_online", "paid", "paid_at", "method", "receipt_number",
    "apology_agency", "results", "by_post", "electronic", "has_file", "handover_way", "post_code", "silent_since",
    "request", "answer",
})  # fmt: skip
CHAT = frozenset({
    "province", "code", "procedure", "status", "due", "agency", "dossiers", "visits", "tries_left", "minutes",
    "request", "hours", "problem", "hotline", "kind", "as_of",
})  # fmt: skip
PROCEDURE = frozenset({
    "province", "name", "code", "field", "time", "fee", "papers", "where", "online", "result", "note", "rows",
    "page", "pages", "pointer", "example",
})  # fmt: skip
PERSON = frozenset({"province", "opens_at", "hours", "text"})
TOPICS = frozenset({"province", "on", "off", "topic"})
VISIT = frozenset({
    "province", "number", "desk", "place", "starts", "purpose", "code", "procedure", "collects", "url", "rows",
    "missed", "reason", "limit", "until",
})  # fmt: skip
SURVEY = frozenset(
    {"province", "code", "procedure", "agency", "closes", "page_url", "level", "hotline", "portal"}
)
COMPLAINT = frozenset({
    "province", "number", "kind", "state", "code", "text", "triage_due", "due", "reply_due", "complaints",
    "shortest", "longest", "hotline", "portal",
})  # fmt: skip
LICENCE = frozenset({"province", "expires", "days_left", "number", "classes"})
SERVICE = frozenset({
    "province", "service", "services", "label", "help", "example", "options", "personal", "cards", "more",
    "text", "choices", "sources", "disclaimer", "reason", "seconds", "level", "page_url",
})  # fmt: skip
FEATURE_EVENTS = {"not_here": CHAT}
SERVICE_EVENTS = (
    "service_list", "service_ask", "service_answer", "service_refused", "service_wait", "service_unavailable",
    "service_level", "service_cancelled", "service_too_many",
)  # fmt: skip
AREA = frozenset({"province", "topic", "lines", "more", "disclaimer", "communes", "text"})
FEEDBACK = frozenset({
    "province", "number", "kind", "kinds", "state", "commune", "communes", "agency", "triage_due", "due", "reply_due",
    "text", "url", "reports", "urgent", "call", "call_name", "most", "enough", "photos", "has_location", "longest",
    "hidden", "problem", "main", "low", "hotline", "portal",
})  # fmt: skip
TESTER = frozenset({"province"})
DATA = frozenset({"province", "number", "kind", "ack_due", "due", "text", "url", "hours"})
DATA_EVENTS = (
    "data_menu", "data_correct", "data_delete_sure", "data_dropped", "data_kept", "data_acknowledged",
    "data_extended", "data_answered", "data_refused", "data_copy", "data_erasing",
)  # fmt: skip

BROADCAST = frozenset(
    {"province", "title", "body", "link", "document", "date", "issuer", "number", "page_url"}
)

VARIABLES: dict[str, frozenset[str]] = {
    **dict.fromkeys(SERVICE_EVENTS, SERVICE),
    **dict.fromkeys(DATA_EVENTS, DATA),
    "tester_linked": TESTER,
    "tester_refused": TESTER,
    "dossier_filed": DOSSIER,
    "dossier_accepted": DOSSIER,
    "dossier_refused": DOSSIER,
    "dossier_moved": DOSSIER,
    "dossier_supplement": DOSSIER,
    "dossier_fee": DOSSIER,
    "dossier_withdrawal": DOSSIER,
    "dossier_stopped": DOSSIER,
    "dossier_ready": DOSSIER,
    "dossier_ready_early": DOSSIER,
    "dossier_returned": DOSSIER,
    "dossier_due_changed": DOSSIER,
    "dossier_status": DOSSIER,
    "dossier_supplement_reminder": DOSSIER,
    "dossier_supplement_lapsed": DOSSIER,
    "dossier_supplemented": DOSSIER,
    "dossier_fee_reminder": DOSSIER,
    "dossier_fee_paid": DOSSIER,
    "dossier_late": DOSSIER,
    "dossier_withdrawn": DOSSIER,
    "dossier_withdrawal_refused": DOSSIER,
    "dossier_corrected": DOSSIER,
    "dossier_recalled": DOSSIER,
    "dossier_silent": DOSSIER,
    "request_answered": DOSSIER,
    "request_refused": DOSSIER,
    "welcome": CHAT,
    "phone_linked": CHAT,
    "following": CHAT,
    "unfollowed": CHAT,
    "my_dossiers": CHAT,
    "no_dossiers": CHAT,
    "not_found": CHAT,
    "proof_asked": CHAT,
    "request_asked": CHAT,
    "request_menu": CHAT,
    "request_dropped": CHAT,
    "request_too_late": CHAT,
    "request_kept": CHAT,
    "request_needs_proof": CHAT,
    "result_link": CHAT,
    "no_result_file": CHAT,
    "cooled_down": CHAT,
    "stopped": CHAT,
    "resumed": CHAT,
    **FEATURE_EVENTS,
    "help": CHAT,
    "file_received": CHAT,
    "appointments": CHAT,
    "no_appointments": CHAT,
    "find_procedure": PROCEDURE,
    "procedure_card": PROCEDURE,
    "procedure_papers": PROCEDURE,
    "procedure_fee": PROCEDURE,
    "procedure_where": PROCEDURE,
    "procedure_choices": PROCEDURE,
    "procedure_not_here": PROCEDURE,
    "not_understood": PROCEDURE,
    "choice_refused": PROCEDURE,
    "person_coming": PERSON,
    "person_away": PERSON,
    "person_says": PERSON,
    "person_gone": PERSON,
    "topics": TOPICS,
    "topic_on": TOPICS,
    "topic_off": TOPICS,
    "language_changed": CHAT,
    "visit_purposes": VISIT,
    "visit_proof": VISIT,
    "visit_dossiers": VISIT,
    "visit_desks": VISIT,
    "visit_days": VISIT,
    "visit_slots": VISIT,
    "visit_booked": VISIT,
    "visit_moved": VISIT,
    "visit_mine": VISIT,
    "visit_none": VISIT,
    "visit_cancel_sure": VISIT,
    "visit_cancelled": VISIT,
    "visit_confirmed": VISIT,
    "visit_lost": VISIT,
    "visit_refused": VISIT,
    "visit_reminder_day": VISIT,
    "visit_reminder_hour": VISIT,
    "visit_closed": VISIT,
    "survey_ask": SURVEY,
    "survey_reminder": SURVEY,
    "survey_why": SURVEY,
    "survey_low": SURVEY,
    "survey_attitude": SURVEY,
    "survey_clarity": SURVEY,
    "survey_trips": SURVEY,
    "survey_thanks": SURVEY,
    "survey_skipped": SURVEY,
    "survey_closed": SURVEY,
    "complaint_kinds": COMPLAINT,
    "complaint_words": COMPLAINT,
    "complaint_unfit": COMPLAINT,
    "complaint_too_many": COMPLAINT,
    "complaint_kept": COMPLAINT,
    "complaint_stopped": COMPLAINT,
    "complaint_more": COMPLAINT,
    "complaint_asked": COMPLAINT,
    "complaint_accepted": COMPLAINT,
    "complaint_forwarded": COMPLAINT,
    "complaint_refused": COMPLAINT,
    "complaint_answered": COMPLAINT,
    "area_asked": AREA,
    "area_unknown": AREA,
    "areas": AREA,
    "service_news": AREA,
    "feedback_kinds": FEEDBACK,
    "feedback_words": FEEDBACK,
    "feedback_so_far": FEEDBACK,
    "feedback_commune": FEEDBACK,
    "feedback_which_commune": FEEDBACK,
    "feedback_kept": FEEDBACK,
    "feedback_publish_yes": FEEDBACK,
    "feedback_publish_no": FEEDBACK,
    "feedback_too_long": FEEDBACK,
    "feedback_too_many": FEEDBACK,
    "feedback_off": FEEDBACK,
    "feedback_stopped": FEEDBACK,
    "feedback_place_abroad": FEEDBACK,
    "feedback_photo_refused": FEEDBACK,
    "feedback_more": FEEDBACK,
    "feedback_added": FEEDBACK,
    "feedback_rated": FEEDBACK,
    "feedback_closed": FEEDBACK,
    "feedback_asked": FEEDBACK,
    "feedback_forwarded": FEEDBACK,
    "feedback_working": FEEDBACK,
    "feedback_refused": FEEDBACK,
    "feedback_answered": FEEDBACK,
    "feedback_reopened": FEEDBACK,
    "feedback_merged": FEEDBACK,
    "licence_remind_on": LICENCE,
    "licence_remind_off": LICENCE,
    "licence_remind_what": LICENCE,
    "licence_reminder": LICENCE,
    "broadcast_policy": BROADCAST,
    "broadcast_news": BROADCAST,
    "broadcast_emergency": BROADCAST,
}

_sandbox = sandbox.sending()
log = structlog.get_logger(__name__)


class TextInvalid(Invalid):
    code = "text_invalid"


def check(name: str, body: str) -> None:
    """Raises TextInvalid, naming what to change, when `body` cannot be sent as the text `name`."""
    event = event_of(name)
    if event not in VARIABLES:
        raise TextInvalid(
            f"Không có sự kiện “{event}”. Xin đặt tên tệp theo một trong: {', '.join(sorted(VARIABLES))}."
        )
    _refuse(f"mẫu tin “{name}”", faults_of(name, body))


def faults_of(name: str, body: str) -> tuple[proofreading.Fault, ...]:
    """What is wrong with `body` as the text `name`, which must be one of VARIABLES or its English."""
    event = event_of(name)
    language = VIETNAMESE if name == event else ENGLISH
    return proofreading.faults_of(event, body, VARIABLES[event], variables.always_known(event), language)


def check_words(what: str, body: str, offered: frozenset[str]) -> None:
    """Of any text, `offered` always known; `what` names it in the error."""
    _refuse(what, proofreading.word_faults(body, offered))


def _refuse(what: str, faults: tuple[proofreading.Fault, ...]) -> None:
    if faults:
        said = " ".join(
            f"dòng {one.line}: {one.sentence}" if one.line else one.sentence for one in faults[:3]
        )
        word = what[0].upper() + what[1:]
        raise TextInvalid(f"{word} chưa gửi được: {said}")


def event_of(name: str) -> str:
    """`welcome` of `welcome` and of `welcome.en`."""
    return name.removesuffix(f".{ENGLISH}")


def read_texts(national: Path, own: Path) -> dict[str, str]:
    """Event -> text: the national texts, replaced by the province's own where it has one.

    A file `welcome.en.txt` is the English of `welcome.txt`. Raises TextInvalid for a text that cannot be
    sent, or when the national set has a gap.
    """
    texts = {}
    for folder in (national, own):
        for file in sorted(folder.glob("*.txt")):
            check(file.stem, body := file.read_text("utf-8"))
            texts[file.stem] = body
    missing = sorted(VARIABLES.keys() - texts.keys())
    if missing:
        raise TextInvalid(
            f"Thiếu mẫu tin: {', '.join(missing)}. Xin thêm tệp .txt cùng tên vào thư mục mẫu tin chung."
        )
    return texts


def keep_texts(texts: dict[str, str]) -> None:
    """Make these the folder's texts of the tenant in scope; what its console changed stays."""
    pairs = {event: (texts[event], texts.get(f"{event}.{ENGLISH}")) for event in map(event_of, texts)}
    text_versions.keep_folder(pairs)


def bodies_of(event: str) -> dict[str, str]:
    """Language ("vi", "en") -> the unfilled text of `event` for the tenant in scope.

    Fetch it once, `fill` it for each recipient; where there is no English the Vietnamese stands for both.
    """
    names = {event: VIETNAMESE, f"{event}.{ENGLISH}": ENGLISH}
    rows = db.session.execute(
        db.select(MessageText.event, MessageText.body).where(MessageText.event.in_(names))
    ).all()
    found = {names[name]: body for name, body in rows}
    return {VIETNAMESE: found[VIETNAMESE], ENGLISH: found.get(ENGLISH, found[VIETNAMESE])}


def fill(event: str, body: str, words: dict) -> str:
    """`body` with its words, each cut to its variable's limit; every variable of `event` may be left out.

    A text that an older release let pass may fail or come out empty: then the folder's text of the event speaks.
    """
    try:
        if text := filled(event, body, words):
            return text
        failure = None
    except Exception as error:  # whatever a text may provoke must not undo what an officer did
        failure = error
    log.error("text_failed", kind=event, error=repr(failure))
    other = _of_folder(event, body)
    if other is None:
        if failure:
            raise failure
        return ""
    return filled(event, other, words)


def filled(event: str, body: str, words: dict) -> str:
    """Exactly this text. Raises whatever it provokes."""
    words = dict.fromkeys(VARIABLES[event]) | variables.cut(event, words)
    text = sandbox.tidied(_compiled(body).render(sandbox.without_none(words)))
    return text if len(text) <= MAX_CHARACTERS else text[: MAX_CHARACTERS - 1] + "…"


def _of_folder(event: str, body: str) -> str | None:
    """The folder's text in the language of `body`; None where that is `body`, or there is none."""
    folder = text_versions.folders(event)
    if folder is None:
        return None
    live = bodies_of(event)
    is_english = body == live[ENGLISH] != live[VIETNAMESE]
    other = folder.body_en if is_english and folder.body_en else folder.body
    return other if other != body else None


def render(event: str, words: dict, language: str = VIETNAMESE) -> str:
    return fill(event, bodies_of(event)[language], words)


def fill_words(body: str, words: dict) -> str:
    """Any checked text with its words."""
    return _compiled(body).render(sandbox.without_none(words)).strip()


@lru_cache(maxsize=4096)
def _compiled(body: str):
    return _sandbox.from_string(body)
