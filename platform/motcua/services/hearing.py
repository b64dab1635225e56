"""Whether a line of the chat asks for a service: by the phrase it begins with, or because a service claims it."""

import re
import unicodedata
from functools import lru_cache

import structlog

from motcua.catalogue.names import plain_name
from motcua.core import scope
from motcua.core.text.keystrokes import decode
from motcua.core.text.normal import normalise, without_marks

from . import running, switching
from .contract import Service

LONGEST = 500
CLAIM_WITHIN_S = 0.2

_WORD = re.compile(r"[^\W_]+")
_POLITE = re.compile(
    r"(?:(?:da|vang|alo|xin|lam on|please)\s+)*"
    r"(?:(?:(?:toi|minh|em|cho|anh|chi|chau|con|ban)\s+){0,2}(?:muon|can|hay)?\s*"
    r"(?:(?:cho|xin)\s+)?(?:(?:toi|minh|em|anh|chi|chau|con)\s+)?"
    r"(?:hoi|tra cuu|tra|xem|tim|biet|check)\s+(?:ve\s+|giup\s+(?:toi|minh|em)?\s*)?)?"
)

log = structlog.get_logger(__name__)


def heard(line: str) -> tuple[Service, dict[str, str]] | None:
    """The service of the tenant in scope that a line asks for, with the form's values that it already says.

    The longest phrase wins; what stands behind it is the form's free text, as written. Without a phrase the
    first service that claims the line.
    """
    services = switching.all_on()
    line = unicodedata.normalize("NFC", line[:LONGEST])
    found = by_phrase(services, line)
    if found is not None:
        return found
    for service in services:
        values = _claimed(service, line)
        if values is not None:
            return service, values
    return None


def by_phrase(services: list[Service], line: str) -> tuple[Service, dict[str, str]] | None:
    """The same by phrase alone; `line` is in NFC."""
    words = list(_WORD.finditer(line))
    readings = [_readings(word[0]) for word in words]
    polite = _POLITE.match(" ".join(typed for typed, _ in readings) + " ")
    best: tuple[int, Service, int] | None = None  # words of the phrase, whose it is, where it ends
    for start in {0, len(polite[0].split())}:
        for service in services:
            for phrase in (*service.phrases, service.name):
                said = plain_name(phrase).split()
                end = start + len(said)
                is_said = end <= len(words) and all(
                    word in reading for word, reading in zip(said, readings[start:end], strict=True)
                )
                if is_said and (best is None or len(said) > best[0]):
                    best = len(said), service, end
    if best is None:
        return None
    _, service, end = best
    rest = line[words[end - 1].end() :].strip(" \t\n:,.;?!-–")
    field = next((one for one in service.form if one.free_text), None)
    return service, {field.name: rest} if field is not None and rest else {}


@lru_cache(maxsize=5000)
def _readings(word: str) -> tuple[str, str]:
    """A word without its marks as typed, and as it was meant when it is raw keystrokes (“gias”, “gia1”)."""
    word = normalise(word)
    return without_marks(word), without_marks(decode(word) or word)


def _claimed(service: Service, line: str) -> dict[str, str] | None:
    if type(service).hears is Service.hears:
        return None
    try:
        work = running.start(scope.required(), service.code, lambda: service.hears(line))
        said = work.result() if work.wait(CLAIM_WITHIN_S) else None
        return None if said is None else {name: str(value) for name, value in said.items()}
    except Exception as error:  # it is only asked whether it knows the line
        log.warning("service_did_not_listen", service=service.code, error=type(error).__name__)
        return None
