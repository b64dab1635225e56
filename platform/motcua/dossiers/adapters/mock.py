"""A source without a system behind it, for trying out and for demonstrations: payloads from one JSON file."""

import json
from dataclasses import dataclass
from pathlib import Path

from motcua.core.errors import Invalid
from motcua.dossiers.door.sync_values import Members
from motcua.zalo.phone import hash_phone

from .contract import Page, Payload, SourceUnavailable

PAGE = 100


@dataclass
class MockAdapter:
    """`file`: {"dossiers": [payload, …], "progress": [payload, …], "procedures": [payload, …]}, read each time.

    Whoever tries something out appends to the lists; the cursor counts what was told.
    """

    file: Path

    def changes_since(self, cursor: str | None) -> Page:
        said = self._read()
        changes = [*said.get("dossiers", []), *said.get("progress", [])]
        start = int(cursor) if cursor and cursor.isdecimal() else 0
        page = changes[start : start + PAGE]
        return Page(page, str(start + len(page)), start + len(page) < len(changes))

    def get_dossier(self, code: str, proof: str | None = None) -> Payload | None:
        return next((one for one in self._read().get("dossiers", []) if one.get("MaHoSo") == code), None)

    def search_by_phone(self, phone_hash: str, proof: str | None = None) -> list[Payload]:
        return [one for one in self._read().get("dossiers", []) if _hash(one) == phone_hash]

    def list_procedures(self, since: str | None = None) -> list[Payload]:
        return self._read().get("procedures", [])

    def _read(self) -> dict[str, list[Payload]]:
        try:
            return json.loads(self.file.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise SourceUnavailable from error


def _hash(payload: Payload) -> str | None:
    try:
        return hash_phone(Members(payload).text("SoDienThoai", longest=40) or "")
    except Invalid:
        return None
