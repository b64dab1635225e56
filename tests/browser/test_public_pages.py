"""Every public page: no violation, no overflow, no request elsewhere, small; by day, by night, in English."""

import pytest
import time_machine

from motcua.catalogue import asking
from tests import public_site
from tests.browser import axe
from tests.browsing import looked_at

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
MOST_BYTES = 100_000  # uncompressed: page, style sheet, everything but pictures


@pytest.fixture
def site(served):
    made = public_site.build()
    asking.ask("kết hôn")  # the index of questions is built at the first one: no page shall wait for that
    return made


def prove(page, served: str, site: public_site.Site) -> None:
    for token in site.proofs:
        page.goto(f"{served}/t/{token}")
        page.locator("#digits").fill(public_site.DIGITS)
        page.locator("#xac-minh button").click()
        page.locator("#xac-minh").wait_for(state="detached")


def look(page, name: str) -> list[str]:
    """What `looked_at` holds against it, so that the other pages are looked at too."""
    try:
        looked_at(page, name)
    except AssertionError:
        return [f"{name} is wider than {page.viewport_size['width']}"]
    return []


def test_no_public_page_has_a_fault_by_day_or_night_on_a_phone_or_a_desk(served, site, browser):
    faults: list[str] = []
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="vi-VN")
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    page.on("console", lambda line: faults.append(line.text) if "Content Security" in line.text else None)
    prove(page, served, site)
    for name, path in (site.paths | site.proven).items():
        page.goto(served + path)
        faults += look(page, f"{name}-light")
        faults += [f"{name}, by day: {one}" for one in axe.violations(page)]
        page.emulate_media(color_scheme="dark")
        faults += look(page, f"{name}-dark")
        faults += [f"{name}, by night: {one}" for one in axe.violations(page, ["color-contrast"])]
        page.emulate_media(color_scheme="light")
        for width in (320, 1366, 1920):
            page.set_viewport_size({"width": width, "height": 900})
            faults += look(page, f"{name}-light")
        page.set_viewport_size({"width": 360, "height": 740})
    context.close()

    assert faults == []


def test_every_public_page_fits_a_phone_in_english(served, site, browser):
    faults: list[str] = []
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="en-GB")
    page = context.new_page()
    prove(page, served, site)
    page.goto(f"{served}/?lang=en")
    for name, path in (site.paths | site.proven).items():
        page.goto(served + path)
        faults += look(page, f"{name}-en")
    context.close()

    assert faults == []


def test_every_public_page_is_small_and_asks_nobody_else(served, site, browser):
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = context.new_page()
    prove(page, served, site)
    sizes: dict[str, int] = {}
    elsewhere: list[str] = []
    answers: list = []
    page.on("response", lambda answer: answers.append(answer))
    for name, path in (site.paths | site.proven).items():
        answers.clear()
        page.goto(served + path)
        elsewhere += [one.url for one in answers if not one.url.startswith((served, "data:"))]
        sizes[name] = sum(
            len(one.body())
            for one in answers
            if one.status not in (301, 302, 303)
            and not one.headers.get("content-type", "").startswith("image/")
        )
    context.close()

    assert elsewhere == []
    assert {name: size for name, size in sizes.items() if size > MOST_BYTES} == {}


def test_a_finger_hits_what_it_presses_and_text_twice_as_large_fits_a_phone_and_a_desk(served, site, browser):
    """44 px at the smaller side of buttons and fields, and of links that stand by themselves; then the text as large
    as the browser's own setting makes it."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="vi-VN", has_touch=True)
    page = context.new_page()
    small, too_wide = [], []
    for name, path in site.paths.items():
        page.goto(served + path)
        small += [f"{name}: {one}" for one in _small_targets(page)]
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        for width in (360, 1366):
            page.set_viewport_size({"width": width, "height": 740})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                too_wide.append(f"{name} at {width}")
        page.set_viewport_size({"width": 360, "height": 740})
    context.close()

    assert small == []
    assert too_wide == []


@pytest.mark.parametrize(
    "moment",
    ["2026-11-27T17:30:00+07:00", "2026-11-29T12:00:00+07:00", "2027-02-06T09:00:00+07:00"],
    ids=["a Friday evening", "a Sunday", "Tết"],
)
def test_what_an_office_says_while_it_is_closed_fits_in_large_text(served, site, browser, moment):
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="vi-VN")
    page = context.new_page()
    too_wide = []
    with time_machine.travel(moment, tick=True):
        for name in ("lookup-answer", "office", "home"):
            page.goto(served + site.paths[name])
            page.evaluate("document.documentElement.style.fontSize = '200%'")
            if page.evaluate("document.documentElement.scrollWidth") > 360:
                too_wide.append(name)
        page.goto(served + site.paths["lookup-answer"])
        said = page.locator("main").inner_text()
    context.close()

    assert "mở lại lúc" in said
    assert too_wide == []


def _small_targets(page) -> list[str]:
    return page.evaluate(
        """() => [...document.querySelectorAll("button, select, textarea, summary, input, nav a, .links a, .button")]
            .filter((one) => !["hidden", "checkbox", "radio"].includes(one.type) && one.offsetParent)
            .map((one) => [one, one.getBoundingClientRect()])
            .filter(([, box]) => box.width && box.height < 44)
            .map(([one, box]) => `${one.outerHTML.slice(0, 90)} is ${box.height} high`)"""
    )
