"""`/console/province/`: who may change how the province presents itself, and what they see."""

import pytest

from motcua.core.database import db
from motcua.tenancy.models import CONSOLE, Tenant

from .conftest import HOST, _signed_in

PAGE = "/console/province/"
FORM = {
    "name": "Tỉnh Bình Thuận",
    "short_name": "Bình Thuận",
    "weekdays": ["1", "2", "3", "4", "5"],
    "spans": "07:00-11:30 13:30-17:00",
    "same_day_cutoff": "15:00",
    "primary_color": "#1e6b34",
    "accent_color": "#c0392b",
    "monogram": "BT",
    "hotline": "",
    "portal_url": "https://dichvucong.gov.vn",
    "address": "",
}


def text(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.fixture
def without_a_folder(two_provinces):
    db.session.get(Tenant, "binh-thuan").origin = CONSOLE
    db.session.commit()


def test_an_admin_changes_the_colour_and_every_page_has_it(without_a_folder, admin):
    page = text(admin.follow(PAGE, data=FORM))

    assert "Đã lưu. Người dân thấy ngay." in page and "--brand: #1e6b34" in page
    assert "Màu chính: <del>" in page


def test_new_hours_send_the_admin_to_the_calendar(without_a_folder, admin):
    admin.follow(PAGE, data=FORM)

    page = text(admin.follow(PAGE, data=FORM | {"weekdays": ["1", "2", "3", "4", "5", "6"]}))

    assert "tính lại ngày hẹn" in page and "Thứ Bảy" in page


def test_a_fault_stands_at_its_field_and_nothing_is_saved(without_a_folder, admin):
    answer = admin.post(PAGE, data=FORM | {"primary_color": "#ffff00", "spans": "7h-11h"})

    assert answer.status_code == 422
    assert "Chữ trắng trên màu này khó đọc" in text(answer) and "Giờ chưa đúng dạng" in text(answer)
    assert "#ffff00" not in text(admin.get(PAGE))


@pytest.mark.parametrize("weekdays", [[], ["0"], ["8"], ["x"], ["12"], ["1", "1"]])
def test_days_that_are_none_are_refused(without_a_folder, admin, weekdays):
    assert admin.post(PAGE, data=FORM | {"weekdays": weekdays}).status_code == 422


def test_a_province_with_a_folder_is_shown_and_not_changed(admin, two_provinces):
    page, answer = text(admin.get(PAGE)), admin.post(PAGE, data=FORM)

    assert "Xin gửi điều cần sửa cho nhà cung cấp" in page and 'name="short_name"' not in page
    assert answer.status_code == 409


def test_officers_and_strangers_do_not_get_there(app, officer, without_a_folder):
    assert officer.get(PAGE).status_code == 403
    assert officer.post(PAGE, data=FORM).status_code == 403
    assert app.test_client().get(PAGE, headers=HOST).status_code == 302


def test_another_provinces_admin_changes_their_own_alone(app, without_a_folder, admin):
    admin.post(PAGE, data=FORM | {"short_name": "Tên mới"})

    db.session.rollback()
    names = db.session.get(Tenant, "da-nang").settings["names"]
    assert all(one["short_name"] != "Tên mới" for one in names)


def test_readiness_leads_to_the_page_only_where_it_changes_something(admin, without_a_folder):
    assert "Thông tin của tỉnh</a>." in text(admin.get("/console/readiness/"))

    db.session.get(Tenant, "binh-thuan").origin = "folder"
    db.session.commit()

    assert "báo nhà cung cấp sửa" in text(admin.get("/console/readiness/"))


def test_the_role_of_admin_alone_may(app, two_provinces):
    for role in ("leader", "communications", "auditor"):
        assert _signed_in(app, role).get(PAGE).status_code == 403, role
