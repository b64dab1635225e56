"""A province's file against a service's columns: every row, every fault in its place. Changes nothing."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

import structlog

from motcua.catalogue.importing import cells as sheet_cells
from motcua.catalogue.importing.reading import CSV_SHEET, read, sheets_of
from motcua.catalogue.importing.table import (
    Table,
    UnreadableFile,
    Value,
    column_letter,
    display,
    is_blank,
)
from motcua.catalogue.names import plain_name
from motcua.core.errors import Conflict

from .cells import read_cell, scale_of
from .contract import Column, Service

HEADER_WITHIN = 40  # rows
MOST_FAULTS = 500  # kept; all are counted
SHOWN = 60

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class FaultAt:
    """A fault in its place: `row` as in Excel, `column` its letter or "", `title` its heading."""

    row: int
    column: str
    title: str
    value: str
    sentence: str

    def __str__(self) -> str:
        place = f"Dòng {self.row}" + (f", cột {self.column} ({self.title})" if self.column else "")
        said = f" “{self.value}”:" if self.value else ""
        return f"{place}:{said} {self.sentence}"


@dataclass
class Checked:
    """What a file holds. `rows` are (number, cells by column name); empty while there is a fault."""

    sheet: str
    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    faults: list[FaultAt] = field(default_factory=list)
    fault_count: int = 0
    notes: list[str] = field(default_factory=list)

    def add(self, fault: FaultAt) -> None:
        self.fault_count += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)

    def faults_as_json(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self.faults]


@dataclass(frozen=True)
class Place:
    """Where a column stands in the sheet."""

    column: Column
    at: int
    title: str
    scale: int


def check_file(service: Service, data: bytes, sheet: str = "") -> Checked:
    """Check a whole .xlsx or .csv. `sheet` "": the first visible one that has our headings.

    Raises UnreadableFile for a file that cannot be read at all, Conflict for a service that takes no data.
    """
    if service.dataset is None:
        raise Conflict("Dịch vụ này không dùng dữ liệu do tỉnh nạp. Xin xem phần thiết lập của dịch vụ.")
    name, table, header = _find_sheet(service, data, sheet)
    checked = Checked(name)
    number, cells = table.rows[header]
    places = _places(service, cells, number, checked)
    if not checked.fault_count:
        _check_rows(service, table.rows[header + 1 :], places, checked)
    if checked.fault_count:
        checked.rows = []
    return checked


def _find_sheet(service: Service, data: bytes, wanted: str) -> tuple[str, Table, int]:
    """The sheet's name, its table, and the index of its header row."""
    sheets = [one.name for one in sheets_of(data) if not one.is_hidden]
    if wanted and wanted != CSV_SHEET:
        if wanted not in sheets:
            raise UnreadableFile(f"Tệp không có trang tính “{wanted}”. Xin chọn: {', '.join(sheets)}.")
        sheets = [wanted]
    best = 0
    for name in sheets:
        beginning = read(data, name, HEADER_WITHIN)
        known = [_known(service, cells) for _, cells in beginning.rows]
        if known and max(known) > best:
            best, chosen, header = max(known), name, known.index(max(known))
    if best < min(2, len(service.dataset.columns)):
        titles = ", ".join(column.title for column in service.dataset.columns)
        raise UnreadableFile(
            f"Không thấy dòng tiêu đề trong tệp. Xin ghi dòng tiêu đề với các cột: {titles}."
        )
    return chosen, read(data, chosen), header


def _known(service: Service, cells: list[Value]) -> int:
    """How many of the service's columns a row names."""
    said = {words for cell in cells if not is_blank(cell) for words in _words(display(cell))}
    return sum(bool(_names(column) & said) for column in service.dataset.columns)


def _names(column: Column) -> set[str]:
    return {plain_name(name) for name in (column.name, column.title, *column.aliases)}


