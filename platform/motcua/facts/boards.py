"""What a dashboard holds: cards, charts with their table, tables. Pages, PDF and Excel all show the same ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from motcua.core import language
from motcua.core.language import t

from . import figures, numerals
from .definitions import DEFINITIONS, Definition
from .figures import Wanted
from .spans import Span

Value = int | float | str | None
KINDS = ("text", "day", "count", "percent", "vnd", "duration")


@dataclass(frozen=True)
class Behind:
    """Which rows a figure was counted from, and their filters.

    `what`: dossiers | messages | desk | questions | voices, or board for the page that says more.
    """

    what: str
    asked: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Card:
    """`line` has one value for each point of the span. `good`: which way is better, "up", "down" or "" for neither.

    `note` is said in the reader's language; the rest is Vietnamese, for paper and for pages to translate.
    """

    key: str
    value: int | float | None
    before: int | float | None
    kind: str = "count"
    line: tuple[float, ...] = ()
    good: str = ""
    note: str = ""
    behind: Behind | None = None

    @property
    def definition(self) -> Definition:
        return DEFINITIONS[self.key]

    @property
    def written(self) -> str:
        return numerals.written(self.value, self.kind)

    @property
    def written_before(self) -> str:
        return numerals.written(self.before, self.kind)

    @property
    def change(self) -> str | None:
        return numerals.change(self.value, self.before, self.kind)

    @property
    def is_better(self) -> bool | None:
        """None where it stayed, or where neither way is better."""
        if not self.good or self.value is None or self.before is None or self.value == self.before:
            return None
        return (self.value > self.before) == (self.good == "up")


@dataclass(frozen=True)
class Column:
    """`kind` one of KINDS."""

    title: str
    kind: str = "count"


@dataclass(frozen=True)
class Row:
    """`behind` by the number of the cell."""

    cells: tuple[Value, ...]
    behind: dict[int, Behind] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """`opinions`: (first, last) of the columns that count what people think; outside the console they are made
    anonymous. `persons`: counts of few people, which outside are put together."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    opinions: tuple[int, int] | None = None
    persons: bool = False


@dataclass(frozen=True)
class Chart:
    """`kind` line | bar | stacked. The values of `series` stand in the order of `names`; `tone` names a colour."""

    key: str
    kind: str
    names: tuple[str, ...]
    series: tuple[tuple[str, str, tuple[Value, ...]], ...]  # (title, tone, values)
    table: Table
    unit: str = "count"

    @property
    def title(self) -> str:
        return self.table.title

    @property
    def data(self) -> dict:
        """For the browser, as JSON."""
        return {
            "kind": self.kind,
            "names": list(self.names),
            "unit": self.unit,
            "series": [
                {"name": name, "tone": tone, "values": list(values)} for name, tone, values in self.series
            ],
        }

    @property
    def is_empty(self) -> bool:
        return not any(value for _, _, values in self.series for value in values)


@dataclass(frozen=True)
class Board:
    """`empty` says what to do where there is nothing to show yet."""

    key: str
    title: str
    cards: tuple[Card, ...]
    parts: tuple[Chart | Table, ...] = ()
    empty: str = ""

    @property
    def tables(self) -> list[Table]:
        return [one.table if isinstance(one, Chart) else one for one in self.parts]


def said_count(value: int) -> str:
    """In the reader's language: notes stand on pages only."""
    return numerals.counted(value, language.current())


class Counting:
    """Totals of a span and of the one before, and its line, read once for all cards of a board."""

    def __init__(self, span: Span, agency: str | None, measures: Iterable[str]):
        names = tuple(measures)
        self.span, self.agency = span, agency
        found = figures.compared(Wanted(span.period, agency), span.before, names, span.grain)
        self.now, self.before, self.points = found.now, found.before, found.points

    @property
    def days(self) -> tuple[str, ...]:
        return tuple(day_words(one.begins, self.span.grain) for one in self.points)

    def line(self, measure: str) -> tuple[int, ...]:
        return tuple(one.numbers[measure] for one in self.points)

    def count(self, key: str, measure: str, **given) -> Card:
        return Card(key, self.now[measure], self.before[measure], line=self.line(measure), **given)

    def share(self, key: str, part: str, whole: Sequence[str], **given) -> Card:
        """`part` of the sum of `whole`."""

        def of(numbers: dict[str, int]) -> float | None:
            return numerals.share(numbers[part], sum(numbers[one] for one in whole))

        total = sum(self.now[one] for one in whole)
        note = given.pop("note", None) or t(
            "{part} trên {whole}", part=said_count(self.now[part]), whole=said_count(total)
        )
        line = tuple(of(one.numbers) or 0 for one in self.points)
        return Card(key, of(self.now), of(self.before), kind="percent", line=line, note=note, **given)

    def chart(
        self, key: str, title: str, kind: str, series: Sequence[tuple[str, str, str]], **given
    ) -> Chart:
        """`series`: (measure, title, tone). The table has a row a point and a sum."""
        unit = given.pop("unit", "count")
        values = tuple((name, tone, self.line(measure)) for measure, name, tone in series)
        columns = (
            Column(POINT_TITLES[self.span.grain], "day"),
            *(Column(name, unit) for name, _, _ in values),
        )
        rows = [Row((day, *(line[at] for _, _, line in values))) for at, day in enumerate(self.days)]
        rows.append(Row(("Cộng", *(sum(line) for _, _, line in values))))
        table = Table(title, columns, tuple(rows), **given)
        return Chart(key, kind, self.days, values, table, unit)


POINT_TITLES = {"day": "Ngày", "week": "Tuần từ", "month": "Tháng"}


def day_words(begins: date, grain: str) -> str:
    return f"{begins:%m/%Y}" if grain == "month" else f"{begins:%d/%m/%Y}"
