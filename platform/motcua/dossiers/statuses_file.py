"""`statuses.csv`: what local status codes mean, nationally and in one province."""

from pathlib import Path

from motcua.tenancy.csv_rows import Report, Row, read_rows
from motcua.tenancy.problems import split_sentence

from .status_map import Entry, faults_of

REQUIRED = ("local_code", "national")
COLUMNS = (*REQUIRED, "citizen_text", "citizen_text_en", "note")


def read_statuses(national: Path, own: Path) -> list[Entry]:
    """The national lines, replaced by the province's own for the same code; either file may be missing.

    Raises FolderInvalid with every fault of a file.
    """
    layers = [
        {entry.key: entry for entry in _read(path, source)} if path.exists() else {}
        for path, source in ((national, "national"), (own, "folder"))
    ]
    return list((layers[0] | layers[1]).values())


def _read(path: Path, source: str) -> list[Entry]:
    report = Report(path)
    found: dict[str, int] = {}
    entries = []
    for row in read_rows(report, COLUMNS, REQUIRED):
        entry = _entry(row, source)
        for sentence in faults_of(entry):
            report.add(row.line, "", "", *split_sentence(sentence))
        if entry.key in found:
            report.add(
                row.line,
                "local_code",
                entry.local_code,
                f"Mã này đã có ở dòng {found[entry.key]} (không phân biệt hoa thường, dấu và gạch nối).",
                "Xin giữ một dòng.",
            )
        found.setdefault(entry.key, row.line)
        entries.append(entry)
    report.raise_if_any()
    return entries


def _entry(row: Row, source: str) -> Entry:
    cells = row.cells
    national = int(cells["national"]) if cells["national"].isascii() and cells["national"].isdigit() else 0
    return Entry(
        cells["local_code"],
        national,
        cells["citizen_text"] or None,
        cells["citizen_text_en"] or None,
        cells["note"] or None,
        source,
    )
