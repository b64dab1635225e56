"""What an extra service declares. The conversation, the public page, the console, limits, counting and audit
follow from the declaration; a service itself only answers questions.

A service is one instance of a subclass of `Service`. Our own stand in this package, a third party's comes by
the Python entry point group `motcua.services`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, Literal

from motcua.catalogue.names import plain_name as plain_name  # for services: “Chợ Đầm” -> “cho dam”
from motcua.core.errors import MotcuaError

ANYBODY, PHONE_PROVEN, DOSSIER_PROVEN, E_ID = range(4)  # identity levels, each includes those before it


@dataclass(frozen=True)
class Option:
    """One of the values that a field or column may have."""

    value: str
    label: str
    label_en: str = ""


@dataclass(frozen=True)
class Field:
    """One question of the query form.

    `personal` values (a plate, a licence number) are never stored, logged or put into an address. At most one
    field of a form is `free_text`: it takes what a citizen writes behind the service's phrase.
    """

    name: str
    label: str
    label_en: str = ""
    kind: Literal["text", "choice", "date", "number"] = "text"
    options: tuple[Option, ...] = ()
    is_required: bool = True
    longest: int = 200
    help: str = ""
    help_en: str = ""
    example: str = ""
    personal: bool = False
    free_text: bool = False


@dataclass(frozen=True)
class Column:
    """One column of the data that a province loads. `aliases` are other headings it is known by.

    A cell is kept as text, int (`integer`, `money`: whole đồng), str of a decimal (`decimal`), ISO date
    (`date`), "HH:MM" (`time`), bool (`flag`), or an option's value (`choice`); an empty one as None.
    """

    name: str
    title: str
    kind: Literal["text", "integer", "money", "decimal", "date", "time", "flag", "choice"] = "text"
    is_required: bool = True
    aliases: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    longest: int = 500
    help: str = ""
    example: str = ""


@dataclass(frozen=True)
class Fault:
    """What is wrong in one row: `column` a name or "" for the row as a whole, `sentence` names the remedy."""

    column: str
    sentence: str


@dataclass(frozen=True)
class Published:
    """One version of a service's data that holds on the day asked.

    Several parts (an old territory each, say) may hold side by side; within a part one version a day. `former`
    is the version of the same part that held right before this one, without its own former.
    """

    version_id: int
    part: str
    rows: Sequence[Mapping[str, Any]]
    valid_from: date | None
    valid_to: date | None
    as_of: date | None
    document: str  # "Quyết định 79/2024/QĐ-UBND ngày 21/10/2024", or whence the data come
    is_official: bool = True
    former: "Published | None" = None


@dataclass(frozen=True)
class Dataset:
    """The data a province loads for a service, checked whole before anything changes.

    `key`: columns whose values together stand once in a version. `stale_after_days`: without a newer version
    the console warns. `has_parts`: versions of several parts hold at once.
    """

    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    stale_after_days: int | None = None
    has_parts: bool = False
    help: str = ""


@dataclass(frozen=True)
class Topic:
    """What a citizen may ask to be told of: `code` is unique within the service."""

    code: str
    name: str
    name_en: str = ""
    by_area: bool = False
    is_emergency: bool = False


@dataclass(frozen=True)
class News:
    """Something that those who asked for a topic are told once: `key` is unique within the service, for ever.

    `area` is a commune's name as the data have it, "" for the whole province; `until`: then it is too late.
    """

    topic: str
    key: str
    text: str
    area: str = ""
    text_en: str = ""
    until: datetime | None = None


@dataclass(frozen=True)
class Asker:
    """Who asks: `level` what they have proven, `language` "vi" or "en". No name, no number."""

    level: int = ANYBODY
    language: str = "vi"
    citizen_id: int | None = None


@dataclass(frozen=True)
class Question:
    """One question. `values` by field name, checked against the form; `data` what `prepare` made of the
    published versions, `settings` the province's own for this service.
    """

    values: Mapping[str, str]
    asked_on: date
    asker: Asker = field(default_factory=Asker)
    data: Any = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    tenant_id: str = ""


@dataclass(frozen=True)
class Source:
    """What an answer rests on; shown with it."""

    name: str
    as_of: date | None = None
    url: str = ""
    is_official: bool = True


@dataclass(frozen=True)
class Card:
    """One thing found: `facts` are label and value as people read them, `record` the same for machines
    (what `motcua service ask` prints)."""

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    note: str = ""
    link: str = ""
    link_title: str = ""
    record: Mapping[str, Any] = field(default_factory=dict)
    source: Source | None = None


@dataclass(frozen=True)
class Choice:
    """A way on: asking again with `values`."""

    label: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Reply:
    """The answer. `kind` "match": the cards say it; "choices": one of `choices` is meant (cards may stand
    beside); "none": nothing found, `text` says what to do next.
    """

    kind: Literal["match", "choices", "none"]
    cards: tuple[Card, ...] = ()
    choices: tuple[Choice, ...] = ()
    text: str = ""


class QuestionRefused(MotcuaError):
    """The question itself cannot be answered as it stands; the sentence names the remedy."""

    code, status = "question_refused", 422
    message = "Câu hỏi chưa rõ. Xin viết lại theo ví dụ."

    def __init__(self, sentence: str, *, field_name: str = ""):
        super().__init__(sentence, details={field_name: [sentence]} if field_name else {})


class ServiceUnavailable(MotcuaError):
    """The source behind the service does not answer; nothing is wrong with the question."""

    code, status = "service_unavailable", 503
    message = "Nguồn dữ liệu hiện không trả lời. Xin hỏi lại sau ít phút."


class Service:
    """Base of all services. Attributes are the declaration; only `ask` must be written."""

    code: ClassVar[str]  # "land_price": [a-z0-9_], for ever
    name: ClassVar[str]
    name_en: ClassVar[str] = ""
    summary: ClassVar[str] = ""  # one sentence: what the citizen gets
    summary_en: ClassVar[str] = ""
    phrases: ClassVar[tuple[str, ...]] = ()  # how a line in the chat begins that asks for it: "giá đất"
    examples: ClassVar[tuple[str, ...]] = ()
    form: ClassVar[tuple[Field, ...]] = ()
    level: ClassVar[int] = ANYBODY
    dataset: ClassVar[Dataset | None] = None
    disclaimer: ClassVar[str] = ""
    disclaimer_en: ClassVar[str] = ""
    topics: ClassVar[tuple[Topic, ...]] = ()
    settings_help: ClassVar[Mapping[str, str]] = {}  # the province's settings by name, each explained
    per_minute: ClassVar[int] = 20  # questions a citizen or address may ask
    timeout_s: ClassVar[float] = 10.0  # then the citizen is told that the source does not answer

    def ask(self, question: Question) -> Reply:
        """Answer one question.

        Raises QuestionRefused for what cannot be answered as asked, ServiceUnavailable when a source is away;
        anything else is logged and counted, and the citizen hears that the service has a fault. It may
        block (it runs beside the conversation, never in it), but no longer than `timeout_s`.
        """
        raise NotImplementedError

    def prepare(self, published: Sequence[Published]) -> Any:
        """What `Question.data` is made of; once for each set of published versions and process."""
        return tuple(row for version in published for row in version.rows)

    def day_asked(self, values: Mapping[str, str], today: date) -> date | None:
        """The day that the question's own words name (“năm 2024”); None: the day on which it is asked."""
        return None

    def example_of(self, row: Mapping[str, Any]) -> str:
        """How somebody would ask, behind the phrase, for a row of the province's own table; "": `examples` stand."""
        return ""

    def not_ready(self, settings: Mapping[str, str], language: str) -> str:
        """What a page says above the form where this province has no source for the service yet; "": it has."""
        return ""

    def news(self, published: Sequence[Published]) -> Iterable[News]:
        """What to tell subscribers of the service's topics when these versions have been published."""
        return ()

    def check_row(self, row: Mapping[str, Any]) -> Iterable[Fault]:
        """Faults beyond what the columns themselves say; `row` is by column name, in kept form."""
        return ()

    def hears(self, line: str) -> Mapping[str, str] | None:
        """The form's values in a line of chat that this service is asked in without its phrase, or None.

        `line` is as written. Only claim what is surely meant for this service: what nobody claims goes to
        the search for procedures.
        """
        return None
