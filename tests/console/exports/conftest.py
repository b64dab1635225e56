"""What the tests of the export share: two full provinces, and how a file is made and taken."""

import io
import zipfile

import pytest

from motcua.core.database import db, tenant_scope
from motcua.exports import jobs
from motcua.exports.models import Export, ExportPart
from tests.factories import make_citizen, make_dossier

PAGE = "/console/export/"
TENANT = "binh-thuan"


def text(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def full(two_provinces):
    for slug, mark in ((TENANT, "Của Bình Thuận"), ("da-nang", "RIÊNG CỦA ĐÀ NẴNG")):
        with tenant_scope(slug):
            make_dossier(summary=mark)
            make_citizen(phone="84912345678")
            db.session.commit()


def made(admin) -> tuple[int, zipfile.ZipFile]:
    assert admin.post(PAGE).status_code == 303
    jobs.make(TENANT)
    with tenant_scope(TENANT):
        number = db.session.scalars(db.select(Export.id).order_by(Export.id.desc())).first()
    answer = admin.get(f"{PAGE}{number}.zip")
    assert answer.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(answer.get_data()))
    answer.close()
    return number, archive


def parts_of(number: int) -> list[bytes]:
    with tenant_scope(TENANT):
        return list(
            db.session.scalars(
                db.select(ExportPart.body_encrypted)
                .where(ExportPart.export_id == number)
                .order_by(ExportPart.first_byte)
            )
        )
