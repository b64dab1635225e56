"""`/console/export`: everything of the province, nothing of another, no secret, for a while."""

import csv
import hashlib
import io
import json
import os
import re
import tracemalloc
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.audit.models import AuditEntry
from motcua.catalogue.importing.models import CatalogueImportFile
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.exports import content, jobs, making, sheets
from motcua.exports.models import Export
from motcua.exports.titles import TITLES as SAID
from motcua.feedback import drafts
from motcua.feedback.models import FeedbackPhoto
from tests.catalogue.sheets import TITLES, checked, row, xlsx
from tests.factories import PASSWORD, make_citizen, make_dossier

from .conftest import PAGE, TENANT, made, parts_of, text


def test_the_file_holds_every_table_twice_with_sums_that_fit(full, admin):
    _, archive = made(admin)

    manifest = json.loads(archive.read("manifest.json"))
    names = {one.name for one in content.tables()}
    assert {one["file"] for one in manifest["files"]} == {
        *(f"{name}.jsonl" for name in names),
        *(f"csv/{name}.csv" for name in names),
    }
    with tenant_scope(TENANT):
        rows = {
            one.name: db.session.scalar(db.select(db.func.count()).select_from(one))
            for one in content.tables()
        }
    for one in manifest["files"]:
        held = archive.read(one["file"])
        lines = held.count(b"\n") if one["file"].endswith(".jsonl") else len(sheet(held)) - 1
        assert (hashlib.sha256(held).hexdigest(), lines) == (one["sha256"], one["rows"])
        if Path(one["file"]).stem not in ("audit_entry", "audit_head"):  # taking it away is written down, too
            assert one["rows"] == rows[Path(one["file"]).stem], one["file"]
        assert one["about"]
    sums = archive.read("SHA256SUMS").decode().splitlines()
    assert len(sums) == len(manifest["files"]) and all(
        re.fullmatch(r"[0-9a-f]{64}  \S+", one) for one in sums
    )
    told = sheet(archive.read("manifest.csv"))
    assert [one[0] for one in told[1:]] == [one["file"] for one in manifest["files"]]
    readme = archive.read("README.txt").decode("utf-8-sig")
    assert "BÌNH THUẬN" in readme and "sha256sum -c SHA256SUMS" in readme and "{" not in readme


def sheet(held: bytes) -> list[list[str]]:
    """As Excel reads it."""
    assert held.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(held.decode("utf-8-sig"), newline=""), strict=True))


def test_both_forms_of_a_table_say_the_same(full, admin):
    _, archive = made(admin)

    [exact] = [json.loads(line) for line in archive.read("citizen.jsonl").splitlines()]
    title, cells = sheet(archive.read("csv/citizen.csv"))
    assert title == list(exact)
    assert dict(zip(title, cells, strict=True))["phone"] == exact["phone"] == "84912345678"


def test_nothing_that_a_citizen_typed_runs_in_a_spreadsheet(full, admin):
    begins = ("=", "+", "-", "@", "\t", "\r", "＝", " =", "=HYPERLINK(1)", "-1+cmd|x")
    typed = [f'{one}2+5"; x,\ny' for one in begins]
    with tenant_scope(TENANT):
        dossiers = [make_dossier() for _ in typed]
        for dossier, words in zip(dossiers, typed, strict=True):
            dossier.summary = words
        db.session.commit()

    _, archive = made(admin)

    title, *rows = sheet(archive.read("csv/dossier.csv"))
    found = [cells[title.index("summary")] for cells in rows]
    exact = [json.loads(line)["summary"] for line in archive.read("dossier.jsonl").splitlines()]
    assert found == ["Của Bình Thuận", *(f"'{words}" for words in typed)]
    assert exact == ["Của Bình Thuận", *typed]


@given(st.text(max_size=40) | st.integers() | st.none() | st.booleans() | st.floats(allow_nan=False))
def test_a_cell_runs_nothing_and_without_its_apostrophe_is_what_it_was(value):
    written = sheets.cell(value)

    if isinstance(value, str):
        assert written in (value.replace("\0", ""), "'" + value.replace("\0", ""))
        is_number = re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", written)
        assert is_number or not written.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    else:
        assert not isinstance(written, str) or written in ("", "true", "false")


