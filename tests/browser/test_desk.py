"""The desk in a real browser: a dossier is taken in by keyboard alone, and the citizen's phone shows the receipt."""

import contextvars
import threading
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from motcua.catalogue.models import Agency
from motcua.core.clock import now
from motcua.core.database import db
from motcua.dossiers import intake, listing
from motcua.dossiers.schemas import EventIn
from motcua.messaging import jobs
from tests.browser.test_catalogue import OFFICE, PHONE
from tests.browsing import looked_at
from tests.dossiers.test_promising import takes
from tests.factories import event_body, make_dossier, make_staff
from tests.messaging.conftest import lan, zalo  # noqa: F401
from tests.signing_in import come_in

pytestmark = pytest.mark.browser
WIDE = {"width": 1920, "height": 1080}


@pytest.fixture
def desk(province):
    takes("5 ngày làm việc")
    agency = db.session.scalars(db.select(Agency)).one()
    agency.national_code, agency.desk_name = "H36.5", "Trung tâm Phục vụ hành chính công phường Một"
    db.session.commit()


def signed_in(browser, served, size):
    """A page whose script errors and forbidden contents fail the test when it is closed."""
    make_staff("binh-thuan", email="ha@binh-thuan.example")
    context = browser.new_context(viewport=size, locale="vi-VN", base_url=served)
    page = context.new_page()
    page.set_default_timeout(60_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if "Security Policy" in said.text else None)
    page.goto("/console/dossiers/")
    come_in(page, "ha@binh-thuan.example")
    page.wait_for_url("**/console/dossiers/")
    return page, errors


@pytest.fixture(params=[OFFICE, PHONE, WIDE], ids=["office", "phone", "wide"])
def page(request, browser, served, desk):
    opened, errors = signed_in(browser, served, request.param)
    yield opened
    opened.context.close()
    assert not errors


@pytest.fixture
def office(browser, served, desk):
    opened, errors = signed_in(browser, served, OFFICE)
    yield opened
    opened.context.close()
    assert not errors


def deliver(app) -> None:
    """What the worker does, in a thread of its own."""

    def work():
        with app.app_context():
            jobs.deliver("binh-thuan", "urgent")

    thread = threading.Thread(target=contextvars.Context().run, args=(work,))
    thread.start()
    thread.join()


def test_a_dossier_is_taken_in_by_keyboard_and_the_phone_shows_the_receipt(app, office, lan, zalo):  # noqa: F811
    keys = office.keyboard
    db.session.rollback()

    keys.press("Alt+t")
    office.wait_for_url("**/dossiers/new")
    keys.type("ket hon")
    office.get_by_role("link", name="Thủ tục đăng ký kết hôn").first.wait_for()
    keys.press("ArrowDown")
    keys.press("Enter")
    office.wait_for_url("**procedure=1.000894**")
    office.wait_for_function("document.activeElement.id === 'owner_name'")
    for word in ("Nguyễn Thị Lan", "0912 345 678", "060190012345", "Phường Một"):
        keys.type(word)
        keys.press("Tab")
    with office.expect_response("**/new/due?*") as reckoned:
        keys.press("Alt+q")
        keys.press("ArrowDown")
    office.locator("#due-shown", has_text=reckoned.value.json()["due"]).wait_for()
    office.get_by_text("Để trống để hệ thống cấp mã H36.5-…").wait_for()
    looked_at(office, "desk-taking-in")
    keys.press("Control+Enter")
    office.wait_for_url("**done=taken_accept")

    deliver(app)
    office.reload()
    receipt = zalo.phone().messages()[-1]["text"]
    code = office.locator(".head .code").text_content()
    assert code.startswith("H36.5-") and code in receipt
    assert "Nguyễn Thị Lan" not in office.content()
    office.get_by_text("Đã gửi").first.wait_for()
    looked_at(office, "desk-taken-in")


def test_a_fault_keeps_what_was_typed_and_takes_the_focus(office):
    office.goto("/console/dossiers/new?procedure=1.000894&agency=ubnd-phuong")
    office.get_by_label("Họ và tên").first.fill("Trần Văn Bảy")
    office.get_by_label("Điện thoại di động").first.fill("123")
    office.get_by_label("Thiếu").first.check()
    expect(office.get_by_label("Yêu cầu bổ sung giấy tờ")).to_be_checked()
    office.get_by_label("Lý do").fill("Thiếu tờ khai")
    office.keyboard.press("Control+Enter")
    office.get_by_text("Số điện thoại chưa đúng").first.wait_for()

    expect(office.locator("#fault")).to_be_focused()
    expect(office.get_by_label("Họ và tên").first).to_have_value("Trần Văn Bảy")
    expect(office.get_by_label("Thiếu").first).to_be_checked()
    looked_at(office, "desk-fault")


def test_a_known_phone_is_hinted(office):
    make_dossier()
    office.goto("/console/dossiers/new?procedure=1.000894")
    office.get_by_label("Điện thoại di động").first.fill("0912345678")
    office.keyboard.press("Tab")

    office.get_by_text("Số này đã có ở 1 hồ sơ").wait_for()
    assert "N. T. Lan" in office.locator("#owner_phone-hint").text_content()


def test_the_pages_fit_every_screen(page, monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 5)
    here = now()
    for number in range(10):
        due = (here + timedelta(hours=30 * number - 50)).isoformat()
        one = make_dossier(
            f"000.00.01.H11-241126-{number:04d}",
            due_at=due,
            department="Phòng Văn hóa – Xã hội",
            officer={"name": "Trần Văn Minh"},
        )
        for status in ((), (4,), (4, 5), (4, 9))[number % 4]:
            body = event_body(status, occurred_at=(here - timedelta(minutes=9 - status)).isoformat())
            intake.add_event(one.code, EventIn().load(body))
        db.session.commit()
    page.goto("/console/dossiers/")
    page.get_by_role("link", name="Trang sau").wait_for()
    looked_at(page, "desk-list")
    page.goto("/console/dossiers/warnings")
    looked_at(page, "desk-warnings")
    page.goto("/console/dossiers/new?q=ket hon")
    looked_at(page, "desk-choose")
    page.goto("/console/dossiers/new?procedure=1.000894&agency=ubnd-phuong")
    looked_at(page, "desk-take-in")
    page.goto("/console/dossiers/000.00.01.H11-241126-0001")
    page.get_by_text("Yêu cầu bổ sung (mẫu 02)").click()
    looked_at(page, "desk-dossier")

    expect(page.get_by_text("000.00.01.H11-241126-0001").first).to_be_visible()
