"""The catalogue's pages in a real browser: on an office screen and on a phone, from the upload to the undoing."""

import contextvars
import threading

import pytest
from playwright.sync_api import expect

from motcua.catalogue.importing import jobs
from motcua.core.database import tenant_scope
from tests.browsing import looked_at
from tests.catalogue.sheets import TITLES, applied, csv_bytes, row, xlsx
from tests.factories import make_staff
from tests.signing_in import come_in

pytestmark = pytest.mark.browser
OFFICE, PHONE = {"width": 1366, "height": 768}, {"width": 360, "height": 740}


@pytest.fixture(params=[OFFICE, PHONE], ids=["office", "phone"])
def page(request, browser, served):
    """Signed in as an admin; a script error, or something the page's own policy forbids, fails the test."""
    make_staff("binh-thuan", email="ha@binh-thuan.example", role="province_admin")
    context = browser.new_context(viewport=request.param, locale="vi-VN", base_url=served)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if "Security Policy" in said.text else None)
    page.goto("/console/catalogue/")
    come_in(page, "ha@binh-thuan.example")
    page.wait_for_url("**/console/catalogue/")
    yield page
    context.close()
    assert not errors


def work(app) -> None:
    """What the worker does, in a thread of its own."""

    def check():
        with app.app_context():
            jobs.check("binh-thuan", 1)

    thread = threading.Thread(target=contextvars.Context().run, args=(check,))
    thread.start()
    thread.join()


def send(page, name: str, data: bytes) -> None:
    page.goto("/console/catalogue/imports/")
    page.get_by_label("Tệp .xlsx hoặc .csv").set_input_files(
        [{"name": name, "mimeType": "text/csv", "buffer": data}]
    )
    page.get_by_role("button", name="Tải lên").click()
    page.wait_for_url("**/mapping")


def test_a_list_goes_from_the_upload_to_the_undoing(app, page):
    rows = [
        row(f"9.{n:06d}", name=f"Hỗ trợ ngư dân vươn khơi bám biển đợt {n}", note="x" * 600)
        for n in range(3500)
    ]
    looked_at(page, "empty-imports")
    send(page, "danh-muc-cua-tinh.csv", csv_bytes([TITLES, *rows]))
    looked_at(page, "mapping")
    page.get_by_role("button", name="Kiểm tra cả tệp").click()
    page.get_by_text("Đang đọc tệp").wait_for()
    looked_at(page, "progress")
    work(app)
    page.get_by_role("button", name="Áp dụng").wait_for()  # the page finds out by itself
    looked_at(page, "preview")
    page.get_by_role("button", name="Áp dụng").click()
    page.get_by_text("Người dân tra cứu thấy danh mục mới ngay.").wait_for()
    looked_at(page, "applied")
    page.get_by_role("button", name="Hoàn tác lần nhập này").click()
    page.get_by_text("trả lại 3.500 thủ tục như trước").wait_for()
    looked_at(page, "undone")
    page.goto("/console/catalogue/imports/")
    looked_at(page, "imports")

    expect(page.get_by_text("danh-muc-cua-tinh.csv").first).to_be_visible()


def test_faults_are_seen_in_their_cells(app, page):
    wrong = [row(f"9.00000{n}", time="0 ngày", fee="-5", agency="Sở Không Có") for n in range(5)]
    send(page, "danh-muc.xlsx", xlsx([["DANH MỤC"], TITLES, row("9.100000"), *wrong]))
    page.get_by_role("button", name="Kiểm tra cả tệp").click()
    page.get_by_text("Đang đọc tệp").wait_for()
    work(app)

    page.get_by_text("15 lỗi").wait_for()

    expect(page.locator("td.wrong")).to_have_count(15)
    looked_at(page, "faults")


def test_an_override_stands_beside_the_national_value(page):
    page.goto("/console/catalogue/1.000894")
    page.get_by_label("Phí, lệ phí", exact=True).fill("20000")
    page.get_by_label("Thời hạn giải quyết", exact=True).fill("3 ngày làm việc")
    page.get_by_label("Lý do thay đổi").fill("Nghị quyết 12/2026/NQ-HĐND")
    page.get_by_role("button", name="Lưu").click()

    page.get_by_text("Đã lưu.").wait_for()

    expect(page.get_by_label("Phí, lệ phí", exact=True)).to_have_value("20.000 đồng")
    looked_at(page, "procedure")


def test_the_list_is_searched_without_accents(page):
    with tenant_scope("binh-thuan"):
        applied(xlsx([TITLES, *(row(f"9.{n:06d}", fee="50.000 đồng", note="Có") for n in range(60))]))
    page.goto("/console/catalogue/")
    looked_at(page, "list")
    page.get_by_label("Tên hoặc mã").fill("dang ky ket hon")
    page.get_by_role("button", name="Tìm").click()

    page.get_by_text("1 thủ tục.", exact=False).wait_for()

    expect(page.get_by_role("link", name="Thủ tục đăng ký kết hôn")).to_be_visible()
    looked_at(page, "found")
