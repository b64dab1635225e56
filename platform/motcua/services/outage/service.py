"""Power and water cuts as an extra service."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from motcua.catalogue.names import plain_name
from motcua.core.clock import now
from motcua.services.contract import (
    Card,
    Choice,
    Fault,
    Field,
    News,
    Option,
    Published,
    Question,
    Reply,
    Service,
    Source,
    Topic,
)

from .table import DATASET, KINDS, Cut, cut_of, faults

MOST = 10
KIND_WORDS = {"power": ("dien", "cup dien", "mat dien"), "water": ("nuoc", "cup nuoc", "mat nuoc")}
CUT = ("cup", "cat", "mat", "ngung cap", "tam ngung")
TYPE = re.compile(r"^(xa|phuong|dac khu|thi tran|p|x) ")
DAY = re.compile(r"\b(\d{1,2})[/ -](\d{1,2})(?:[/ -](\d{4}))?\b")


class Outages(Service):
    code = "outage"
    name = "Lịch cắt điện, cắt nước"
    name_en = "Power and water cuts"
    summary = "Nơi nào sắp cắt điện, cắt nước, từ mấy giờ đến mấy giờ."
    summary_en = "Where power or water will be off, from when to when."
    phrases = (
        "lịch cắt điện",
        "lịch cúp điện",
        "lịch cắt nước",
        "cúp điện",
        "cắt điện",
        "mất điện",
        "cúp nước",
        "cắt nước",
    )
    examples = ("cúp điện phường Mũi Né ngày mai",)
    form = (
        Field(
            "place",
            "Xã, phường",
            "Commune or ward",
            is_required=False,
            help="Để trống để xem cả tỉnh. Có thể ghi thêm ngày: hôm nay, ngày mai, 28/11.",
            help_en="Leave empty for the whole province. You may add a day: hôm nay, ngày mai, 28/11.",
            example="phường Mũi Né ngày mai",
            free_text=True,
        ),
        Field(
            "kind",
            "Điện hay nước",
            "Power or water",
            kind="choice",
            options=(Option("power", "Điện", "Power"), Option("water", "Nước", "Water")),
            is_required=False,
        ),
    )
    dataset = DATASET
    topics = (
        Topic("power", "Lịch cắt điện nơi tôi ở", "Power cuts where I live", by_area=True),
        Topic("water", "Lịch cắt nước nơi tôi ở", "Water cuts where I live", by_area=True),
    )
    disclaimer = "Lịch có thể đổi theo thực tế; xin hỏi đơn vị cấp điện, cấp nước khi cần chắc chắn."
    disclaimer_en = "Times may change; ask the supplier when you must be sure."

    def ask(self, question: Question) -> Reply:
        said = plain_name(question.values.get("place", ""))
        kind = question.values.get("kind") or _kind_said(said)
        day = _day_said(said, question.asked_on)
        coming = [
            (cut, source)
            for cut, source in question.data
            if cut.ends >= now()
            and (not kind or cut.kind == kind)
            and (not day or cut.begins.date() <= day <= cut.ends.date())
        ]
        here = [(cut, source) for cut, source in coming if _is_named(said, cut)]
        found = sorted(here or ([] if _names_a_place(said) else coming), key=lambda pair: pair[0].begins)
        if not found:
            return Reply("none", text=_nothing(coming, day))
        cards = tuple(_card(cut, source) for cut, source in found[:MOST])
        if here or len({cut.commune for cut, _ in found}) == 1:
            return Reply("match", cards)
        communes = list(dict.fromkeys(cut.commune for cut, _ in found))
        return Reply("choices", cards, tuple(Choice(one, {"place": one}) for one in communes[:MOST]))

    def prepare(self, published: Sequence[Published]) -> tuple[tuple[Cut, Source], ...]:
        return tuple(
            (cut_of(row), Source(one.document or self.name, one.as_of, is_official=one.is_official))
            for one in published
            for row in one.rows
        )

    def check_row(self, row: Mapping[str, Any]) -> Iterable[Fault]:
        return faults(row)

    def hears(self, line: str) -> Mapping[str, str] | None:
        """“Mai có cúp điện không”: a word for cutting right before power or water."""
        said = f" {plain_name(line)} "
        for kind, words in (("power", "dien"), ("water", "nuoc")):
            if any(f" {cut} {words} " in said for cut in CUT):
                return {"place": line, "kind": kind}
        return None

    def news(self, published: Sequence[Published]) -> Iterable[News]:
        for cut, _ in self.prepare(published):
            if cut.begins > now():
                vietnamese, english = KINDS[cut.kind]
                reason = f" Lý do: {cut.reason}." if cut.reason else ""
                yield News(
                    cut.kind,
                    cut.key,
                    f"{vietnamese}: {cut.where}, {cut.when}.{reason}",
                    area=cut.commune,
                    text_en=f"{english}: {cut.where}, {cut.begins:%H:%M %d/%m/%Y} to {cut.ends:%H:%M %d/%m/%Y}.",
                    until=cut.begins,
                )


def _card(cut: Cut, source: Source) -> Card:
    facts = [("Thời gian", cut.when), ("Khu vực", cut.place), ("Lý do", cut.reason)]
    return Card(
        f"{KINDS[cut.kind][0]}: {cut.commune}",
        tuple((label, value) for label, value in facts if value),
        record={
            "kind": cut.kind,
            "commune": cut.commune,
            "place": cut.place,
            "begins": cut.begins.isoformat(),
            "ends": cut.ends.isoformat(),
            "reason": cut.reason,
        },
        source=source,
    )


def _kind_said(said: str) -> str | None:
    found = [kind for kind, words in KIND_WORDS.items() if any(f" {word} " in f" {said} " for word in words)]
    return found[0] if len(found) == 1 else None


def _day_said(said: str, today: date) -> date | None:
    if re.search(r"\b(ngay mai|mai)\b", said):
        return today + timedelta(days=1)
    if re.search(r"\b(ngay kia|mot)\b", said):
        return today + timedelta(days=2)
    if re.search(r"\b(hom nay|bay gio|toi nay|chieu nay|sang nay)\b", said):
        return today
    found = DAY.search(said)
    if not found:
        return None
    try:
        day = date(int(found[3] or today.year), int(found[2]), int(found[1]))
    except ValueError:
        return None
    return day.replace(year=day.year + 1) if not found[3] and day < today - timedelta(days=60) else day


def _is_named(said: str, cut: Cut) -> bool:
    """The commune, or the quarter, stands in what was said, as whole words."""
    line = f" {said} "
    bare = TYPE.sub("", plain_name(cut.commune))
    parts = [plain_name(part) for part in re.split(r"[,;]", cut.place)]
    return f" {bare} " in line or any(len(part) >= 6 and f" {part} " in line for part in parts)


def _names_a_place(said: str) -> bool:
    return bool(re.search(r"\b(xa|phuong|p|thi tran|khu pho|thon|ap|duong) \w+", said))


def _nothing(coming: list, day: date | None) -> str:
    if day:
        return f"Chưa có lịch cắt điện, cắt nước ngày {day:%d/%m/%Y} ở nơi này. Xin hỏi lại khi tỉnh nạp lịch mới."
    if coming:
        return (
            "Chưa có lịch cắt điện, cắt nước ở nơi này. Xin ghi tên xã, phường như trên giấy tờ, "
            "hoặc để trống để xem cả tỉnh."
        )
    return "Hiện chưa có lịch cắt điện, cắt nước nào sắp tới. Xin hỏi lại khi tỉnh nạp lịch mới."
