"""Answers as people read them and as a page keeps them: sources, dates, cards as plain JSON."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from .contract import Card, Column, Reply, Service, Source
from .models import ServiceDataVersion

UNNAMED_SOURCE = "Dữ liệu của tỉnh"
UNOFFICIAL = (" (tham khảo, không phải số liệu chính thức)", " (for reference, not official)")
AS_OF = (", số liệu ngày ", ", as of ")


def name_of(service: Service, language: str) -> str:
    return (service.name_en if language == "en" else "") or service.name


def day_words(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def source_words(source: Source, english: bool = False) -> str:
    """“Quyết định 79/2024/QĐ-UBND, số liệu ngày 01/01/2026”."""
    as_of = AS_OF[english] + day_words(source.as_of) if source.as_of else ""
    return source.name + as_of + ("" if source.is_official else UNOFFICIAL[english])


def shared_sources(reply: Reply, of_data: Iterable[Source]) -> list[Source]:
    """What stands once below all cards: the source that they share, or that of the data where none names its own.

    Empty where cards differ: then each shows its own.
    """
    own = [card.source for card in reply.cards if card.source]
    if not own:
        return list(of_data) if reply.cards else []
    return [own[0]] if len(own) == len(reply.cards) and len(set(own)) == 1 else []


def cell_words(column: Column, value: Any) -> str:
    """A cell in kept form as people read it: “Xe đạp”, “20.000 đồng”, “01/07/2025”."""
    if value is None or value == "":
        return "–"
    match column.kind:
        case "choice":
            return next((one.label for one in column.options if one.value == value), str(value))
        case "money":
            return f"{value:,} đồng".replace(",", ".")
        case "date":
            return day_words(date.fromisoformat(value))
        case "decimal":
            return str(value).replace(".", ",")
        case "flag":
            return "có" if value else "không"
        case _:
            return str(value)


def roll_back_words(part: str, left: Sequence[ServiceDataVersion]) -> str:
    """What citizens get once a version of this part is rolled back; `left`: `data.left_without` it."""
    if left:
        return f"Người dân được trả lời theo bản {', '.join(str(one.id) for one in left)}."
    where = f" về phần {part}" if part else ""
    return f"Người dân không còn câu trả lời{where} từ dữ liệu này, đến khi có bản khác được công bố."


def lacking(version: ServiceDataVersion) -> list[str]:
    """What will be missing below this version's answers, a sentence each; none keeps it from being published."""
    sentences = []
    if not version.document:
        sentences.append(f"Chưa ghi văn bản hoặc nguồn: dưới câu trả lời chỉ có “{UNNAMED_SOURCE}”.")
    if version.valid_from is None:
        sentences.append("Chưa ghi ngày có hiệu lực: bản này được coi là có hiệu lực từ trước đến nay.")
    return sentences


def is_web_address(link: str) -> bool:
    """Whether a link of somebody's service may be shown as one: never javascript: and the like."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.netloc)


def as_json(reply: Reply, of_data: Iterable[Source]) -> dict[str, Any]:
    """A reply as a page shows it: {"kind", "text", "cards", "choices", "sources"}, sources in words."""
    shared = shared_sources(reply, of_data)
    return {
        "kind": reply.kind,
        "text": reply.text,
        "cards": [_card(card, with_source=not shared) for card in reply.cards],
        "choices": [{"label": one.label, "values": dict(one.values)} for one in reply.choices],
        "sources": [_source(one) for one in shared],
    }


def _card(card: Card, *, with_source: bool) -> dict[str, Any]:
    link = card.link if is_web_address(card.link) else ""
    return {
        "title": card.title,
        "facts": [list(fact) for fact in card.facts],
        "note": card.note,
        "link": link,
        "link_title": card.link_title or "Xem chi tiết",
        "source": _source(card.source) if with_source and card.source else None,
    }


def _source(source: Source) -> dict[str, str]:
    return {"words": source_words(source), "url": source.url if is_web_address(source.url) else ""}
