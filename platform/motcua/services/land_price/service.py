"""Land prices: what a street costs by the province's tables, asked in plain words."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from motcua.services.contract import (
    Choice,
    Fault,
    Field,
    Published,
    Question,
    QuestionRefused,
    Reply,
    Service,
    Topic,
)

from .book import Book, Found
from .cards import Cards, calm
from .columns import DATASET, LAND_CLASSES, faults_of
from .facets import Facets, asks_for_price, read_facets

_NEAR = 0.8  # points behind the best that still may be meant
_LEAST = 2.0
_SURE_COVER = 0.75
_SURE_GAIN = 6.0  # a telling word or two
_MOST_CARDS, _MOST_CHOICES = 10, 12


class LandPrice(Service):
    code = "land_price"
    name = "Giá đất"
    name_en = "Land prices"
    summary = "Giá đất theo bảng giá của tỉnh: theo tên đường, đoạn đường, loại đất và vị trí."
    summary_en = "Land prices by the province's tables: by street, stretch, land class and position."
    phrases = ("giá đất", "bảng giá đất", "tra giá đất", "khung giá đất")
    examples = ("giá đất [tên đường], [quận, huyện hoặc phường, xã]",)
    form = (
        Field(
            "question",
            "Tên đường và đoạn đường",
            "Street and stretch",
            free_text=True,
            longest=300,
            help="Ghi như khi hỏi người quen: tên đường, từ đâu đến đâu, quận huyện nếu biết.",
            help_en="As you would ask a neighbour: the street, from where to where, the district if known.",
        ),
        Field("area", "Quận, huyện, phường, xã", "District or commune", is_required=False, longest=120),
        Field("land_class", "Loại đất", "Land class", kind="choice", options=LAND_CLASSES, is_required=False),
    )
    dataset = DATASET
    disclaimer = (
        "Thông tin tham khảo, không thay thế văn bản xác nhận; nghĩa vụ tài chính do cơ quan thuế tính."
    )
    disclaimer_en = (
        "For information only. It replaces no certificate; what is due is reckoned by the tax office."
    )
    timeout_s = (
        30.0  # a process's first question prepares the table: a second of work, more on a busy machine
    )
    topics = (Topic("new_table", "Khi có bảng giá đất mới", "When there is a new table of land prices"),)
    settings_help: ClassVar = {
        "positions": "Các vị trí 1 đến 5 là gì, theo lời của văn bản ban hành bảng giá.",
        "adjustments": "Các trường hợp tăng, giảm giá (góc, chiều sâu, hẻm …), theo lời của văn bản.",
        "validity_note": "Điều cần nói thêm về hiệu lực của bảng giá; hiện trong mọi câu trả lời.",
    }

    def prepare(self, published: Sequence[Published]) -> Book:
        return Book(published)

    def check_row(self, row: Mapping[str, Any]) -> Iterable[Fault]:
        return faults_of(row)

    def day_asked(self, values: Mapping[str, str], today: date) -> date | None:
        """The day that the question's own words name, None where they name none."""
        return read_facets(values.get("question", ""), today).day

    def example_of(self, row: Mapping[str, Any]) -> str:
        return f"{calm(row['street'])}, {row['area']}"

    def hears(self, line: str) -> Mapping[str, str] | None:
        """A line that speaks of a land price somewhere inside, unless it asks how to apply for something."""
        return {"question": line} if asks_for_price(line) else None

    def ask(self, question: Question) -> Reply:
        book: Book = question.data
        facets = read_facets(question.values.get("question", ""), question.asked_on)
        area = question.values.get("area") or ""
        cards = Cards(
            book,
            facets,
            question.values.get("land_class") or facets.land_class,
            question.settings,
            question.asker.language,
        )
        if not len(book):
            return Reply("none", text=cards.say("no_table"))
        if not facets.rest.strip(" ;,.?!"):
            raise QuestionRefused(cards.say("no_street"), field_name="question")
        asked = f"{facets.rest}, {area}" if area else facets.rest
        found = _numbered([one for one in book.find(asked) if _is_likely(one)], facets)
        if not found:
            return _nothing(book, asked, cards)
        near = [one for one in found if one.score >= found[0].score - _NEAR]
        shown = tuple(map(cards.card, near[:_MOST_CARDS]))
        if len(near) == 1 and near[0].cover >= _SURE_COVER:
            return Reply("match", shown, text=cards.text_of_match(near[0]))
        if len(near) == 1:
            return Reply("choices", shown, (_choice(cards, near[0]),), cards.say("unsure"))
        return Reply("choices", shown, _choices(cards, near), cards.text_of_choices(near))


def _numbered(found: list[Found], facets: Facets) -> list[Found]:
    """Only the row whose number in the table was asked, where there is one."""
    if facets.number is None:
        return found
    return [one for one in found if one.stretch.text("number") == facets.number] or found


def _is_likely(found: Found) -> bool:
    """Whether enough of the street's name was said: `Minh Khai` is, a single common word is not."""
    return found.score >= _LEAST and (found.cover >= _SURE_COVER or found.gain >= _SURE_GAIN)


def _nothing(book: Book, asked: str, cards: Cards) -> Reply:
    if areas := book.areas_in(asked):
        return Reply("none", text=cards.say("only_area", area=", ".join(areas)))
    names = book.nearest(asked)
    choices = tuple(Choice(calm(name), {"question": name}) for name in names)
    return Reply("none", choices=choices, text=cards.say("nearest" if names else "nothing"))


def _choices(cards: Cards, near: list[Found]) -> tuple[Choice, ...]:
    """By area where the stretches lie in several, else by stretch."""
    areas = list(dict.fromkeys(one.stretch.area for one in near))
    if len(areas) == 1:
        return tuple(_choice(cards, one) for one in near[:_MOST_CHOICES])
    choices = []
    for area in areas[:_MOST_CHOICES]:
        inside = [one for one in near if one.stretch.area == area]
        if len(inside) == 1:
            choices.append(_choice(cards, inside[0], with_area=True))
        else:
            label = cards.street_and_area(inside[0].stretch)
            choices.append(Choice(label, {"question": label}))
    return tuple(choices)


def _choice(cards: Cards, found: Found, with_area: bool = False) -> Choice:
    return Choice(
        cards.label(found.stretch, with_area=with_area), {"question": cards.question_of(found.stretch)}
    )
