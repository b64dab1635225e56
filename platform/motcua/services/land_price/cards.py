"""Answers about land prices as people read them, in Vietnamese or English, and as machines do."""

import re
from collections.abc import Mapping
from typing import Any

from motcua.core.text.syllables import is_syllable
from motcua.services.contract import Card, Source

from .book import Book, Found
from .columns import CLASS_NAMES, LAND_CLASSES
from .facets import Facets
from .stretches import Stretch

_TEXTS = {
    "vi": {
        "no_table": "Chưa có bảng giá đất cho ngày này. Xin hỏi cơ quan quản lý đất đai của tỉnh.",
        "no_street": "Chưa thấy tên đường. Xin ghi tên đường và quận, huyện hoặc phường, xã.",
        "nothing": "Không tìm thấy đường này trong bảng giá. Xin ghi đủ tên đường và quận, huyện.",
        "nearest": "Không tìm thấy đường này trong bảng giá. Xin ghi đủ tên đường, hoặc chọn một tên gần giống.",
        "only_area": "Bảng giá ghi theo từng đường. Xin ghi thêm tên đường ở {area}.",
        "unsure": "Có phải ông/bà hỏi đường này không? Nếu không, xin ghi đủ tên đường và quận, huyện.",
        "areas": "Có đường này ở nhiều nơi. Xin chọn quận, huyện.",
        "stretches": "Đường này có nhiều đoạn giá khác nhau. Xin chọn đoạn.",
        "streets": "Có nhiều đường gần giống. Xin chọn một.",
        "elsewhere": "Không thấy đường này ở địa bàn ông/bà ghi; dưới đây là đường cùng tên ở nơi khác.",
        "stretch": "Đoạn", "whole": "trọn đường", "from": "từ {start} đến {end}", "near": "{start}",
        "position": "vị trí {at}", "price": "{about}{vnd} đồng/m²", "about": "khoảng ", "communes": "Nay thuộc",
        "former": "So với bảng trước", "no_change": "không đổi", "document": "Văn bản",
        "not_official": "Số liệu không chính thức, chỉ để tham khảo; không phải bảng giá do cơ quan nhà nước ban hành.",
        "only_first": "Bảng chỉ ghi giá vị trí 1 (mặt tiền đường). Vị trí khác tính theo quy định trong văn bản.",
        "no_class": "Bảng không ghi giá loại đất này; dưới đây là loại đất có trong bảng.",
        "other_day": "Bảng giá này có hiệu lực từ {day}; chưa có bảng của ngày ông/bà hỏi.",
        "positions": "Vị trí", "source": "Xem nguồn", "adjustments": "Tăng, giảm giá",
    },
    "en": {
        "no_table": "There is no table of land prices for this day. Please ask the province's land office.",
        "no_street": "No street found in the question. Please write the street and the district.",
        "nothing": "This street is not in the table. Please write its full name and the district.",
        "nearest": "This street is not in the table. Please write its full name, or choose a similar one.",
        "only_area": "The table is by street. Please add the street's name in {area}.",
        "unsure": "Is this the street you mean? If not, please write its full name and the district.",
        "areas": "There are streets of this name in several places. Please choose the district.",
        "stretches": "This street has several stretches with prices of their own. Please choose one.",
        "streets": "There are several similar streets. Please choose one.",
        "elsewhere": "This street was not found in the area you wrote; below is one of the same name elsewhere.",
        "stretch": "Stretch", "whole": "whole street", "from": "from {start} to {end}", "near": "{start}",
        "position": "position {at}", "price": "{about}{vnd} VND/m²", "about": "about ", "communes": "Now in",
        "former": "Against the former table", "no_change": "unchanged", "document": "Document",
        "not_official": "Not official: for orientation only, no table issued by an authority.",
        "only_first": "The table lists position 1 (on the street) only. Others follow the rules in the document.",
        "no_class": "The table has no price for this land class; below are those it has.",
        "other_day": "This table holds from {day}; there is none for the day you asked.",
        "positions": "Positions", "source": "See the source", "adjustments": "Adjustments",
    },
}  # fmt: skip