def _words(title: str) -> tuple[str, str]:
    """A heading as it is, and without what stands in brackets: “Giá (1.000 đồng)” -> “gia”."""
    return plain_name(title), plain_name(re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", title))


def _places(service: Service, cells: list[Value], number: int, checked: Checked) -> list[Place]:
    titles = [" ".join(display(cell).split()) for cell in cells]
    places, used = [], set()
    for column in service.dataset.columns:
        names = _names(column)
        # A whole heading counts before one without its brackets: “Giá” and “Giá (cũ)” may both stand there.
        found = [at for at, title in enumerate(titles) if title and _words(title)[0] in names] or [
            at for at, title in enumerate(titles) if title and _words(title)[1] in names
        ]
        found = [at for at in found if at not in used]
        if len(found) > 1:
            where = ", ".join(column_letter(at) for at in found)
            sentence = f"Cột “{column.title}” có {len(found)} lần (cột {where}). Xin giữ một cột."
            checked.add(FaultAt(number, column_letter(found[1]), titles[found[1]], "", sentence))
        elif found:
            used.add(found[0])
            scale = scale_of(titles[found[0]]) if column.kind == "money" else 1
            places.append(Place(column, found[0], titles[found[0]], scale))
        elif column.is_required:
            also = f" (cũng nhận: {', '.join(column.aliases[:5])})" if column.aliases else ""
            sentence = f"Thiếu cột “{column.title}”. Xin thêm cột này vào dòng tiêu đề{also}."
            checked.add(FaultAt(number, "", "", "", sentence))
    unknown = [title for at, title in enumerate(titles) if title and at not in used]
    if unknown:
        checked.notes.append(f"Không dùng các cột: {', '.join(unknown)[:300]}.")
    checked.notes += [
        f"Cột “{place.title}” được nhân với {place.scale:,} để ra đồng.".replace(",", ".")
        for place in places
        if place.scale != 1
    ]
    return places


def _check_rows(service: Service, rows, places: list[Place], checked: Checked) -> None:
    seen: dict[tuple, int] = {}
    by_name = {place.column.name: place for place in places}
    absent = {column.name: None for column in service.dataset.columns if column.name not in by_name}
    for number, cells in rows:
        if _is_numbering(number, cells, rows):
            continue
        before = checked.fault_count
        row = absent | dict(_read_row(number, cells, places, checked))
        if checked.fault_count == before:
            _check_whole(service, number, cells, row, by_name, checked)
            _check_key(service, number, row, seen, checked)
        checked.rows.append((number, row))
    if not checked.rows:
        checked.add(
            FaultAt(0, "", "", "", "Tệp không có dòng dữ liệu nào. Xin ghi dữ liệu dưới dòng tiêu đề.")
        )


def _is_numbering(number: int, cells: list[Value], rows) -> bool:
    """A row “(1) (2) (3)” right below the header."""
    if number != rows[0][0]:
        return False
    said = [display(cell).strip(" ()[].") for cell in cells if not is_blank(cell)]
    return len(said) > 2 and said == [str(at) for at in range(1, len(said) + 1)]


def _read_row(
    number: int, cells: list[Value], places: list[Place], checked: Checked
) -> Iterator[tuple[str, Any]]:
    for place in places:
        raw = cells[place.at] if place.at < len(cells) else None
        try:
            kept = read_cell(place.column, raw, place.scale)
            if kept is None and place.column.is_required:
                example = f", ví dụ {place.column.example}" if place.column.example else ""
                raise sheet_cells.Fault("Ô đang trống.", f"Xin ghi {place.column.title.lower()}{example}.")
        except sheet_cells.Fault as fault:
            checked.add(_at(number, place, raw, f"{fault.message} {fault.remedy}"))
            kept = None
        yield place.column.name, kept


def _check_whole(service: Service, number: int, cells, row: dict, by_name: dict, checked: Checked) -> None:
    try:
        faults = list(service.check_row(row))
    except Exception as error:  # somebody else's rule may fail on what nobody thought of
        log.exception("service_row_check_failed", service=service.code, error=type(error).__name__)
        sentence = "Dịch vụ không kiểm tra được dòng này. Xin xem lại các ô của dòng."
        checked.add(FaultAt(number, "", "", "", sentence))
        return
    for fault in faults:
        place = by_name.get(fault.column)
        if place is None:
            checked.add(FaultAt(number, "", "", "", fault.sentence))
        else:
            raw = cells[place.at] if place.at < len(cells) else None
            checked.add(_at(number, place, raw, fault.sentence))


def _check_key(service: Service, number: int, row: dict, seen: dict[tuple, int], checked: Checked) -> None:
    key = tuple(row[name] for name in service.dataset.key)
    if not key:
        return
    if (first := seen.setdefault(key, number)) != number:
        titles = {column.name: column.title for column in service.dataset.columns}
        what = ", ".join(titles[name] for name in service.dataset.key)
        sentence = f"Dòng này trùng với dòng {first} (cùng {what}). Xin bỏ hoặc sửa một dòng."
        checked.add(FaultAt(number, "", "", "", sentence))


def _at(number: int, place: Place, raw: Value, sentence: str) -> FaultAt:
    value = " ".join(display(raw).split())
    value = value if len(value) <= SHOWN else value[: SHOWN - 1] + "…"
    return FaultAt(number, column_letter(place.at), place.title, value, sentence)


def summary(checked: Checked) -> str:
    """One sentence for the operator."""
    if not checked.fault_count:
        return f"{len(checked.rows)} dòng, không có lỗi."
    by_column = Counter(fault.title or "cả dòng" for fault in checked.faults)
    worst = ", ".join(f"{title} {times}" for title, times in by_column.most_common(4))
    return f"Có {checked.fault_count} lỗi ({worst}); chưa nạp gì. Xin sửa rồi nạp lại."
