"""An admin's first day: a link, a second factor, a colleague invited; on a phone and in an office."""

import re

import pytest
from playwright.sync_api import expect

from motcua.accounts import invitations, second_factor, support
from motcua.core.database import db
from tests.accounts.conftest import STRONG
from tests.browsing import looked_at
from tests.factories import make_staff, make_vendor_staff
from tests.signing_in import come_in

pytestmark = pytest.mark.browser


@pytest.fixture(params=[360, 1366])
def page(request, browser, served):
    context = browser.new_context(
        viewport={"width": request.param, "height": 740}, locale="vi-VN", base_url=served
    )
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda line: refused.append(line.text) if "Security Policy" in line.text else None)
    yield page
    context.close()
    assert not refused


def path_of(link: str) -> str:
    return re.sub(r"^https?://[^/]+", "", link)


def test_from_the_invitation_to_inviting_a_colleague(page, province):
    link = invitations.invite("tam@binh-thuan.example", "Lê Văn Tám", "province_admin")
    db.session.commit()

    page.goto(path_of(link))
    looked_at(page, "password")
    page.get_by_label("Mật khẩu mới", exact=True).fill(STRONG)
    page.get_by_label("Gõ lại mật khẩu mới").fill(STRONG)
    page.get_by_role("button", name="Đặt mật khẩu").click()
    page.wait_for_url("**/login")
    looked_at(page, "login")
    page.get_by_label("Email").fill("tam@binh-thuan.example")
    page.get_by_label("Mật khẩu").fill(STRONG)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Cài mã xác thực").wait_for()
    looked_at(page, "second-factor")
    secret = page.locator("code").first.inner_text().replace(" ", "")
    page.get_by_label("Mã sáu số").fill(second_factor.code_of(secret))
    page.get_by_role("button", name="Bật mã xác thực").click()
    page.get_by_role("heading", name="Mã khôi phục").wait_for()
    expect(page.locator("ol code")).to_have_count(10)
    looked_at(page, "recovery-codes")
    page.get_by_role("link", name="Tôi đã cất các mã").click()
    page.wait_for_url("**/console/")

    page.goto("/console/staff")
    looked_at(page, "people")
    page.get_by_label("Họ tên", exact=True).fill("Trần Thị Lan")
    page.get_by_label("Email", exact=True).fill("lan@binh-thuan.example")
    page.get_by_role("button", name="Mời", exact=True).click()
    assert "/console/password/" in page.get_by_label("Đường dẫn đặt mật khẩu").input_value()
    looked_at(page, "people-invited")
    page.get_by_role("link", name="Trần Thị Lan").click()
    page.get_by_role("heading", level=1, name="Trần Thị Lan").wait_for()
    looked_at(page, "person")
    page.goto("/console/account")
    looked_at(page, "account")


def test_signing_in_with_the_code(page, province):
    make_staff(province, role="province_admin", email="ha@binh-thuan.example")
    db.session.rollback()
    page.goto("/console/login")
    page.get_by_label("Email").fill("ha@binh-thuan.example")
    page.get_by_label("Mật khẩu").fill("mật khẩu của cán bộ")
    page.get_by_role("button", name="Đăng nhập").click()

    page.get_by_label("Mã xác thực hoặc mã khôi phục").fill("000 000")
    looked_at(page, "code")
    page.get_by_role("button", name="Tiếp tục").click()

    page.get_by_text("Mã chưa đúng hoặc đã dùng rồi").wait_for()
    looked_at(page, "code-wrong")
    assert page.url.endswith("/console/login/code")


def test_a_visit_of_the_vendors_is_on_every_page(page, province):
    make_staff(province, role="province_admin", email="ha@binh-thuan.example")
    support.begin(
        province, make_vendor_staff(full_name="Trịnh Quốc Việt"), "Xem lỗi nạp danh mục theo yêu cầu", 2
    )
    page.goto("/console/support")
    come_in(page, "ha@binh-thuan.example")

    page.get_by_text("đang vào hỗ trợ").wait_for()
    looked_at(page, "support")
    expect(page.get_by_text("Trịnh Quốc Việt").first).to_be_attached()


def test_a_refused_page_names_who_can_help(page, province):
    make_staff(province, role="province_admin", full_name="Lê Văn Tám")
    make_staff(province, email="ha@binh-thuan.example")
    db.session.rollback()
    page.goto("/console/staff")
    come_in(page, "ha@binh-thuan.example")

    page.get_by_text("Người cấp được quyền").wait_for()
    expect(page.get_by_text("Lê Văn Tám").first).to_be_attached()
    looked_at(page, "refused")
