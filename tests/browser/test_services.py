"""Extra services on a cheap phone and on an office's screen: asked, loaded, corrected, without a script."""

import pytest
from playwright.sync_api import expect

from tests.browsing import looked_at
from tests.factories import make_staff
from tests.installing import LINES, load, switch_on
from tests.signing_in import come_in

pytestmark = pytest.mark.browser

ADMIN = "ha@binh-thuan.example"


@pytest.fixture
def open_buses(province, buses):
    switch_on("buses")
    load(buses, document="Thông báo 12/TB-SXD của Sở Xây dựng về các tuyến xe buýt có trợ giá")
    make_staff("binh-thuan", email=ADMIN, role="province_admin")


@pytest.fixture(params=[360, 1366], ids=["phone", "office"])
def screen(browser, request):
    """A screen without JavaScript."""
    context = browser.new_context(
        viewport={"width": request.param, "height": 800}, locale="vi-VN", java_script_enabled=False
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def measured(browser, request):
    """The same width, with the script that measures."""
    context = browser.new_context(
        viewport={"width": request.node.callspec.params["screen"], "height": 800}, locale="vi-VN"
    )
    yield context.new_page()
    context.close()


def test_a_citizen_asks_without_a_script_and_with_the_keyboard(served, open_buses, screen, measured):
    screen.goto(f"{served}/tra-cuu/")
    screen.get_by_role("link", name="Giờ xe buýt").click()
    screen.get_by_label("Bến").fill("chợ đầm")
    screen.keyboard.press("Enter")

    screen.get_by_role("heading", name="Kết quả").wait_for()
    screen.get_by_role("heading", name="Tuyến 4").wait_for()
    assert "ch%E1%BB%A3" in screen.url  # the question stands in the address: no script, and it can be kept
    for name, address in (("services-index", f"{served}/tra-cuu/"), ("services-answer", screen.url)):
        measured.goto(address)
        looked_at(measured, name)


def test_an_admin_loads_corrects_tries_and_publishes(served, open_buses, screen, measured, tmp_path):
    (tmp_path / "sai.csv").write_text(LINES + "9;;25h99;x\n", "utf-8")
    (tmp_path / "dung.csv").write_text(LINES, "utf-8")
    screen.goto(f"{served}/console/services/buses/data/")
    come_in(screen, ADMIN)
    screen.get_by_label("Tệp .xlsx hoặc .csv").set_input_files(tmp_path / "sai.csv")
    screen.get_by_role("button", name="Nạp và kiểm tra").click()
    screen.get_by_text("3 lỗi, chưa nạp gì").wait_for()
    faulty = screen.url
    screen.get_by_role("link", name="Dữ liệu: Giờ xe buýt").click()
    screen.get_by_label("Tệp .xlsx hoặc .csv").set_input_files(tmp_path / "dung.csv")
    screen.get_by_label("Văn bản hoặc nguồn").fill("Thông báo 13/TB-SXD")
    screen.get_by_role("button", name="Nạp và kiểm tra").click()
    screen.get_by_label("Bến").fill("chợ đầm")
    screen.get_by_role("button", name="Hỏi thử").click()
    screen.get_by_role("heading", name="Tuyến 4").wait_for()
    draft = screen.url.partition("/try")[0]
    screen.get_by_role("button", name="Công bố").click()

    screen.get_by_text("Đã công bố.").wait_for()
    expect(screen.get_by_role("button", name="Công bố")).to_have_count(0)
    measured.goto(f"{served}/console/services/")
    come_in(measured, ADMIN)
    for name, address in (
        ("console-services", f"{served}/console/services/"),
        ("console-service", f"{served}/console/services/buses"),
        ("console-data", f"{served}/console/services/buses/data/"),
        ("console-faulty", faulty),
        ("console-version", draft),
        ("console-roll-back", f"{draft}/roll-back"),
    ):
        measured.goto(address)
        looked_at(measured, name)
