"""Every page of the console: what the menu opens, and from each list the first page of every kind it leads to."""

import re
from urllib.parse import urlsplit

NUMBERS = re.compile(r"(?<=/)[^/]*\d[^/]*(?=/|$)")
EVENTS = re.compile(r"(?<=^/console/messages/)[a-z_]+$")  # a hundred texts, one form
LINKS = """() => [...document.querySelectorAll("a[href]")]
    .filter((one) => one.host === location.host && !one.hasAttribute("download"))
    .map((one) => one.pathname + one.search)"""
NOT_PAGES = (
    "/export",
    ".xlsx",
    ".csv",
    ".pdf",
    "/forms/",
    "/photos/",
    "/receipt",
    "/sheet",
    "/template",
    "/connect",
)


def kind_of(path: str) -> str:
    """Pages that differ in nothing but whose they are, or in which text they change, count once."""
    return EVENTS.sub("#", NUMBERS.sub("#", urlsplit(path).path))


def is_page(path: str) -> bool:
    return path.startswith("/console/") and not any(part in path for part in NOT_PAGES)


def walk(page, start: str, look) -> list[str]:
    """Open each kind of page once, breadth first, and let `look(path)` judge it. Returns the paths opened."""
    base = "{0.scheme}://{0.netloc}".format(urlsplit(start))
    waiting, known, opened = [urlsplit(start).path], set(), []
    while waiting:
        path = waiting.pop(0)
        if kind_of(path) in known:
            continue
        known.add(kind_of(path))
        answer = page.goto(base + path)
        if not (answer.headers.get("content-type") or "").startswith("text/html"):
            continue
        opened.append(path)
        look(path, answer)
        waiting += [link for link in page.evaluate(LINKS) if is_page(link)]
    return opened