class Cards:
    """Writes the answers to one question. `land_class` asked, None for all."""

    def __init__(
        self,
        book: Book,
        facets: Facets,
        land_class: str | None,
        settings: Mapping[str, Any],
        language: str,
    ):
        self._book, self._facets, self._class, self._settings = book, facets, land_class, settings
        self._language = language if language in _TEXTS else "vi"

    def say(self, name: str, **values: object) -> str:
        return _TEXTS[self._language][name].format(**values)

    def text_of_match(self, found: Found) -> str:
        return self.say("elsewhere") if found.is_elsewhere else ""

    def text_of_choices(self, near: list[Found]) -> str:
        if all(one.is_elsewhere for one in near):
            return self.say("elsewhere")
        if len({one.stretch.area for one in near}) > 1:
            return self.say("areas")
        return self.say("stretches" if len({one.stretch.text("street") for one in near}) == 1 else "streets")

    def card(self, found: Found) -> Card:
        stretch = found.stretch
        version = stretch.version
        classes = self._classes(stretch)
        facts = [(self.say("stretch"), self.stretch(stretch))]
        for land_class in classes:
            for at, vnd in stretch.prices[land_class].items():
                facts.append(
                    (
                        f"{self._class_name(land_class)}, {self.say('position', at=at)}",
                        self._price(vnd, stretch),
                    )
                )
        if change := self._change(stretch, classes[0]):
            facts.append((self.say("former"), change))
        if commune := stretch.text("commune"):
            facts.append((self.say("communes"), commune.replace("|", ", ")))
        facts += [
            (self.say(name), self._settings[name])
            for name in ("positions", "adjustments")
            if self._settings.get(name)
        ]
        return Card(
            self.street_and_area(stretch),
            tuple(facts),
            link=stretch.text("source_url"),
            link_title=self.say("source") if stretch.text("source_url") else "",
            note=" ".join(self._notes(stretch, classes)),
            record=self._record(stretch, classes[0]),
            source=Source(
                version.document, version.as_of or version.valid_from, is_official=version.is_official
            ),
        )

    def _classes(self, stretch: Stretch) -> list[str]:
        """The one asked where the stretch has it, else all it has, the commonest first."""
        asked = {"ODT": ("ODT", "ONT"), "ONT": ("ONT", "ODT")}.get(self._class, (self._class,))
        for land_class in asked:
            if land_class in stretch.prices:
                return [land_class]
        return [option.value for option in LAND_CLASSES if option.value in stretch.prices]

    def _notes(self, stretch: Stretch, classes: list[str]) -> list[str]:
        version, day = stretch.version, self._facets.day
        notes = []
        if not version.is_official:
            notes.append(self.say("not_official"))
        if self._class and self._class not in classes and {self._class, *classes} != {"ODT", "ONT"}:
            notes.append(self.say("no_class"))
        if day and version.valid_from and day < version.valid_from:
            notes.append(self.say("other_day", day=f"{version.valid_from:%d/%m/%Y}"))
        if all(set(stretch.prices[one]) == {1} for one in classes) and version.is_official:
            notes.append(self.say("only_first"))
        notes += [text for text in (stretch.text("note"), self._settings.get("validity_note")) if text]
        return notes

    def _change(self, stretch: Stretch, land_class: str) -> str:
        former = self._book.former_price(stretch, land_class)
        if former is None:
            return ""
        now = stretch.prices[land_class][1]
        share = round((now - former) * 100 / former)
        changed = f"{share:+d} %" if share else self.say("no_change")
        return f"{changed} ({self.say('price', about='', vnd=_grouped(former))})"

    def _record(self, stretch: Stretch, land_class: str) -> dict[str, Any]:
        prices = stretch.prices[land_class]
        at = self._facets.position if self._facets.position in prices else min(prices)
        valid_from = stretch.version.valid_from
        return {
            "street": stretch.text("street"),
            "from": stretch.text("segment_from"),
            "to": stretch.text("segment_to"),
            "land_class": land_class,
            "position": at,
            "price_vnd_per_m2": prices[at],
            "valid_from": valid_from.isoformat() if valid_from else None,
            "area": stretch.area,
            "number": stretch.text("number"),
            "is_official": stretch.version.is_official,
        }

    def _price(self, vnd: int, stretch: Stretch) -> str:
        about = "" if stretch.version.is_official else self.say("about")
        return self.say("price", about=about, vnd=_grouped(vnd))

    def _class_name(self, land_class: str) -> str:
        option = CLASS_NAMES[land_class]
        return option.label if self._language == "vi" else option.label_en

    def street_and_area(self, stretch: Stretch) -> str:
        return f"{calm(stretch.text('street'))}, {stretch.area}"

    def stretch(self, stretch: Stretch) -> str:
        start, end = calm(stretch.text("segment_from")), _BARE_END.sub("", calm(stretch.text("segment_to")))
        return self.say("from" if end else "near" if start else "whole", start=start, end=end)

    def label(self, stretch: Stretch, *, with_area: bool) -> str:
        """A stretch among others: what sets it apart, and its price."""
        land_class = self._classes(stretch)[0]
        price = self._price(min(stretch.prices[land_class].items())[1], stretch)
        name = self.street_and_area(stretch) if with_area else calm(stretch.text("street"))
        return f"{name}, {self.stretch(stretch)}: {price}"

    def question_of(self, stretch: Stretch) -> str:
        return question_of(stretch, by_number=self._book.is_twin(stretch))


def question_of(stretch: Stretch, *, by_number: bool) -> str:
    """A question whose answer is this stretch. `by_number`: others read the same but for their number."""
    start, end = stretch.text("segment_from"), stretch.text("segment_to")
    ends = f", đoạn từ {start} đến {end}" if end else f", đoạn {start}" if start else ", trọn đường"
    number = f", STT {stretch.text('number')}" if by_number else ""
    return f"{stretch.text('street')}{ends}, {stretch.area}{number}"


_WORDS = re.compile(r"[^\W\d_]+")
_BARE_END = re.compile(r"^đến\s+", re.IGNORECASE)  # “đến cuối tuyến” stands in some cells of the column “Đến”


def calm(name: str) -> str:
    """A name in capitals as people write it; abbreviations stay: `QUỐC LỘ 1, KDC A` -> `Quốc Lộ 1, KDC A`."""
    if not name.isupper():
        return name
    return _WORDS.sub(lambda word: word[0].capitalize() if is_syllable(word[0].lower()) else word[0], name)


def _grouped(vnd: int) -> str:
    return f"{vnd:,}".replace(",", ".")
