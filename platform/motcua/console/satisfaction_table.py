"""The table of `/console/satisfaction`: its columns, in what order its rows stand, and which of them a page shows."""

from collections.abc import Callable
from dataclasses import dataclass

from motcua.core import language
from motcua.core.errors import Invalid
from motcua.dossiers import wording
from motcua.reports.figures import NOTHING, Figures, Share, decimal_words

PAGE = 50


@dataclass(frozen=True)
class Cell:
    """Words in the reader's language; `note` stands under them, `measure` is the count that opens into dossiers."""

    value: str
    note: str = ""
    measure: str = ""


@dataclass(frozen=True)
class Line:
    key: str
    name: str
    cells: list[Cell]


@dataclass(frozen=True)
class Page:
    """`number` of `pages`; `total` rows stand on all of them."""

    lines: list[Line]
    total: int
    number: int
    pages: int


def _opening(measure: str, share: Callable[[Figures], Share] | None = None) -> Callable[[Figures], Cell]:
    def cell(one: Figures) -> Cell:
        number = one.counts[measure]
        return Cell(whole(number), shared(share(one)) if share else "", measure if number else "")

    return cell


def _part(share: Callable[[Figures], Share]) -> Callable[[Figures], Cell]:
    def cell(one: Figures) -> Cell:
        found = share(one)
        return Cell(shared(found), f"{whole(found.part)}/{whole(found.whole)}")

    return cell


COLUMNS: dict[str, Callable[[Figures], Cell]] = {
    "Hồ sơ": _opening("total"),
    "Đúng hạn": _part(lambda one: one.on_time),
    "Trước hạn": _opening("early"),
    "Trễ hạn": _opening("late", lambda one: one.late),
    "Trễ có xin lỗi": _opening("late_with_apology"),
    "Trễ không xin lỗi": _opening("late_without_apology"),
    "Trả lời": _part(lambda one: one.answered),
    "Hài lòng": _part(lambda one: one.satisfied),
    "Không hài lòng": _part(lambda one: one.dissatisfied),
    "5.4": lambda one: Cell(decimal(one.index_5_4)),
}


@dataclass(frozen=True)
class Order:
    """`rank`: less of it stands first. A share of nothing has no rank and stands last."""

    name: str
    rank: Callable[[Figures], tuple]


def _by_share(share: Callable[[Figures], Share], most_first: bool) -> Callable[[Figures], tuple]:
    def rank(one: Figures) -> tuple:
        found = share(one)
        if not found.whole:
            return (1,)
        value = found.part / found.whole
        return (0, -value if most_first else value)

    return rank


ORDERS = {
    "late": Order("Trễ hạn nhiều nhất", lambda one: (-one.counts["late"],)),
    "late_share": Order("Tỷ lệ trễ cao nhất", _by_share(lambda one: one.late, most_first=True)),
    "satisfied": Order("Tỷ lệ hài lòng thấp nhất", _by_share(lambda one: one.satisfied, most_first=False)),
    "total": Order("Nhiều hồ sơ nhất", lambda one: ()),
}
NEEDED_FIRST = "late"


def ordered(rows: list[Figures], by: str, order: str) -> list[Figures]:
    """Whoever needs attention first; those that are equal by size. Months stay in their own order.

    Raises Invalid for an order that there is not.
    """
    if order not in ORDERS:
        raise Invalid("Không xếp được theo mục này. Xin chọn một cách xếp trong danh sách.")
    if by == "month":
        return rows
    largest = sorted(rows, key=lambda one: (-one.counts["total"], one.counts.key))
    return sorted(largest, key=ORDERS[order].rank)


def page_of(rows: list[Figures], number: int) -> Page:
    """The page of that number, or the nearest there is."""
    pages = max(1, -(-len(rows) // PAGE))
    number = min(max(1, number), pages)
    shown = rows[(number - 1) * PAGE : number * PAGE]
    return Page([line(one) for one in shown], len(rows), number, pages)


def line(one: Figures) -> Line:
    return Line(one.counts.key, one.counts.name, [read(one) for read in COLUMNS.values()])


def whole(number: int) -> str:
    return wording.whole(number, language.current())


def decimal(value, unit: str = " %") -> str:
    return _in_language(decimal_words(value, unit))


def shared(share: Share) -> str:
    return _in_language(str(share))


def _in_language(figure: str) -> str:
    """`98,70 %` as an English reader writes it."""
    if not language.is_english():
        return figure
    return "none" if figure == NOTHING else figure.replace(",", ".")
