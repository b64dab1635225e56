"""The log, API keys, agencies, requests about data and the export on a small screen."""

import pytest
from playwright.sync_api import expect

from motcua import audit
from motcua.core.database import db
from motcua.data_requests import handling
from tests.browsing import looked_at
from tests.factories import make_citizen, make_staff
from tests.signing_in import come_in

pytestmark = pytest.mark.browser
PAGES = ("audit/", "api-keys/", "agencies/", "agencies/new", "agencies/ubnd-phuong", "data-requests/", "export/",
         "official-accounts/")  # fmt: skip


@pytest.fixture
def signed_in(served, province, phone_sized):
    make_staff(province, email="ha@binh-thuan.example", role="province_admin")
    db.session.rollback()
    phone_sized.goto(f"{served}/console/audit/")
    come_in(phone_sized, "ha@binh-thuan.example")
    return phone_sized


def test_no_page_is_wider_than_a_phone_and_each_says_what_to_do_when_empty(served, signed_in):
    for path in PAGES:
        signed_in.goto(f"{served}/console/{path}")
        looked_at(signed_in, path.strip("/").replace("/", "-"))
        assert signed_in.locator("h1").count() == 1, path


def test_an_admin_makes_a_key_finds_it_in_the_log_and_checks_the_log(served, signed_in):
    signed_in.goto(f"{served}/console/api-keys/")
    signed_in.get_by_label("Ai dùng khóa này").fill("iGate")
    signed_in.get_by_role("button", name="Tạo khóa").click()
    assert signed_in.get_by_label("Khóa", exact=True).input_value().startswith("mck_")

    signed_in.goto(f"{served}/console/audit/")
    signed_in.get_by_text("Chi tiết").first.click()
    signed_in.get_by_text("iGate").wait_for()
    looked_at(signed_in, "audit-details")
    signed_in.get_by_role("link", name="Kiểm tra tính nguyên vẹn").click()

    signed_in.get_by_text("Nguyên vẹn từ mục").wait_for()


def test_an_officer_in_charge_erases_a_citizen_by_typing_the_number(served, signed_in, province):
    number = handling.file("delete", "desk", phone="84912345678").id
    db.session.commit()
    signed_in.goto(f"{served}/console/data-requests/{number}")
    looked_at(signed_in, "data-request")
    signed_in.get_by_label(f"Gõ {number} để xác nhận").fill(str(number))
    signed_in.get_by_role("button", name="Xóa dữ liệu").click()

    expect(signed_in.get_by_text("Dấu niêm phong đúng")).to_be_visible()
    looked_at(signed_in, "data-request-sealed")
    db.session.rollback()
    assert db.session.scalar(db.text("SELECT state FROM data_request")) == "done"


def test_a_citizen_takes_the_copy_by_its_link(served, province, phone_sized):
    lan = make_citizen(phone="84912345678")
    handling.send_copy(handling.file("access", "chat", citizen=lan).id, "Hà")
    with audit.acting_as(audit.SYSTEM):
        db.session.commit()
    link = db.session.scalar(db.text("SELECT content->'consultation'->'buttons'->0->>'url' FROM message"))
    db.session.rollback()
    phone_sized.goto(f"{served}{link[link.index('/data-copies/') :]}")
    looked_at(phone_sized, "data-copy")

    with phone_sized.expect_download() as taken:
        phone_sized.get_by_role("button", name="Tải xuống").click()

    assert taken.value.suggested_filename == "ban-sao-du-lieu.zip"
