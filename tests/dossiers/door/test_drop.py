"""Files that a province's system leaves in a folder at night."""

import csv
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from motcua.core import queue
from motcua.core.alone import alone
from motcua.core.database import db, tenant_scope
from motcua.core.text import legacy
from motcua.dossiers import intake
from motcua.dossiers.door import batch, chunk, drop, jobs
from motcua.services.sources import taking
from motcua.sweeper import sweep_all
from tests.dossiers.door.test_batch import counts

pytestmark = pytest.mark.usefixtures("two_provinces")

CODE = "000.00.01.H11-241126-{:04d}"
ENGLISH = (
    "code,procedure_code,status,status_at,received_at,due_at,"
    "agency_name,department,officer,owner_name,owner_phone"
)


def english(number: int, owner: str = "Nguyễn Thị Lan") -> str:
    return (
        f"{CODE.format(number)},1.000894,2,20241126080000,2024-11-26 08:00:00,28/11/2024 10:00,"
        f"UBND phường Phan Thiết,Một cửa,Phạm Thu Hà,{owner},0912345678"
    )


@pytest.fixture
def folder(tmp_path, app, monkeypatch):
    (tmp_path / "binh-thuan" / "in").mkdir(parents=True)
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], drop_folder=tmp_path))
    return tmp_path


@pytest.fixture
def leave(folder):
    """Leave a file, written a minute ago."""

    def run(*lines: str | bytes, name: str = "ho-so.csv", encoding: str = "utf-8", age_s: float = 60):
        file = folder / "binh-thuan" / "in" / name
        file.write_bytes(
            b"".join(one if isinstance(one, bytes) else (one + "\r\n").encode(encoding) for one in lines)
        )
        os.utime(file, (time.time() - age_s,) * 2)
        return file

    return run


def take(folder) -> list[drop.Taken]:
    with tenant_scope("binh-thuan"):
        return drop.take_all(folder)


def report(folder, where: str) -> list[dict]:
    (file,) = (folder / "binh-thuan" / where).glob("*.report.csv")
    with file.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def shown(api, number: int) -> dict:
    return api["binh-thuan"].get(f"/api/v1/dossiers/{CODE.format(number)}").json


def test_each_line_has_its_result_in_a_report_beside_the_file(folder, leave, api):
    leave(ENGLISH, english(1), "khong-phai-ma" + english(2)[24:], english(3))

    (taken,) = take(folder)

    assert (taken.new, taken.known, taken.refused, taken.failed) == (2, 0, 1, False)
    assert [(row["line"], row["status"]) for row in report(folder, "done")] == [
        ("2", "201"),
        ("3", "422"),
        ("4", "201"),
    ]
    assert "Xin" in report(folder, "done")[1]["error"]
    assert list((folder / "binh-thuan" / "in").iterdir()) == []
    dossier = shown(api, 1)
    assert (dossier["officer"], dossier["due_at"]) == ("Phạm Thu Hà", "2024-11-28T03:00:00+00:00")


def test_columns_may_have_the_names_of_the_sync_payload(folder, leave, api):
    leave(
        "MaHoSo;MaTTHC;ChuHoSo;SoDienThoai;NgayTiepNhan;NgayHenTra;TrangThaiHoSo;DonViXuLy;TaiLieuNop;KenhThucHien",
        f'{CODE.format(1)};1.000894.H11;Lan;0912345678;20241126080000;20241128100000;4;UBND xã;'
        '"[{""TenGiayTo"": ""Tờ khai""}]";',
    )  # fmt: skip
    leave(
        "MaHoSo,NguoiXuLy,ChucDanh,PhongBanXuLy,ThoiDiemXuLy,NoiDungXuLy,TrangThai",
        f"{CODE.format(1)},Minh,Chuyên viên,Phòng Tư pháp,20241126100000,Thẩm tra,4",
        name="tien-do.csv",
    )

    taken = take(folder)

    assert [(one.name, one.new) for one in taken] == [("ho-so.csv", 1), ("tien-do.csv", 1)]
    assert (shown(api, 1)["status"], shown(api, 1)["officer"]) == (4, "Minh")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", legacy.TCVN3, legacy.VNI])
def test_any_usual_encoding_is_read(folder, leave, api, encoding):
    text = "\r\n".join([ENGLISH, english(1), english(2, "Trần Văn Đức")]) + "\r\n"
    if encoding in legacy.ENCODINGS:
        leave(legacy.to_legacy(text, encoding).encode("latin-1", errors="replace"))
    else:
        leave(text.encode(encoding))

    take(folder)

    assert shown(api, 1)["agency_name"] == "UBND phường Phan Thiết"
    assert shown(api, 2)["officer"] == "Phạm Thu Hà"


