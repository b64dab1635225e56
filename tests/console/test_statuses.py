"""`/console/statuses`: the map of local status codes."""

import pytest

from motcua.core import queue
from motcua.core.database import db, tenant_scope
from motcua.dossiers import intake, rereading, status_map
from motcua.dossiers.schemas import EventIn
from tests.factories import make_dossier

PAGE = "/console/statuses/"


@pytest.fixture
def unknown(two_provinces) -> str:
    """A code that nobody mapped; returns the dossier's code."""
    with tenant_scope("binh-thuan"):
        dossier = make_dossier()
        body = {"local_code": "Bước 17b <i>", "occurred_at": "2024-11-26T09:00:00+07:00"}
        intake.add_event(dossier.code, EventIn().load(body))
        db.session.commit()
        return dossier.code


def text(answer) -> str:
    return answer.get_data(as_text=True)


def test_the_map_and_the_unknown_codes_are_shown(unknown, admin):
    page = text(admin.get(PAGE))

    assert "Chờ ký duyệt" in page and "Chờ lãnh đạo ký duyệt" in page
    assert "Bước 17b &lt;i&gt;" in page and "<i>" not in page


def test_the_consoles_first_page_asks_for_the_mapping(unknown, admin):
    assert "1 mã trạng thái chưa ghép" in text(admin.get("/console/"))


def test_one_click_maps_a_code_and_has_its_events_read_again(unknown, admin):
    page = text(admin.follow(PAGE, data={"local_code": "Bước 17b <i>", "national": "9"}))

    assert "Đã ghép" in page and "Mã đã nhận mà chưa ghép" not in page
    assert [job.func_name for job in queue.lane_queue("normal").jobs] == [rereading.REREAD]
    with tenant_scope("binh-thuan"):
        newest = status_map.versions()[0]
        assert (newest.version, newest.made_by) == (2, "Phạm Thu Hà")
        assert status_map.read("bước 17b i").status == 9
    with tenant_scope("da-nang"):
        assert not status_map.read("Bước 17b <i>").is_known


def test_an_entry_is_opened_to_be_changed(admin):
    page = text(admin.get(PAGE + "?code=Chờ ký duyệt"))

    assert 'value="Chờ lãnh đạo ký duyệt"' in page and '<option value="4" selected>' in page


@pytest.mark.parametrize(
    "given", [{"national": "11"}, {"national": "²"}, {"local_code": " "}, {"note": "a" * 201}]
)
def test_a_wrong_entry_is_explained_and_nothing_changes(admin, given):
    answer = admin.post(PAGE, data={"local_code": "Mới", "national": "4"} | given)

    assert answer.status_code == 422 and "Xin" in text(answer)
    with tenant_scope("binh-thuan"):
        assert len(status_map.versions()) == 1


def test_an_officer_may_not(officer):
    assert officer.get(PAGE).status_code == 403
    assert officer.post(PAGE, data={"local_code": "x", "national": "4"}).status_code == 403


def test_a_dossiers_page_shows_what_staff_should_look_at(unknown, officer):
    with tenant_scope("binh-thuan"):
        body = {
            "status": 5,
            "occurred_at": "2024-11-26T10:00:00+07:00",
            "supplement": {"items": [{"name": "Giấy khai sinh", "copies": 2}], "reason": "Bản cũ bị mờ"},
        }
        intake.add_event(unknown, EventIn().load(body))
        db.session.commit()

    page = text(officer.get(f"/console/dossiers/{unknown}"))

    assert "Mã trạng thái chưa ghép" in page
    assert (
        "Yêu cầu bổ sung lần 1" in page
        and "Giấy khai sinh</span>, 2 bản sao" in page
        and "Bản cũ bị mờ" in page
    )
