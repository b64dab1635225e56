"""A new province by the vendor's console and its own alone, in a real browser, to the receipt on a phone."""

import re

import pyotp
import pytest

from motcua.accounts import vendor_invitations
from motcua.core.database import db
from motcua.demo.wire import Phone
from tests.browsing import looked_at
from tests.catalogue.sheets import TITLES, csv_bytes, row
from tests.factories import APP_ID, APP_SECRET, WEBHOOK_SECRET
from tests.vendor.visiting import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

OA_ID, SLUG = "3880000000000000048", "hue"


@pytest.fixture
def open_page(browser):
    """A fresh browser; what its own policy forbids fails the test."""
    contexts, errors = [], []

    def opened(width: int = 1366):
        context = browser.new_context(viewport={"width": width, "height": 800}, locale="vi-VN")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Security Policy" in said.text else None)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not errors


def come_in(page, link: str, email: str) -> None:
    """Take up an invitation: a password, the sign-in, and a second factor where one is asked for."""
    page.goto(link)
    page.get_by_label("Mật khẩu mới", exact=True).fill(PASSWORD)
    page.get_by_label("Gõ lại mật khẩu mới").fill(PASSWORD)
    page.locator("main form button").last.click()
    page.wait_for_url("**/login")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url(re.compile(r"/(second-factor|console/|vendor/)$"))
    if page.url.endswith("second-factor"):
        secret = page.locator("code").first.text_content().replace(" ", "")
        page.get_by_label("Mã sáu số").fill(pyotp.TOTP(secret).now())
        page.get_by_role("button", name="Bật mã xác thực").click()
        page.get_by_role("link", name="tiếp tục").click()
        page.wait_for_url(re.compile(r"/(console|vendor)/$"))


def test_from_nothing_to_a_receipt_by_two_consoles(world, open_page):
    world.simulator.ask("POST", "/oas", {"oa_id": OA_ID, "name": "Dịch vụ công Huế"})
    with world.app.app_context():
        link = vendor_invitations.invite("van@vendor.example", "Lê Thị Vân", "vendor_admin")
        db.session.commit()
    base = f"http://localhost:{world.port}"
    vendor = open_page()
    come_in(vendor, link, "van@vendor.example")
    looked_at(vendor, "vendor-glance")

    vendor.goto(f"{base}/vendor/apps/")
    vendor.get_by_label("Mã ứng dụng").fill(APP_ID)
    vendor.get_by_label("Khóa bí mật của ứng dụng").fill(APP_SECRET)
    vendor.get_by_label("OA Secret Key").fill(WEBHOOK_SECRET)
    vendor.get_by_role("button", name="Lưu khóa").click()
    vendor.get_by_text("Đã lưu khóa").wait_for()
    looked_at(vendor, "vendor-apps")
    vendor.goto(f"{base}/vendor/tenants/new")
    vendor.get_by_label("Đơn vị hành chính").select_option("new-46")
    vendor.get_by_role("button", name="Điền theo đơn vị này").click()
    vendor.wait_for_url("**unit=new-46**")
    vendor.get_by_label("Mã OA").fill(OA_ID)
    vendor.get_by_label("Ứng dụng ở Zalo").select_option(APP_ID)
    vendor.get_by_label("Họ tên").fill("Nguyễn Văn An")
    vendor.get_by_label("Thư điện tử").fill("an@hue.example")
    vendor.get_by_label("Tỉnh tự tải bảng").check()
    looked_at(vendor, "vendor-new-tenant")
    vendor.get_by_role("button", name="Tạo tỉnh").click()
    link = vendor.locator("#link").input_value()
    looked_at(vendor, "vendor-invited")

    admin = open_page()
    home = f"http://{SLUG}.localhost:{world.port}"
    come_in(admin, link, "an@hue.example")
    admin.goto(f"{home}/console/official-accounts/")
    admin.get_by_role("link", name="Kết nối", exact=True).click()
    admin.get_by_label("Dịch vụ công Huế").check()
    admin.get_by_role("button", name="Đồng ý").click()
    admin.get_by_text("Đã kết nối Dịch vụ công Huế").wait_for()
    admin.goto(f"{home}/console/catalogue/imports/")
    sheet = csv_bytes(
        [TITLES, ["1.000894", "Thủ tục đăng ký kết hôn", "Hộ tịch", "", "", "", ""], row("9.000001")]
    )
    admin.get_by_label("Tệp .xlsx hoặc .csv").set_input_files(
        [{"name": "danh-muc.csv", "mimeType": "text/csv", "buffer": sheet}]
    )
    admin.get_by_role("button", name="Tải lên").click()
    admin.get_by_role("button", name="Kiểm tra cả tệp").click()
    admin.get_by_role("button", name="Áp dụng").click()
    admin.get_by_text("Người dân tra cứu thấy danh mục mới ngay.").wait_for()
    admin.goto(f"{home}/console/readiness/")
    admin.get_by_role("button", name="Giờ này đúng").click()
    admin.get_by_text("giờ làm việc đúng").wait_for()
    admin.goto(f"{home}/console/privacy/")
    looked_at(admin, "privacy")
    admin.get_by_role("button", name="Công bố").click()
    admin.get_by_text("Đã công bố.").wait_for()
    admin.goto(f"{home}/console/trial/")
    admin.get_by_label("Số điện thoại, mỗi dòng một số").fill("0912345678")
    admin.get_by_role("button", name="Mời").click()
    admin.get_by_text("Đã mời thêm 1 số").wait_for()
    looked_at(admin, "trial")
    admin.goto(f"{home}/console/pauses/")
    looked_at(admin, "pauses")
    admin.goto(f"{home}/console/staff")
    admin.get_by_label("Email").last.fill("quay@hue.example")
    admin.get_by_label("Họ").last.fill("Trần Thị Bình")
    admin.locator("form:has(#email) button").last.click()
    link = admin.locator("#link").input_value()

    lan = Phone(world.simulator.wire, "lan", OA_ID)
    lan.act("follow")
    lan.act("share-info")
    lan.wait_for("Đã liên kết", 0, 60)
    officer = open_page()
    come_in(officer, link, "quay@hue.example")
    officer.goto(f"{home}/console/dossiers/new?procedure=1.000894&agency=ubnd-phuong-thuan-hoa")
    officer.get_by_label("Họ và tên").first.fill("Nguyễn Thị Lan")
    officer.get_by_label("Điện thoại di động").first.fill("0912345678")
    officer.locator("[name=owner_id]").fill("060190012345")
    officer.keyboard.press("Control+Enter")
    officer.wait_for_url("**done=taken_accept")

    lan.wait_for("đăng ký kết hôn", 0, 60)
    for width in (1366, 360):
        page = vendor if width == 1366 else open_page(width)
        if page is not vendor:
            page.context.add_cookies(vendor.context.cookies())
        for name, path in PAGES.items():
            page.goto(base + path)
            looked_at(page, f"vendor-{name}")
        readiness = open_page(width)
        readiness.context.add_cookies(admin.context.cookies())
        readiness.goto(f"{home}/console/readiness/")
        looked_at(readiness, "readiness")
    assert "✓" in readiness.locator("li", has_text="Webhook đã nhận").inner_text()


PAGES = {
    "glance": "/vendor/",
    "tenant": f"/vendor/tenants/{SLUG}/",
    "new": "/vendor/tenants/new?unit=new-91",
    "features": "/vendor/features/",
    "usage": "/vendor/usage/",
    "notices": "/vendor/notices/",
    "support": "/vendor/support/",
}
