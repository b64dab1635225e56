"""`/console/data-requests` as the officer in charge uses it."""

import pytest

from motcua.core.database import db, tenant_scope
from motcua.data_requests import handling
from motcua.data_requests.models import DataRequest
from tests.factories import make_citizen

PAGE = "/console/data-requests/"
TENANT = "binh-thuan"


def text(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def filed(two_provinces) -> int:
    with tenant_scope(TENANT):
        lan = make_citizen(phone="84912345678")
        number = handling.file("delete", "chat", citizen=lan, said="<b>Xóa hết</b>").id
        db.session.commit()
    return number


def state(number: int) -> str:
    with tenant_scope(TENANT):
        return db.session.get(DataRequest, (TENANT, number)).state


def test_the_list_says_what_to_do_when_it_is_empty(admin):
    assert "Không có yêu cầu nào đang chờ" in text(admin.get(PAGE))


def test_a_request_at_the_desk_is_taken_in_by_phone(admin):
    page = text(admin.follow(PAGE, data={"kind": "access", "phone": "0912 345 678", "said": ""}))

    assert "Đã nhận yêu cầu số" in page and "09x****678" in page
    assert "0912345678" not in page


@pytest.mark.parametrize("given", [{"phone": "12"}, {"phone": "0912345678", "kind": "everything"}, {}])
def test_a_request_with_a_fault_is_not_taken_in(admin, given):
    answer = admin.post(PAGE, data={"kind": "access"} | given)

    assert answer.status_code == 422
    with tenant_scope(TENANT):
        assert db.session.scalars(db.select(DataRequest)).all() == []


def test_the_page_masks_and_escapes(filed, admin):
    page = text(admin.get(f"{PAGE}{filed}"))

    assert "&lt;b&gt;Xóa hết" in page and "09x****678" in page
    assert "912345678" not in page


def test_erasure_needs_the_number_typed(filed, admin):
    admin.post(f"{PAGE}{filed}/erase", data={"confirmation": "xóa"})
    assert state(filed) == "received"

    admin.post(f"{PAGE}{filed}/erase", data={"confirmation": str(filed)})
    assert state(filed) == "erasing"


def test_each_step_is_taken_by_a_button(filed, admin):
    admin.post(f"{PAGE}{filed}/acknowledge")
    assert state(filed) == "acknowledged"
    assert "đã gia hạn" in text(admin.follow(f"{PAGE}{filed}/extend", data={"days": "5", "text": "Chờ"}))
    assert "được giữ theo pháp luật" in text(admin.follow(f"{PAGE}{filed}/hold", data={"text": "Công văn 1"}))
    assert "được giữ" in text(admin.follow(f"{PAGE}{filed}/erase", data={"confirmation": str(filed)}))
    assert state(filed) == "acknowledged"
    admin.post(f"{PAGE}{filed}/lift")
    admin.post(f"{PAGE}{filed}/refuse", data={"text": "Đang có tranh chấp"})
    assert state(filed) == "refused"


@pytest.mark.parametrize("act", ["acknowledge", "erase", "hold", "nonsense"])
def test_anothers_request_is_not_found(admin, two_provinces, act):
    with tenant_scope("da-nang"):
        theirs = handling.file("delete", "desk", phone="84912345678").id
        db.session.commit()

    assert admin.get(f"{PAGE}{theirs}").status_code == 404
    assert admin.get(f"{PAGE}{theirs}/copy.zip").status_code == 404
    assert (
        admin.post(f"{PAGE}{theirs}/{act}", data={"text": "x", "confirmation": str(theirs)}).status_code
        == 404
    )


def test_an_officer_has_no_access(filed, officer):
    assert officer.get(PAGE).status_code == 403
    assert officer.post(f"{PAGE}{filed}/erase").status_code == 403
