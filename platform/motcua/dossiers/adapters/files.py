"""A province that only writes CSV files: the newest of a folder is what it says now."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from motcua.core.errors import Invalid
from motcua.dossiers.door import csv_changes
from motcua.dossiers.door.sync_values import Members
from motcua.zalo.phone import hash_phone

from .contract import CannotAsk, Page, Payload, SourceUnavailable

PAGE = 500


@dataclass
class CsvAdapter:
    """`folder` holds *.csv whose columns have the names of the sync payload. The cursor is file, digest and row."""

    folder: Path

    def changes_since(self, cursor: str | None) -> Page:
        file = self._newest()
        if file is None:
            return Page(cursor=cursor)
        data = self._read(file)
        version = hashlib.sha256(data).hexdigest()[:32]
        known, _, row = (cursor or "").partition(":")
        start = int(row) if known == version and row.isdecimal() else 0
        rows = _payloads(data)
        page = rows[start : start + PAGE]
        return Page(page, f"{version}:{start + len(page)}", start + len(page) < len(rows))

    def get_dossier(self, code: str, proof: str | None = None) -> Payload | None:
        return next(
            (one for one in self._rows() if Members(one).text("MaHoSo", "code", longest=80) == code), None
        )

    def search_by_phone(self, phone_hash: str, proof: str | None = None) -> list[Payload]:
        return [one for one in self._rows() if _hash(one) == phone_hash]

    def list_procedures(self, since: str | None = None) -> list[Payload]:
        raise CannotAsk

    def _rows(self) -> list[Payload]:
        file = self._newest()
        return _payloads(self._read(file)) if file else []

    def _newest(self) -> Path | None:
        try:
            files = [
                file for file in self.folder.glob("*.csv") if file.is_file() and not file.name.startswith(".")
            ]
            return max(files, key=lambda file: (file.stat().st_mtime_ns, file.name), default=None)
        except OSError as error:
            raise SourceUnavailable from error

    def _read(self, file: Path) -> bytes:
        try:
            return file.read_bytes()
        except OSError as error:
            raise SourceUnavailable from error


def _payloads(data: bytes) -> list[Payload]:
    return [csv_changes.payload(row.cells) for row in csv_changes.read_rows(data)]


def _hash(row: Payload) -> str | None:
    try:
        return hash_phone(Members(row).text("SoDienThoai", "DienThoai", "owner_phone", longest=40) or "")
    except Invalid:
        return None