def test_a_file_that_is_still_being_written_is_left_alone(folder, leave):
    file = leave(ENGLISH, english(1), age_s=2)

    assert take(folder) == []
    assert file.exists()


def test_the_same_file_left_again_changes_nothing(folder, leave):
    leave(ENGLISH, english(1), english(2))
    take(folder)
    before = counts()
    leave(ENGLISH, english(1), english(2))

    (taken,) = take(folder)

    assert (taken.new, taken.known) == (0, 2)
    assert counts() == before


def test_a_run_that_was_cut_off_goes_on_where_it_was(folder, leave, monkeypatch):
    monkeypatch.setattr(batch, "LINES_AT_ONCE", 2)
    leave(ENGLISH, *(english(number) for number in range(1, 8)))
    taken_in, real = [], chunk.take

    def take_two_chunks(changes, **options):
        if len(taken_in) == 2:
            raise KeyboardInterrupt
        taken_in.append(changes)
        return real(changes, **options)

    monkeypatch.setattr(chunk, "take", take_two_chunks)
    with pytest.raises(KeyboardInterrupt):
        take(folder)
    monkeypatch.setattr(chunk, "take", real)

    (taken,) = take(folder)

    assert (taken.new, taken.known) == (7, 0)
    assert counts()[:2] == (7, 7)
    assert len(report(folder, "done")) == 7


@pytest.mark.parametrize(
    "content",
    [b"", b"a,b\r\n1,2\r\n", b"\x00\x01\x02", b'code,procedure_code\r\n"', b"code\r\n"],
    ids=range(5),
)
def test_a_file_of_no_use_is_set_aside_and_says_why(folder, leave, content):
    leave(content)

    (taken,) = take(folder)

    assert taken.failed
    assert len(list((folder / "binh-thuan" / "failed").iterdir())) == 2
    assert counts()[0] == 0


def test_a_formula_does_not_reach_the_report(folder, leave):
    leave(ENGLISH, "=cmd|' /C calc'!A0" + english(1)[24:])

    take(folder)

    assert report(folder, "failed")[0]["code"].startswith("'=")


def test_only_files_of_the_province_itself_are_taken(folder, leave, tmp_path_factory):
    other = tmp_path_factory.mktemp("other") / "x.csv"
    other.write_text(f"{ENGLISH}\n{english(1)}\n")
    os.utime(other, (time.time() - 60,) * 2)
    (folder / "binh-thuan" / "in" / "link.csv").symlink_to(other)
    (folder / "da-nang" / "in").mkdir(parents=True)

    with tenant_scope("da-nang"):
        assert drop.take_all(folder) == []
    assert take(folder) == []
    assert other.exists()


def test_two_at_once_take_a_file_once(folder, leave):
    leave(ENGLISH, english(1))
    place = folder / "binh-thuan"

    with alone(place) as first:
        assert first
        assert take(folder) == []
    assert len(take(folder)) == 1


@pytest.mark.parametrize(
    "take_dropped", [jobs.take_dropped, taking.take_dropped], ids=["dossiers", "services"]
)
@pytest.mark.parametrize("place", [None, "/no/such/folder"], ids=["not set", "not mounted"])
def test_a_worker_without_the_folder_that_another_host_found_files_in_says_so(
    app, monkeypatch, take_dropped, place
):
    here = replace(app.config["SETTINGS"], drop_folder=place and Path(place))
    monkeypatch.setitem(app.config, "SETTINGS", here)

    with capture_logs() as logs:
        assert take_dropped("binh-thuan") == 0

    (said,) = [one for one in logs if one["event"] == "drop_folder_not_on_this_host"]
    assert (said["log_level"], said["tenant"]) == ("error", "binh-thuan")
    assert "MOTCUA_DROP_FOLDER" in said["remedy"]


def test_the_sweep_finds_a_file_and_the_worker_takes_it(folder, leave, app):
    leave(ENGLISH, english(1))

    sweep_all()

    assert jobs.TAKE in [job.func_name for job in queue.lane_queue("normal").jobs]
    assert jobs.take_dropped("binh-thuan") == 1
    with tenant_scope("binh-thuan"):
        assert intake.find(CODE.format(1)).status == 2
        db.session.rollback()
