"""Files that a province's system leaves at night: `<drop folder>/<slug>/<service>/in/*.csv`.

Each file is the whole state. A sound one replaces what was known and is deleted: nothing personal stays in clear.
A faulty one changes nothing and is moved to `failed/`. A report (line, column, error, no values) lies in `done/` or
`failed/`. A file touched a moment ago is still being written and waits.
"""

import csv
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import structlog

from motcua.core import scope
from motcua.core.alone import alone
from motcua.core.clock import VIETNAM, now
from motcua.core.database import db
from motcua.tenancy.csv_rows import Report, read_rows
from motcua.tenancy.problems import FolderInvalid

from . import stored

SETTLED_S = 30
MOST_BYTES = 256 * 1024 * 1024
FAULTS_KEPT = 100
_DAY_IN_NAME = re.compile(r"(20\d{2})-?(\d{2})-?(\d{2})")

log = structlog.get_logger(__name__)


class RowFault(Exception):
    """A line that cannot be used: which column, and a whole sentence that does not repeat the value."""

    def __init__(self, column: str, sentence: str):
        super().__init__(sentence)
        self.column, self.sentence = column, sentence


@dataclass(frozen=True)
class Layout:
    """The lines of one service's file. `read` gives the key a line is asked for by and the record to keep.

    `columns`: name to other headings that it is known by, in lower case.
    """

    service: str
    columns: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    read: Callable[[Mapping[str, str]], tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Fault:
    line: int | None
    column: str
    sentence: str


def waiting(folder: Path, service: str) -> list[Path]:
    """Files of the tenant in scope that nobody writes any more, the oldest first."""
    place = folder / scope.required() / service / "in"
    if not place.is_dir():
        return []
    files = (file for file in place.glob("*.csv") if not file.name.startswith(".") and not file.is_symlink())
    settled = (
        (file.stat().st_mtime, file)
        for file in files
        if file.is_file() and time.time() - file.stat().st_mtime >= SETTLED_S
    )
    return [file for _, file in sorted(settled)]


def take_all(folder: Path, layout: Layout) -> int:
    """Take in what waits for the tenant in scope; returns how many files. None while another process is at it."""
    place = folder / scope.required() / layout.service
    with alone(place) as is_mine:
        files = waiting(folder, layout.service) if is_mine else []
        for file in files:
            _take(file, layout)
        return len(files)


def _take(file: Path, layout: Layout) -> None:
    as_of = _day_of(file)
    rows, faults, count = _read(file, layout)
    if faults:
        stored.note_faults(layout.service, as_of, count, [vars(one) for one in faults[:FAULTS_KEPT]])
    else:
        stored.replace(layout.service, as_of, rows)
    db.session.commit()
    target = file.parent.parent / ("failed" if faults else "done")
    target.mkdir(exist_ok=True)
    _report(target / f"{file.stem}.{now():%Y%m%dT%H%M%S}.report.csv", count, faults)
    if faults:
        file.replace(target / file.name)
    else:
        file.unlink()
    log.info(
        "service_file_taken", service=layout.service, tenant=scope.required(), rows=count, faults=len(faults)
    )


def _read(file: Path, layout: Layout) -> tuple[list[tuple[str, dict[str, Any]]], list[Fault], int]:
    if file.stat().st_size > MOST_BYTES:
        return [], [Fault(None, "", "Tệp lớn hơn 256 MB. Xin chia lại hoặc gửi qua API.")], 0
    names = {other: name for name, others in layout.columns.items() for other in (name, *others)}
    report = Report(file)
    try:
        lines = read_rows(report, names, ())
        report.raise_if_any()
    except FolderInvalid as error:
        # The problem's sentence may quote the cell; its own message and remedy do not.
        return [], [Fault(one.line, one.field, _without_value(one)) for one in error.problems], 0
    rows, faults = [], []
    for line in lines:
        cells = dict.fromkeys(layout.columns, "")
        for heading, cell in line.cells.items():
            cells[names[heading]] = cells[names[heading]] or cell
        missing = [name for name in layout.required if not cells[name]]
        faults += [Fault(line.line, name, "Thiếu giá trị. Xin ghi vào ô này.") for name in missing]
        if missing:
            continue
        try:
            rows.append(layout.read(cells))
        except RowFault as fault:
            faults.append(Fault(line.line, fault.column, fault.sentence))
    return rows, faults, len(lines)


def _without_value(problem) -> str:
    sentence = problem.message.partition("”: ")[2] if problem.value else problem.message
    return f"{sentence[:1].upper()}{sentence[1:]} {problem.remedy}".strip()


def _report(file: Path, count: int, faults: list[Fault]) -> None:
    with file.open("w", newline="", encoding="utf-8-sig") as out:
        writer = csv.writer(out)
        writer.writerow(("line", "column", "error"))
        writer.writerows((one.line or "", one.column, one.sentence) for one in faults)
        if not faults:
            writer.writerow(("", "", f"{count} dòng, không có lỗi."))


def _day_of(file: Path) -> date:
    """The day the file says in its name, else the day it was written."""
    if found := _DAY_IN_NAME.search(file.name):
        try:
            return date(*map(int, found.groups()))
        except ValueError:
            pass
    return datetime.fromtimestamp(file.stat().st_mtime, VIETNAM).date()
