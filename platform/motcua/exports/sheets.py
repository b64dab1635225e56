"""The rows of a table as CSV for Excel: UTF-8 with a mark, no cell that runs, no sheet too long to open."""

import csv
import gzip
import io
import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

ROWS_IN_A_SHEET = 1_000_000  # Excel opens 1,048,576, with the title row
LONGEST_CELL = 32_000  # Excel breaks a row whose cell has more than 32,767
CUT = "… (xem đủ trong tệp .jsonl)"
PIECE = 256 * 1024
# What spreadsheets take for the beginning of a formula; a plain number cannot run.
RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
PLAIN_NUMBER = re.compile(r"-?\d+(\.\d+)?")
# Excel would show these digits as a number without the first or the last of them.
DIGITS_TO_KEEP = re.compile(r"0\d+|\d{12,}")


def cell(value: Any) -> str | int | float:
    """What is written for a value of `content.rows_of`. An apostrophe before it says: this is text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = text.replace("\0", "")
    if len(text) > LONGEST_CELL:
        text = text[:LONGEST_CELL] + CUT
    runs = text.lstrip(" \u00a0").startswith(RUNS) and not PLAIN_NUMBER.fullmatch(text)
    return f"'{text}" if runs or DIGITS_TO_KEEP.fullmatch(text) else text


class Sheets:
    """Rows on their way into CSV files, packed on disk until the ZIP can take them: it writes one file at a time."""

    def __init__(self, columns: list[str], folder: Path):
        self._columns, self._folder = columns, folder
        self._files: list[IO[bytes]] = []
        self.counts: list[int] = []
        self._begin()

    def add(self, row: dict[str, Any]) -> None:
        if self.counts[-1] == ROWS_IN_A_SHEET:
            self._end()
            self._begin()
        self._writer.writerow([cell(row[name]) for name in self._columns])
        self.counts[-1] += 1

    def finished(self) -> Iterator[tuple[int, Iterator[bytes]]]:
        """Each sheet's rows and pieces; a sheet is gone from the disk once it was read."""
        self._end()
        for count, file in zip(self.counts, self._files, strict=True):
            file.seek(0)
            with file, gzip.open(file, "rb") as packed:
                yield count, iter(lambda packed=packed: packed.read(PIECE), b"")

    def close(self) -> None:
        """Also in the middle, where the work broke off."""
        self._end()
        for file in self._files:
            file.close()

    def _begin(self) -> None:
        file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed by `close`
        self._files.append(file)
        self.counts.append(0)
        packed = gzip.GzipFile(fileobj=file, mode="wb", compresslevel=1)
        self._text = io.TextIOWrapper(packed, encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._text)
        self._writer.writerow([cell(name) for name in self._columns])

    def _end(self) -> None:
        self._text.close()
