"""The ZIP while it is written: one file after the other, and a manifest that grows on disk, not in memory."""

import csv
import hashlib
import io
import json
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from . import readme, sheets


class Archive:
    """Use as a context; `finish` writes what tells of the rest and must come last."""

    def __init__(self, place: Path):
        self._zip = zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self._entries = tempfile.TemporaryFile("w+", dir=place.parent, encoding="utf-8")  # noqa: SIM115

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *error) -> None:
        self._entries.close()
        self._zip.close()

    def put(
        self, name: str, pieces: Iterable[bytes], about: str, packing: int = zipfile.ZIP_DEFLATED, **more
    ) -> None:
        """Write one file and note it in the manifest. `more` may be called for once the pieces are written."""
        digest = self._write(name, pieces, packing)
        told = {key: value() if callable(value) else value for key, value in more.items()}
        entry = {"file": name, "about": about} | told | {"sha256": digest}
        self._entries.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def finish(self, province: str, name: str, made_at: str) -> None:
        begun = json.dumps({"province": province, "name": name, "made_at": made_at}, ensure_ascii=False)
        self._write("README.txt", [readme.text(name, made_at)])
        self._write("manifest.json", self._manifest(begun))
        self._write("manifest.csv", self._sheet())
        self._write("SHA256SUMS", (f"{one['sha256']}  {one['file']}\n".encode() for one in self._noted()))

    def _write(self, name: str, pieces: Iterable[bytes], packing: int = zipfile.ZIP_DEFLATED) -> str:
        info = zipfile.ZipInfo(name, time.localtime()[:6])
        info.compress_type, info.external_attr = packing, 0o600 << 16
        digest = hashlib.sha256()
        with self._zip.open(info, "w", force_zip64=True) as file, io.BufferedWriter(file) as buffered:
            for piece in pieces:
                digest.update(piece)
                buffered.write(piece)
        return digest.hexdigest()

    def _noted(self) -> Iterator[dict]:
        self._entries.seek(0)
        for line in self._entries:
            yield json.loads(line)

    def _manifest(self, begun: str) -> Iterator[bytes]:
        yield f'{begun[:-1]}, "files": ['.encode()
        for number, one in enumerate(self._noted()):
            yield f"{',' if number else ''}\n {json.dumps(one, ensure_ascii=False)}".encode()
        yield b"\n]}\n"

    def _sheet(self) -> Iterator[bytes]:
        yield _line(["Tệp", "Là gì", "Số dòng", "SHA-256"], "utf-8-sig")
        for one in self._noted():
            yield _line([one["file"], sheets.cell(one["about"]), one.get("rows", ""), one["sha256"]])


def _line(cells: list, encoding: str = "utf-8") -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue().encode(encoding)
