"""Pictures and files that lie in the database, one at a time, under names that say whose they are."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from motcua.catalogue.importing.models import CatalogueImport, CatalogueImportFile
from motcua.core.database import db
from motcua.core.errors import MotcuaError
from motcua.feedback.models import FeedbackPhoto
from motcua.services.models import ServiceDataFile, ServiceDataVersion

AT_ONCE = 1_000
ENDING = re.compile(r"\.([a-z0-9]{1,5})$")


@dataclass(frozen=True)
class Body:
    """One file: its name in the archive, what it is, and how to read it (None: it is gone, or its key was thrown away).

    `packing`: of zipfile; pictures and workbooks are packed already.
    """

    name: str
    about: str
    number: int
    table: type
    packing: int = zipfile.ZIP_STORED

    def read(self) -> bytes | None:
        row = db.session.execute(db.select(self.table).where(self.table.id == self.number)).scalar()
        try:
            return row and bytes(row.body if self.table is FeedbackPhoto else row.content)
        except MotcuaError:
            return None
        finally:
            db.session.rollback()  # no snapshot is held while the disk is written


def photos() -> Iterator[Body]:
    """Of citizens' reports from the street. Nothing else that a citizen photographs is kept."""
    names = FeedbackPhoto.id, FeedbackPhoto.feedback_id, FeedbackPhoto.position
    for number, feedback_id, position in _walk(db.select(*names), FeedbackPhoto):
        about = f"Ảnh {position} của phản ánh hiện trường số {feedback_id}"
        yield Body(f"photos/phan-anh-{feedback_id}-{position}.jpg", about, number, FeedbackPhoto)


def imports() -> Iterator[Body]:
    query = db.select(CatalogueImportFile.id, CatalogueImport.id, CatalogueImport.file_name).join(
        CatalogueImport,
        (CatalogueImport.tenant_id == CatalogueImportFile.tenant_id)
        & (CatalogueImport.id == CatalogueImportFile.import_id),
    )
    for number, import_id, name in _walk(query, CatalogueImportFile):
        about = f"Tệp nhập danh mục lần {import_id}: {name}"
        yield Body(f"files/nhap-danh-muc-{import_id}{_ending(name)}", about, number, CatalogueImportFile)


def service_data() -> Iterator[Body]:
    query = db.select(ServiceDataFile.id, ServiceDataVersion.id, ServiceDataVersion.file_name).join(
        ServiceDataVersion,
        (ServiceDataVersion.tenant_id == ServiceDataFile.tenant_id)
        & (ServiceDataVersion.id == ServiceDataFile.version_id),
    )
    for number, version_id, name in _walk(query, ServiceDataFile):
        about = f"Tệp dữ liệu tra cứu, phiên bản {version_id}: {name}"
        named = f"files/du-lieu-tra-cuu-{version_id}{_ending(name)}"
        yield Body(named, about, number, ServiceDataFile, zipfile.ZIP_DEFLATED)


KINDS = (photos, imports, service_data)


def _walk(query, table: type) -> Iterator[tuple]:
    """Rows whose first column is `table.id`, in its order, AT_ONCE in memory."""
    last = 0
    while True:
        rows = db.session.execute(query.where(table.id > last).order_by(table.id).limit(AT_ONCE)).all()
        db.session.rollback()
        for row in rows:
            last = row[0]
            yield tuple(row)
        if len(rows) < AT_ONCE:
            return


def _ending(name: str | None) -> str:
    """Of a name that somebody else chose, only what says how to open it."""
    found = ENDING.search((name or "").lower())
    return found[0] if found else ""
