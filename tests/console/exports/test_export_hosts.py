"""A file that one host made is handed out and deleted by any, and stays on no disk."""

import hashlib
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.exports import jobs, making, parts, sheets
from motcua.exports.models import Export
from tests.console.conftest import HOST

from .conftest import PAGE, TENANT, made, parts_of


@pytest.fixture
def worker_elsewhere(app, monkeypatch, tmp_path):
    """Whatever runs inside runs on a host with a disk of its own."""

    @contextmanager
    def elsewhere():
        with monkeypatch.context() as there:
            there.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], var=tmp_path))
            yield tmp_path / "exports" / TENANT

    return elsewhere


def test_a_file_made_on_one_host_is_taken_from_another_and_stays_on_neither(full, admin, worker_elsewhere):
    admin.post(PAGE)
    with worker_elsewhere() as folder:
        jobs.make(TENANT)
    with tenant_scope(TENANT):
        export = db.session.scalars(db.select(Export)).one()
        number, size, digest = export.id, export.size, export.digest

    answer = admin.get(f"{PAGE}{number}.zip")

    held = answer.get_data()
    assert (answer.content_length, len(held), hashlib.sha256(held).hexdigest()) == (size, size, digest)
    assert answer.headers["Content-Disposition"] == f"attachment; filename=xuat-du-lieu-{number}.zip"
    assert list(folder.iterdir()) == []


def test_work_that_broke_off_leaves_no_half_file(full, admin, worker_elsewhere, monkeypatch):
    def full_disk(self, *given):
        raise OSError(28, "No space left on device")

    admin.post(PAGE)
    monkeypatch.setattr(sheets.Sheets, "finished", full_disk)
    with worker_elsewhere() as folder:
        jobs.make(TENANT)

    with tenant_scope(TENANT):
        assert db.session.scalars(db.select(Export)).one().state == "failed"
    assert list(folder.iterdir()) == []


def test_a_download_that_broke_off_goes_on_where_it_was(full, admin, monkeypatch):
    monkeypatch.setattr(parts, "PART_BYTES", 1000)
    number, _ = made(admin)
    whole = admin.get(f"{PAGE}{number}.zip").get_data()

    def ask(span: str):
        return admin.client.get(f"{PAGE}{number}.zip", headers=HOST | {"Range": f"bytes={span}"})

    rest, beyond = ask("1998-4001"), ask(f"{len(whole)}-")

    assert (rest.status_code, rest.get_data()) == (206, whole[1998:4002])
    assert rest.headers["Content-Range"] == f"bytes 1998-4001/{len(whole)}"
    assert beyond.status_code == 416
    assert len(parts_of(number)) == -(-len(whole) // 1000)


def test_what_lies_in_the_database_cannot_be_read_without_the_key(full, admin):
    number, _ = made(admin)

    assert not any(part[:2] == b"PK" or b"citizen.jsonl" in part for part in parts_of(number))


def test_what_a_worker_left_on_its_disk_goes_when_it_next_tidies(full, admin, worker_elsewhere):
    admin.post(PAGE)
    with tenant_scope(TENANT):
        export = db.session.scalars(db.select(Export)).one()
        export.state, export.lease_until, number = "making", now() + timedelta(minutes=1), export.id
        db.session.commit()
    with worker_elsewhere() as folder:
        for name in (f"{number}-being-made", f"{number + 1}-left-behind"):
            (folder / name).mkdir(parents=True)
            (folder / name / "draft.zip").write_bytes(b"x")
        for name in (f"{number + 2}.zip", f"{number + 3}.part"):  # as the version before kept them
            (folder / name).write_bytes(b"x")

        with tenant_scope(TENANT):
            making.tidy()

        assert [one.name for one in folder.iterdir()] == [f"{number}-being-made"]


def test_of_two_who_made_the_same_file_one_keeps_it(full, admin, monkeypatch):
    """The first was away for longer than its lease, and comes back when the second is through."""
    admin.post(PAGE)
    fill, began = making._fill, []

    def slow(*given):
        began.append(True)
        if len(began) == 1:
            with tenant_scope(TENANT):
                db.session.execute(db.update(Export).values(lease_until=now() - timedelta(seconds=1)))
                db.session.commit()
            making.make_waiting(TENANT)
        fill(*given)

    monkeypatch.setattr(making, "_fill", slow)
    jobs.make(TENANT)

    with tenant_scope(TENANT):
        export = db.session.scalars(db.select(Export)).one()
        assert (len(began), export.state) == (2, "ready")
        assert hashlib.sha256(parts.Stored(export).readall()).hexdigest() == export.digest
