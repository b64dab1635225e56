"""A finished file in the database, in parts: whichever host made it, any host hands it out."""

import io
from pathlib import Path

from flask import Flask, current_app

from motcua.core import crypto, scope
from motcua.core.database import db, tenant_scope

from .models import Export, ExportPart

PART_BYTES = 1 << 20
PURPOSE = "export"


def write(export_id: int, path: Path) -> None:
    """Store the file for the tenant in scope, one part in memory at a time. Does not commit."""
    ring, tenant_id = crypto.keyring(), scope.required()
    with path.open("rb") as file:
        while piece := file.read(PART_BYTES):
            values = {
                "tenant_id": tenant_id,
                "export_id": export_id,
                "first_byte": file.tell() - len(piece),
                "body_encrypted": ring.encrypt_bytes(tenant_id, PURPOSE, piece),
            }
            db.session.execute(ExportPart.__table__.insert(), values)


class Stored(io.RawIOBase):
    """The file, to be read from any byte on while nobody's request is in scope.

    Between two parts no connection is held: a browser may take its time. Raises OSError where the file has
    expired meanwhile.
    """

    def __init__(self, export: Export):
        self._app: Flask = current_app._get_current_object()
        self._tenant_id, self._export_id, self._size = export.tenant_id, export.id, export.size
        self._at = self._begins = 0
        self._part = b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def readinto(self, buffer) -> int:
        if self._at >= self._size:
            return 0
        if not self._begins <= self._at < self._begins + len(self._part):
            self._load()
        found = self._part[self._at - self._begins :][: len(buffer)]
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)

    def _load(self) -> None:
        with self._app.app_context(), tenant_scope(self._tenant_id):
            row = db.session.execute(
                db.select(ExportPart.first_byte, ExportPart.body_encrypted)
                .where(ExportPart.export_id == self._export_id, ExportPart.first_byte <= self._at)
                .order_by(ExportPart.first_byte.desc())
                .limit(1)
            ).first()
        if row is None:
            raise OSError(f"export {self._export_id} has expired")
        self._begins = row.first_byte
        self._part = crypto.keyring().decrypt_bytes(self._tenant_id, PURPOSE, row.body_encrypted)
