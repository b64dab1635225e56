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
from .offered import VARIABLES

VIETNAMESE, ENGLISH = LANGUAGES = ("vi", "en")
MAX_CHARACTERS = proofreading.LONGEST_TEXT

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
