"""A citizen with a cheap phone and no JavaScript: from a question to the chat, and from a paper to the dossier."""

import pytest
from playwright.sync_api import expect

from motcua.catalogue import asking
from motcua.core.database import db
from tests.browsing import looked_at
from tests.factories import OA_IDS, make_dossier

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(autouse=True)
def ready(province):
    """The index of questions is built at the first one: no page shall wait for that."""
    asking.ask("kết hôn")


@pytest.fixture
def phone(browser):
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, locale="vi-VN", java_script_enabled=False, has_touch=True
    )
    yield context.new_page()
    context.close()


def test_a_question_without_accents_leads_to_the_papers_and_on_to_the_chat(served, phone):
    phone.goto(served)
    phone.get_by_role("searchbox").fill("dang ky ket hon")
    phone.get_by_role("button", name="Tìm").tap()
    phone.wait_for_url("**/tim?*")
    phone.get_by_role("link", name="Thủ tục đăng ký kết hôn").tap()
    phone.get_by_role("heading", name="Giấy tờ cần chuẩn bị").wait_for()

    chat = phone.get_by_role("link", name="Hỏi trong Zalo")
    assert chat.get_attribute("href").endswith(OA_IDS["binh-thuan"])
    expect(phone.get_by_text("1.000894", exact=True)).to_be_visible()


def test_a_paper_in_hand_is_enough_to_see_where_the_dossier_is(served, phone):
    dossier = make_dossier(department="Phòng Tư pháp")
    code, token = dossier.code, dossier.token
    db.session.rollback()
    phone.goto(served)
    phone.get_by_label("Mã hồ sơ trên giấy tiếp nhận").fill(code.lower())
    phone.get_by_label("4 số cuối của số điện thoại").fill("0000")
    phone.get_by_role("button", name="Xem hồ sơ").tap()
    assert "Không tìm thấy hồ sơ khớp" in phone.get_by_role("alert").inner_text()

    phone.get_by_label("Mã hồ sơ trên giấy tiếp nhận").fill(code.lower())
    phone.get_by_label("4 số cuối của số điện thoại").fill("5678")
    phone.get_by_role("button", name="Xem hồ sơ").tap()

    phone.wait_for_url(f"**/t/{token}")
    expect(phone.get_by_text("Phòng Tư pháp").first).to_be_visible()


def test_the_whole_way_goes_by_keyboard(served, browser):
    page = browser.new_page(viewport={"width": 1366, "height": 800}, locale="vi-VN")
    page.goto(served)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Đến nội dung chính"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("ket hon")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tim?q=ket+hon")

    looked_at(page, "search-keyboard")
    outline = page.evaluate("getComputedStyle(document.querySelector('#q')).outlineStyle")
    page.locator("#q").focus()
    page.keyboard.press("Tab")
    assert outline == "none"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.close()


def test_a_procedure_prints_as_a_checklist_without_the_sites_frame(served, browser):
    page = browser.new_page(viewport={"width": 900, "height": 1200}, locale="vi-VN")
    page.goto(f"{served}/thu-tuc/1.000894")
    page.emulate_media(media="print")

    expect(page.locator(".papers li").first).to_be_visible()
    expect(page.locator(".qr")).to_be_visible()
    for gone in (".top", ".menu", ".bottom"):
        expect(page.locator(gone)).not_to_be_visible()
    page.close()
