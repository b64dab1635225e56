"""A faulty file as an .xlsx to put right: the same cells in the same places, faulty ones coloured and explained."""

from collections import defaultdict

from motcua.catalogue.importing.marked_copy import MarkedRow, write_marked
from motcua.catalogue.importing.reading import read
from motcua.catalogue.importing.table import column_letter, display
from motcua.tenancy.problems import split_sentence

from .checking import check_file
from .contract import Service


def marked_copy(service: Service, content: bytes) -> bytes:
    """The sheet that was checked. Raises UnreadableFile."""
    checked = check_file(service, content)
    faults = defaultdict(list)
    for fault in checked.faults:
        faults[fault.row].append(fault)
    table = read(content, checked.sheet)
    columns = {column_letter(at): at for at in range(max(table.width(), 1))}
    rows = [
        MarkedRow(
            number, [display(cell) for cell in cells], [_marked(fault, columns) for fault in faults[number]]
        )
        for number, cells in table.rows
    ]
    return write_marked(checked.sheet, table.width(), rows)


def _marked(fault, columns: dict[str, int]) -> dict:
    message, remedy = split_sentence(fault.sentence)
    return {
        "column": columns.get(fault.column, 0),
        "message": message,
        "remedy": remedy,
        "is_warning": False,
    }
