"""Files that a province's system leaves in a folder at night.

`<folder>/<slug>/in/*.csv` are taken in, then moved to `done/` (or `failed/`, where nothing of the file could be
used) with a report beside: line, code, status, error. A file that was touched a moment ago is still being written
and waits. Every line is stored with its answer, so that a run that was cut off goes on where it was, and the same
lines twice do nothing twice.
"""

import csv
import hashlib
import itertools
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import structlog

from motcua.catalogue.importing.table import UnreadableFile
from motcua.core import scope
from motcua.core.alone import alone
from motcua.core.clock import now

from . import batch, chunk, csv_changes

SETTLED_S = 30
MOST_BYTES = 64 * 1024 * 1024
REPORT = ("line", "code", "status", "error")

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Taken:
    """What became of one file: how many lines were new, known, refused; `error` where it could not be read."""

    name: str
    new: int = 0
    known: int = 0
    refused: int = 0
    error: str = ""

    @property
    def failed(self) -> bool:
        return bool(self.error) or not self.new + self.known


def waiting(folder: Path) -> list[Path]:
    """Files of the tenant in scope that nobody writes any more, by name."""
    place = folder / scope.required() / "in"
    files = (file for file in place.glob("*.csv") if not file.name.startswith(".") and not file.is_symlink())
    return sorted(
        file for file in files if file.is_file() and time.time() - file.stat().st_mtime >= SETTLED_S
    )


def take_all(folder: Path) -> list[Taken]:
    """Take in what waits for the tenant in scope; empty where another process is at it."""
    place = folder / scope.required()
    with alone(place) as is_mine:
        return [_take(file, place) for file in waiting(folder)] if is_mine else []


def _take(file: Path, place: Path) -> Taken:
    draft = place / f".{file.name}.report"
    with draft.open("w", newline="", encoding="utf-8-sig") as report:
        taken = _take_lines(file, report)
    target = place / ("failed" if taken.failed else "done")
    target.mkdir(exist_ok=True)
    stamp = f"{file.stem}.{now():%Y%m%dT%H%M%S%f}"
    draft.replace(target / f"{stamp}.report.csv")
    file.replace(target / f"{stamp}.csv")
    log.info("drop_taken", tenant=scope.required(), new=taken.new, known=taken.known, refused=taken.refused)
    return taken


def _take_lines(file: Path, report: IO[str]) -> Taken:
    writer = csv.writer(report)
    writer.writerow(REPORT)
    counted = {200: 0, 201: 0, 404: 0, 422: 0}
    try:
        state = file.stat()
        if state.st_size > MOST_BYTES:
            raise UnreadableFile("Tệp lớn hơn 64 MB. Xin chia thành nhiều tệp.")
        data = file.read_bytes()
        # The moment belongs to the name: the same content left again on another night is looked at again.
        name = f"drop:{state.st_mtime_ns}:{hashlib.sha256(data).hexdigest()}"
        rows = csv_changes.read_rows(data)
        while some := list(itertools.islice(rows, batch.LINES_AT_ONCE)):
            for answer in _answers(name, some):
                counted[answer["status"]] += 1
                writer.writerow([_harmless(cell) for cell in _report_row(answer)])
    except UnreadableFile as error:
        writer.writerow(["", "", 422, error.message])
        return Taken(file.name, counted[201], counted[200], counted[404] + counted[422], error.message)
    return Taken(file.name, counted[201], counted[200], counted[404] + counted[422])


def _answers(name: str, rows: list[csv_changes.Row]) -> list[dict]:
    digest = hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()
    text = batch.remembered(
        name, rows[0].line, digest, lambda: chunk.take([csv_changes.change(row) for row in rows])
    )
    return [json.loads(line) for line in text.splitlines()]


def _report_row(answer: dict) -> list:
    error = answer.get("error")
    fields = "; ".join(f"{name}: {_words(said)}" for name, said in (error or {}).get("fields", {}).items())
    words = error and (f"{error['message']} ({fields})" if fields else error["message"])
    return [answer["line"], answer["code"], answer["status"], words or ""]


def _words(said) -> str:
    if isinstance(said, list):
        return " ".join(map(_words, said))
    return (
        "; ".join(f"{name}: {_words(one)}" for name, one in said.items())
        if isinstance(said, dict)
        else str(said)
    )


def _harmless(cell) -> str:
    """No formula for the spreadsheet that opens the report (OWASP, CSV injection)."""
    text = "" if cell is None else str(cell)
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
