"""A provision as people read it, and as `motcua service ask` prints it."""

import textwrap
from datetime import date
from typing import Any

from ..contract import Card, Source
from .decree import Decree, Deduction, Provision

_TITLE = 150  # characters of the decree's text that make a title
_LABELS = {
    "vi": ("Mức phạt", "Tổ chức", "Trừ điểm bằng lái", "Áp dụng cho", "Căn cứ", "Có hiệu lực từ"),
    "en": (
        "Fine",
        "Fine for organisations",
        "Licence points taken off",
        "Applies to",
        "Legal basis",
        "In force from",
    ),
}


def card(provision: Provision, decree: Decree, asked_on: date, language: str = "vi") -> Card:
    fine, organisations, points, who, basis, since = _LABELS[language]
    facts = [(fine, _range(provision.fine_min_vnd, provision.fine_max_vnd, provision))]
    if provision.org_fine_min_vnd is not None and provision.org_fine_max_vnd is not None:
        facts.append(
            (organisations, _range(provision.org_fine_min_vnd, provision.org_fine_max_vnd, provision))
        )
    facts.append((points, _points(provision.deductions)))
    facts += [(who, provision.who), (basis, f"{provision.title} {decree.name}")]
    if provision.valid_from > asked_on:
        facts.append((since, f"{provision.valid_from:%d/%m/%Y}"))
    title = textwrap.shorten(provision.text, _TITLE, placeholder="…")
    return Card(
        title=title,
        facts=tuple(facts),
        note=provision.text if title != provision.text else "",
        record=record(provision, decree),
        source=Source(decree.name, decree.as_of),
    )


def record(provision: Provision, decree: Decree) -> dict[str, Any]:
    """One result of `motcua service ask traffic_fine`; sums in whole đồng, dates ISO 8601."""
    return {
        "article": provision.title,
        "text": provision.text,
        "fine_min_vnd": provision.fine_min_vnd,
        "fine_max_vnd": provision.fine_max_vnd,
        "points": provision.points,
        "article_number": provision.article,
        "clause": provision.clause,
        "point": provision.point,
        "org_fine_min_vnd": provision.org_fine_min_vnd,
        "org_fine_max_vnd": provision.org_fine_max_vnd,
        "applies_to": provision.who,
        "decree": decree.number,
        "valid_from": provision.valid_from.isoformat(),
    }


def _range(least: int, most: int, provision: Provision) -> str:
    each = " mỗi người vượt quá" if "trên mỗi người vượt quá" in provision.text else ""
    return f"{_money(least)} – {_money(most)} đồng{each}"


def _points(deductions: tuple[Deduction, ...]) -> str:
    if not deductions:
        return "Không"
    return "; ".join(
        f"{one.points} điểm" + (f" ({one.condition})" if one.condition else "") for one in deductions
    )


def _money(amount: int) -> str:
    return f"{amount:,}".replace(",", ".")
