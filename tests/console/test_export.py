"""`/console/export`: everything of the province, nothing of another, no secret, for a while."""

import hashlib
import io
import json
import re
import zipfile
from datetime import timedelta

import pytest

from motcua.audit.models import AuditEntry
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.exports import content, jobs, making
from motcua.exports.models import Export
from tests.factories import PASSWORD, make_citizen, make_dossier

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


def test_the_file_holds_every_table_with_sums_that_fit(full, admin):
    _, archive = made(admin)

    manifest = json.loads(archive.read("manifest.json"))
    assert {one["file"] for one in manifest["files"]} == {f"{one.name}.jsonl" for one in content.tables()}
    for one in manifest["files"]:
        held = archive.read(one["file"])
        assert (hashlib.sha256(held).hexdigest(), held.count(b"\n")) == (one["sha256"], one["rows"])
    sums = archive.read("SHA256SUMS").decode().splitlines()
    assert len(sums) == len(manifest["files"]) and all(
        re.fullmatch(r"[0-9a-f]{64}  \S+", one) for one in sums
    )


def test_words_are_readable_and_secrets_and_other_provinces_are_not_there(full, admin):
    _, archive = made(admin)

    whole = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert "Của Bình Thuận" in whole and "Nguyễn Thị Lan" in whole and '"phone": "84912345678"' in whole
    assert "RIÊNG CỦA ĐÀ NẴNG" not in whole and "da-nang" not in whole
    assert "argon2" not in whole and "secret_digest" not in whole and "access_token" not in whole
    assert PASSWORD not in whole


def test_no_encrypted_column_is_told_as_it_is_stored():
    for table in content.tables():
        for name in content.columns_of(table):
            assert not name.endswith("_encrypted") or (table.name, name) in content.OPENED


def test_every_opened_column_exists():
    known = {(table.name, column.name) for table in content.tables() for column in table.columns}

    assert content.OPENED.keys() | content.KEPT <= known


def test_the_page_tells_how_far_it_is_and_lets_one_run_at_a_time(full, admin):
    page = text(admin.follow(PAGE))
    assert "đang chờ" in page and "<progress" in page and 'http-equiv="refresh"' in page

    assert "Đang lập một bản xuất khác" in text(admin.follow(PAGE))

    jobs.make(TENANT)
    page = text(admin.get(PAGE))
    assert "Tải xuống" in page and 'http-equiv="refresh"' not in page


def test_a_worker_that_died_is_followed_by_another(full, admin):
    admin.post(PAGE)
    with tenant_scope(TENANT):
        export = db.session.scalars(db.select(Export)).one()
        export.state, export.lease_until = "making", now() - timedelta(seconds=1)
        db.session.commit()

    jobs.make(TENANT)

    with tenant_scope(TENANT):
        assert db.session.scalars(db.select(Export.state)).all() == ["ready"]


def test_after_its_time_the_file_is_gone(full, admin):
    number, _ = made(admin)
    with tenant_scope(TENANT):
        export = making.get(number)
        path = making.place_of(export)
        export.expires_at = now()
        db.session.commit()
        assert path.is_file()
    assert admin.get(f"{PAGE}{number}.zip").status_code == 404

    with tenant_scope(TENANT):
        making.tidy()

    assert not path.is_file()
    assert "đã hết hạn tải" in text(admin.get(PAGE))


def test_making_and_taking_are_in_the_log(full, admin):
    made(admin)

    with tenant_scope(TENANT):
        found = db.session.scalars(db.select(AuditEntry.action).order_by(AuditEntry.number)).all()
    assert found == ["export.make", "export.download"]


def test_anothers_export_is_not_found(full, admin):
    with tenant_scope("da-nang"):
        theirs = making.ask("Ai đó").id
        db.session.commit()
    jobs.make("da-nang")

    assert admin.get(f"{PAGE}{theirs}.zip").status_code == 404
    assert admin.get(f"{PAGE}424242.zip").status_code == 404


def test_an_officer_takes_nothing_away(full, officer):
    assert officer.get(PAGE).status_code == 403
    assert officer.post(PAGE).status_code == 403