@pytest.mark.parametrize(
    ("value", "written"),
    [("060190012345", "'060190012345"), ("7000000000000000001", "'7000000000000000001"), ("-12.5", "-12.5"),
     ("84912345678", "84912345678"), (-3, -3), ({"a": 1}, '{"a": 1}'), ("x" * 40_000, "x" * 32_000 + sheets.CUT)],
)  # fmt: skip
def test_what_excel_would_change_stays_as_it_is(value, written):
    assert sheets.cell(value) == written


def test_a_table_longer_than_a_sheet_goes_on_in_the_next(full, admin, monkeypatch):
    monkeypatch.setattr(sheets, "ROWS_IN_A_SHEET", 2)
    with tenant_scope(TENANT):
        for at in range(4):
            make_citizen(f"72{at:017d}")
        db.session.commit()

    _, archive = made(admin)

    parts = [sheet(archive.read(f"csv/citizen{more}.csv")) for more in ("", "-2", "-3")]
    assert [len(one) - 1 for one in parts] == [2, 2, 1]
    assert parts[0][0] == parts[1][0] == parts[2][0]
    noted = {one["file"]: one["rows"] for one in json.loads(archive.read("manifest.json"))["files"]}
    assert (noted["citizen.jsonl"], noted["csv/citizen-3.csv"]) == (5, 1)


def test_the_pictures_and_files_are_there_as_they_were(full, admin):
    with tenant_scope(TENANT):
        report = with_photo(PICTURE)
        checked(xlsx([TITLES, row("9.123456")]), name="../../danh mục.XLSX")
        workbook = db.session.scalar(db.select(CatalogueImportFile.content))
        number = db.session.scalar(db.select(CatalogueImportFile.import_id))
        db.session.commit()
    with tenant_scope("da-nang"):
        with_photo(b"another picture")

    _, archive = made(admin)

    bodies = [name for name in archive.namelist() if name.startswith(("photos/", "files/"))]
    assert bodies == [f"photos/phan-anh-{report}-1.jpg", f"files/nhap-danh-muc-{number}.xlsx"]
    assert archive.read(bodies[0]) == PICTURE and archive.read(bodies[1]) == workbook
    noted = {one["file"]: one for one in json.loads(archive.read("manifest.json"))["files"]}
    assert noted[bodies[0]]["sha256"] == hashlib.sha256(PICTURE).hexdigest()
    assert noted[bodies[0]]["about"] == f"Ảnh 1 của phản ánh hiện trường số {report}"
    assert f"{noted[bodies[0]]['sha256']}  {bodies[0]}\n" in archive.read("SHA256SUMS").decode()


PICTURE = bytes(range(256)) * 40


def with_photo(body: bytes) -> int:
    draft = drafts.begin("road", "web", None)
    drafts.write(draft, "Ổ gà rất sâu trước chợ, xe máy ngã liên tục")
    report = drafts.send(draft)
    photo = FeedbackPhoto(feedback_id=report.id, position=1, width=1, height=1, digest="x")
    photo.seal(body)
    db.session.add(photo)
    db.session.commit()
    return report.id


def test_memory_does_not_grow_with_the_pictures(full, admin):
    with tenant_scope(TENANT):
        for _ in range(12):
            with_photo(os.urandom(4_000_000))
    tracemalloc.start()
    try:
        jobs_of_one = admin.post(PAGE).status_code
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        jobs.make(TENANT)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert jobs_of_one == 303
    assert most - before < 30_000_000  # of 48 MB of pictures; one at a time, encrypted and open, is 12


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


def test_every_table_has_a_name_in_the_manifest():
    assert {one.name for one in content.tables()} == SAID.keys()


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
        making.get(number).expires_at = now()
        db.session.commit()
        assert parts_of(number)
    assert admin.get(f"{PAGE}{number}.zip").status_code == 404

    with tenant_scope(TENANT):
        making.tidy()

    assert parts_of(number) == []
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
