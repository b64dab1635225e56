"""A sheet as it came: rows with their numbers, cells as the file's own types. No rule of ours yet."""

from dataclasses import dataclass, field
from datetime import date, datetime, time

from motcua.core.errors import Invalid

MOST_BYTES = 20_000_000
MOST_ROWS = 50_000
MOST_COLUMNS = 100

Value = str | int | float | bool | datetime | date | time | None


class UnreadableFile(Invalid):
    """The file cannot be taken in at all; nothing of it was stored."""

    code = "unreadable_file"


class Uncalculated(str):
    """A formula whose result the file does not hold; the text is the formula."""

    __slots__ = ()


@dataclass(frozen=True)
class SheetInfo:
    name: str
    is_hidden: bool = False


@dataclass
class Table:
    """`rows` are (number as in Excel, cells); rows without any content are left out."""

    rows: list[tuple[int, list[Value]]]
    headings: set[int] = field(default_factory=set)  # numbers of rows that one merged cell spans
    encodings: dict[int, str] = field(default_factory=dict)  # column -> old encoding it was converted from

    def width(self) -> int:
        return max((len(cells) for _, cells in self.rows), default=0)


def display(value: Value) -> str:
    """As the sheet shows it, near enough: `dd/mm/yyyy` for dates, no `.0` behind whole numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.strftime("%d/%m/%Y" if value.time() == time() else "%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    return str(value)


def is_blank(value: Value) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def column_letter(index: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def refuse_too_many(count: int) -> None:
    if count > MOST_ROWS:
        raise UnreadableFile(
            f"Trang tính có hơn {MOST_ROWS:,} dòng. Xin chia thành nhiều tệp rồi nhập từng tệp.".replace(
                ",", "."
            )
        )
