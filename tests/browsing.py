"""A real Chromium: the one on the machine, or one that we fetch by the machine's own means."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

USUAL = "/usr/bin/chromium"


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """CHROMIUM, else the usual place, else installed now; a failure names the remedy."""
    given = os.environ.get("CHROMIUM")
    if given:
        assert Path(given).exists(), (
            f"CHROMIUM names {given}, which is not there. Point it at a browser, or unset it."
        )
        return given
    # Two workers of one test run reach this at the same moment, and the package manager lets in only one.
    with (Path(tempfile.gettempdir()) / f"motcua-browser-{os.geteuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not Path(USUAL).exists():
            _install()
    if Path(USUAL).exists():
        return USUAL
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def _install() -> None:
    """As root with the system's package manager; otherwise Playwright's own download."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        commands = [
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-y", "-qq", "chromium", "fonts-noto-core"],
        ]
    else:
        commands = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, (
            "No Chromium, and it could not be installed. Install it (Debian: apt-get install chromium) or set "
            f"CHROMIUM to a browser's path.\n{done.stderr[-2000:]}"
        )


@pytest.fixture
def browser(chromium_path):
    """One for all tests in a row that use it: starting it takes longer than many of them."""
    if not _open:
        playwright = sync_playwright().start()
        arguments = [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
        ]
        _open.extend([playwright, playwright.chromium.launch(executable_path=chromium_path, args=arguments)])
    return _open[1]


_open: list = []  # Playwright and its browser


def _close() -> None:
    if _open:
        playwright, running = _open
        _open.clear()
        running.close()
        playwright.stop()


def is_in_a_browser(test) -> bool:
    return "chromium_path" in test.fixturenames


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """While a browser is open, this thread cannot run an asyncio loop of its own."""
    if not is_in_a_browser(item):
        _close()


def pytest_sessionfinish():
    _close()


@pytest.fixture
def phone_sized(browser):
    """A page of a cheap phone's size that fails the test on any script error."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="vi-VN")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors


def looked_at(page, name: str) -> None:
    """Nothing runs out of the screen, and a picture is taken.

    Looks at the page that is open: after a click, wait first for what only the next page has.
    """
    page.wait_for_load_state()  # a page's words can be there before its style is
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], name
    picture(page, name)


def looked_at_both_widths(page, name: str) -> None:
    """As `looked_at`, on a phone and on an office's screen: a page that is only read need not be loaded for each."""
    size = page.viewport_size
    for width in (360, 1366):
        page.set_viewport_size({"width": width, "height": size["height"]})
        looked_at(page, name)
    page.set_viewport_size(size)


def picture(page, name: str) -> None:
    """Kept where SHOTS names a folder, for eyes."""
    if folder := os.environ.get("SHOTS"):
        width = page.viewport_size["width"]
        page.screenshot(path=str(Path(folder) / f"{name}-{width}.png"), full_page=True)
