"""Local status codes: read by the newest map, unknown ones flagged and read again once they are mapped."""

import pytest

from motcua.core.database import db, tenant_scope
from motcua.dossiers import flags, intake, jobs, status_map, workflow
from motcua.dossiers.models import Dossier
from motcua.dossiers.schemas import EventIn
from motcua.dossiers.statuses_file import read_statuses
from motcua.messaging.models import Message
from motcua.tenancy.problems import FolderInvalid
from tests.factories import TENANTS, make_citizen, make_dossier

pytestmark = pytest.mark.usefixtures("province")
NATIONAL = TENANTS / "_national" / "statuses.csv"


def happens(dossier, **given) -> intake.Told:
    body = {"occurred_at": "2024-11-26T09:00:00+07:00"} | given
    told = intake.add_event(dossier.code, EventIn().load(body))
    db.session.commit()
    return told


@pytest.mark.parametrize(
    ("code", "national"),
    [
        ("chờ ký duyệt", 4), ("CHO_KY_DUYET", 4), ("Chờ  liên thông", 4), ("Đã bổ sung - chờ tiếp nhận", 1),
        ("đã rút", 8), ("Chờ nộp phí", 6), ("Đã trả kết quả", 10),
    ],
)  # fmt: skip
def test_names_of_the_trades_software_are_known(code, national):
    meaning = status_map.read(code)

    assert (meaning.status, meaning.is_known) == (national, True)


def test_a_local_code_moves_the_dossier_and_citizens_read_the_provinces_words():
    dossier = make_dossier()

    happens(dossier, local_code="Chờ ký duyệt")

    event = workflow.line(dossier)[-1]
    assert (dossier.status, dossier.status_text["vi"]) == (4, "Chờ lãnh đạo ký duyệt")
    assert (event.local_code, event.status_map_version) == ("Chờ ký duyệt", 1)


def test_an_unknown_code_counts_as_in_progress_and_is_flagged_for_staff():
    dossier = make_dossier()

    told = happens(dossier, local_code="Bước 17b")

    assert (dossier.status, told.is_unexpected) == (4, False)
    assert [(one.kind, one.detail) for one in flags.open_flags(dossier)] == [
        ("unknown_local_code", "Bước 17b")
    ]
    assert [(one.local_code, one.times) for one in status_map.unknown_codes()] == [("Bước 17b", 1)]


def test_a_status_beside_a_code_wins():
    dossier = make_dossier()

    happens(dossier, status=9, local_code="Bước 17b")

    assert dossier.status == 9
    assert flags.open_flags(dossier) == []


def test_the_same_local_code_twice_is_one_event_also_after_the_map_has_changed():
    dossier = make_dossier()
    happens(dossier, local_code="Chờ ký duyệt")
    status_map.change("chờ ký duyệt", 9, "Phạm Thu Hà")

    again = happens(dossier, local_code="Chờ ký duyệt")

    assert (again.known, dossier.status) == (True, 4)


def test_each_change_is_a_version_and_older_ones_stay():
    before = status_map.versions()[0].version

    status_map.change("Bước 17b", 9, "Phạm Thu Hà", citizen_text="Có kết quả")

    assert status_map.versions()[0].version == before + 1
    assert status_map.read("bước 17B").status == 9
    assert status_map.read("Chờ ký duyệt").version == before + 1


@pytest.mark.parametrize(
    ("code", "national", "text"),
    [
        ("", 4, None),
        ("x" * 81, 4, None),
        ("a\x00b", 4, None),
        ("a", 11, None),
        ("a", 0, None),
        ("a", 4, "b" * 201),
    ],
)
def test_a_wrong_entry_is_refused_with_a_remedy(code, national, text):
    with pytest.raises(status_map.EntryInvalid, match="Xin"):
        status_map.change(code, national, "Phạm Thu Hà", citizen_text=text)


def test_what_the_console_mapped_outlives_the_folder(province):
    status_map.change("Chờ ký duyệt", 9, "Phạm Thu Hà")

    status_map.keep_folder(
        [status_map.Entry("Chờ ký duyệt", 4), status_map.Entry("Bước 3", 4, source="folder")]
    )

    assert (status_map.read("Chờ ký duyệt").status, status_map.read("Bước 3").is_known) == (9, True)


def test_what_the_console_changed_over_the_folder_is_listed():
    status_map.change("Chờ ký duyệt", 9, "Phạm Thu Hà")
    status_map.change("Bước 17b", 4, "Phạm Thu Hà")

    found = [(entry.local_code, entry.national, below) for entry, below in status_map.differences()]

    assert found == [("Bước 17b", 4, None), ("Chờ ký duyệt", 9, 4)]


def test_the_same_folder_again_is_no_new_version():
    before = status_map.versions()[0].version

    changed = status_map.keep_folder(read_statuses(NATIONAL, NATIONAL.parent / "none.csv"))

    assert (changed, status_map.versions()[0].version) == (False, before)


def test_a_mapped_code_is_read_again_and_the_citizen_hears_what_it_meant(province):
    citizen = make_citizen(phone="84912345678")
    dossier = make_dossier()
    happens(dossier, local_code="Bước 17b")
    status_map.change("Bước 17b", 9, "Phạm Thu Hà")
    db.session.commit()

    assert jobs.reread(province) == 1

    with tenant_scope(province):
        moved = db.session.get(Dossier, (province, dossier.id))
        assert (moved.status, flags.open_flags(moved)) == (9, [])
        events = db.session.scalars(
            db.select(Message.event).where(Message.citizen_id == citizen.id).order_by(Message.id)
        ).all()
        assert events == ["dossier_accepted", "dossier_moved", "dossier_ready_early"]
    assert jobs.reread(province) == 0


def test_a_code_mapped_since_is_read_when_its_event_is_sent_again():
    dossier = make_dossier()
    happens(dossier, local_code="Bước 17b")
    status_map.change("Bước 17b", 9, "Phạm Thu Hà")

    again = happens(dossier, local_code="Bước 17b")

    assert (again.known, dossier.status) == (False, 9)


def test_a_folder_file_names_every_fault_with_its_line(tmp_path):
    own = tmp_path / "statuses.csv"
    own.write_text("local_code,national\nBước 1,4\nBUOC 1,5\nBước 2,11\n,4\n", "utf-8")

    with pytest.raises(FolderInvalid) as caught:
        read_statuses(NATIONAL, own)

    assert [problem.line for problem in caught.value.problems] == [3, 4, 5]
    assert all("Xin" in problem.remedy for problem in caught.value.problems)


def test_the_provinces_line_wins_over_the_national_one(tmp_path):
    own = tmp_path / "statuses.csv"
    own.write_text("local_code,national,citizen_text\nChờ ký duyệt,9,Sắp có\n", "utf-8")

    found = {one.key: one for one in read_statuses(NATIONAL, own)}["cho ky duyet"]

    assert (found.national, found.citizen_text, found.source) == (9, "Sắp có", "folder")
