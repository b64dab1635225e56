"""Changing a text in the console: read first, kept as a new version, live when somebody says so."""

from motcua.core.errors import Conflict, Invalid, NotFound
from motcua.messaging.models import MessageTextVersion

from . import offered, text_versions, texts, variables

LONGEST_NOTE = 200
SIZES = ("usual", "longest", "least")


class FaultyText(Invalid):
    """`details`: "vi" and "en" -> the faults' sentences, each with its line."""

    code = "text_invalid"
    message = "Mẫu tin chưa lưu được. Xin sửa các chỗ được nêu rồi lưu lại."


class OvertakenText(Conflict):
    code = "text_overtaken"
    message = (
        "Người khác vừa sửa mẫu tin này. Xin tải lại trang, xem bản mới trong mục “Các bản” rồi sửa tiếp."
    )


def pair_of(vietnamese: str, english: str) -> text_versions.Pair:
    """From a form: line breaks as everywhere else; an empty English means Vietnamese for everybody."""
    body, body_en = ("\n".join(one.splitlines()).strip() for one in (vietnamese, english))
    return body, body_en or None


def faults_of(event: str, pair: text_versions.Pair) -> dict[str, list[str]]:
    """Language -> sentences; empty where the texts may be kept. Raises NotFound for an event that has no text."""
    known(event)
    names = {texts.VIETNAMESE: event, texts.ENGLISH: f"{event}.{texts.ENGLISH}"}
    found = {
        language: [str(fault) for fault in texts.faults_of(names[language], body)]
        for language, body in zip(texts.LANGUAGES, pair, strict=True)
        if body is not None
    }
    return {language: sentences for language, sentences in found.items() if sentences}


def save(
    event: str, pair: text_versions.Pair, by: str, *, note: str = "", based_on: int | None = None
) -> MessageTextVersion:
    """Keep a draft. `based_on`: the newest version its writer saw. Does not commit.

    Raises FaultyText, and OvertakenText where somebody saved a version meanwhile.
    """
    if faults := faults_of(event, pair):
        raise FaultyText(details=faults)
    if len(note) > LONGEST_NOTE or not note.isprintable():
        raise Invalid(f"Ghi chú dài tối đa {LONGEST_NOTE} ký tự, trên một dòng. Xin viết ngắn lại.")
    text_versions.lock()
    if based_on is not None and text_versions.latest_number(event) != based_on:
        raise OvertakenText
    return text_versions.add(event, pair, by, note)


def publish(event: str, number: int, by: str) -> MessageTextVersion:
    """Make a draft live. Raises NotFound for a number that no version has, FaultyText for words that an older
    release let pass. Does not commit."""
    version = find(event, number)
    if faults := faults_of(event, (version.body, version.body_en)):
        raise FaultyText(details=faults)
    text_versions.make_live(version, by)
    return version


def restore(event: str, number: int, by: str) -> MessageTextVersion:
    """The words of an earlier version as a new one, live at once; the folder's follow the folder from then on.

    Does not commit. Raises as `publish`.
    """
    old = find(event, number)
    pair = (old.body, old.body_en)
    if faults := faults_of(event, pair):
        raise FaultyText(details=faults)
    newest = text_versions.folders(event)
    follows = newest is not None and newest.number == old.number
    version = text_versions.add(
        event, pair, by, f"Trở về bản {old.number}", source="folder" if follows else "console"
    )
    text_versions.make_live(version, by)
    return version


def find(event: str, number: int) -> MessageTextVersion:
    """Raises NotFound."""
    known(event)
    version = text_versions.find(event, number)
    if version is None:
        raise NotFound
    return version


def known(event: str) -> None:
    if event not in offered.VARIABLES:
        raise NotFound


def preview(event: str, body: str, language: str, size: str = "usual") -> str:
    """A text filled with examples: the usual ones, every word at its longest, or nothing that may be unknown."""
    names = offered.VARIABLES[event]
    if size == "least":
        names &= variables.always_known(event)
    kinds = {name: variables.variable_of(event, name) for name in names}
    words = {
        name: one.at_its_limit(language) if size == "longest" else one.shown(language)
        for name, one in kinds.items()
    }
    return texts.filled(event, body, words)
