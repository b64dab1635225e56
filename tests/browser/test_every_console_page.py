"""Every page of the console, by an admin with something in every list: readable and usable by everybody.

One browser and one province for all of it: each kind of page is loaded once, and looked at in its four forms.
"""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from motcua.assets.files import PACKAGES
from motcua.complaints import handling
from motcua.conversation import handover, missed
from motcua.conversation.models import Handover
from motcua.core.clock import VIETNAM, now
from motcua.core.database import db
from tests.broadcasts.conftest import draft
from tests.browser.walking import kind_of, walk
from tests.catalogue.sheets import TITLES, checked, row, xlsx
from tests.console.test_deliveries import owe
from tests.factories import (
    make_citizen,
    make_communes,
    make_desk,
    make_dossier,
    make_staff,
    make_visit,
)
from tests.feedback.conftest import reported
from tests.signing_in import come_in

pytestmark = pytest.mark.browser

WIDE, NARROW = {"width": 1366, "height": 800}, {"width": 360, "height": 740}
NARROW_RULES = ["target-size", "scrollable-region-focusable"]
# The frame is the same on every page: it is judged once, then only what stands in it.
JUDGE = """async ({rules, where}) => (await axe.run(where || document, {
    resultTypes: ["violations"],
    runOnly: rules ? {type: "rule", values: rules}
        : {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    rules: rules ? {} : {"target-size": {enabled: true}},
})).violations.map((one) => one.id + ": " + one.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", "))"""
DARK = """(is) => {
    if (is) document.documentElement.dataset.bsTheme = "dark";
    else delete document.documentElement.dataset.bsTheme;
}"""
ONCE_MORE = """() => [...document.querySelectorAll("[id]")].map((one) => one.id)
    .filter((id, at, all) => all.indexOf(id) !== at)"""
ELSEWHERE = """() => [...document.forms].map((one) => new URL(one.getAttribute("action") || "", location.href))
    .filter((one) => one.host !== location.host).map(String)"""


@pytest.fixture
def busy_province(province):
    """Something of every kind that the console lists."""
    make_communes()
    make_dossier()
    citizen = make_citizen(phone="84912345678")
    opened = Handover(citizen_id=citizen.id)
    db.session.add(opened)
    db.session.flush()
    handover.hear(citizen, "k", "Cho tôi hỏi lệ phí đăng ký kết hôn")
    handling.file(
        citizen, "regulation", "Cán bộ quầy 3 bắt tôi đi lại bốn lần mà không nói rõ thiếu gì", None
    )
    missed.note("làm giấy xanh đỏ cho đôi trẻ", "none")
    db.session.commit()
    reported(citizen)
    draft()
    checked(xlsx([TITLES, row("9.123456"), row("sai mã")]), name="danh-muc-cua-tinh.xlsx")
    day = now().astimezone(VIETNAM) + timedelta(days=3)
    while day.isoweekday() > 5:
        day += timedelta(days=1)
    make_visit(make_desk(), day.replace(hour=8, minute=0, second=0, microsecond=0))
    db.session.commit()
    make_staff("binh-thuan", email="ha@binh-thuan.example", role="province_admin")
    db.session.commit()
    owe(to=citizen)
    db.session.rollback()


@pytest.mark.timeout(600)
def test_every_page_can_be_read_and_used_by_everybody(served, busy_province, browser):
    context = browser.new_context(
        viewport=WIDE, locale="vi-VN", color_scheme="light", reduced_motion="reduce"
    )
    context.add_init_script(path=PACKAGES / "axe-core" / "axe.min.js")
    page = context.new_page()
    wrong: list[str] = []
    seen: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    page.on("console", lambda said: wrong.append(f"{page.url}: {said.text}") if is_refusal(said) else None)
    page.goto(f"{served}/console/")
    come_in(page, "ha@binh-thuan.example")

    def look(path, answer):
        kind = kind_of(path)

        def note(form: str, sentences) -> None:
            wrong.extend(f"{kind} ({form}): {one}" for one in sentences)

        note("status", [str(answer.status)] if answer.status != 200 else [])
        note("title", ["none"] if not page.title().strip() else [])
        note("lang", ["none"] if not page.locator("html").get_attribute("lang") else [])
        note("h1", ["not one"] if page.locator("h1").count() != 1 else [])
        note("ids", page.evaluate(ONCE_MORE))
        note("forms", page.evaluate(ELSEWHERE))
        where = "main" if seen else None
        seen.append(kind)
        note("light", page.evaluate(JUDGE, {"where": where}))
        page.evaluate(DARK, True)
        note("dark", page.evaluate(JUDGE, {"where": where, "rules": ["color-contrast"]}))
        page.evaluate(DARK, False)
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)
            width = page.evaluate("document.documentElement.scrollWidth")
            note(str(size["width"]), [f"{width} wide"] if width > size["width"] else [])
        note("360", page.evaluate(JUDGE, {"where": where, "rules": NARROW_RULES}))
        page.set_viewport_size(WIDE)

    opened = walk(page, f"{served}/console/", look)

    context.close()
    assert not wrong, "\n".join(wrong)
    assert len(opened) > 45, opened


def is_refusal(said) -> bool:
    return "Content Security Policy" in said.text


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_menus_of_the_frame_by_keyboard_alone(served, busy_province, browser, theme):
    context = browser.new_context(viewport=NARROW, locale="vi-VN", color_scheme=theme)
    context.add_init_script(path=PACKAGES / "axe-core" / "axe.min.js")
    page = context.new_page()
    page.goto(f"{served}/console/")
    come_in(page, "ha@binh-thuan.example")
    page.get_by_role("heading", level=1).wait_for()

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Đến nội dung chính"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    link = page.get_by_role("navigation", name="Các trang").get_by_role("link", name="Lịch làm việc")
    expect(link).to_be_visible()
    assert page.evaluate(JUDGE, {}) == []
    page.keyboard.press("Escape")
    expect(link).not_to_be_visible()
    page.locator(".user-menu > summary").press("Enter")
    expect(page.get_by_role("button", name="Đăng xuất")).to_be_visible()
    assert page.evaluate(JUDGE, {}) == []
    page.get_by_role("button", name="Tối").press("Enter")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.reload()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")  # the server's own word: no flash
    context.close()


def test_without_a_script_the_menu_opens_and_the_ground_changes(served, busy_province, browser):
    context = browser.new_context(viewport=NARROW, locale="vi-VN", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served}/console/statuses/")
    come_in(page, "ha@binh-thuan.example")

    page.locator(".user-menu > summary").click()
    page.get_by_role("button", name="Tối").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert page.url.endswith("/console/statuses/")
    page.locator(".menu-button").click()
    page.get_by_role("link", name="Lịch làm việc").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Lịch làm việc")
    context.close()
