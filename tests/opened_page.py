"""What holds of every page that any test opens, read with the standard library's parser alone."""

import base64
import hashlib
import re
from collections import Counter
from html.parser import HTMLParser
from urllib.parse import urlsplit

NONCE = re.compile(r"'nonce-([^']+)'")
DIGEST = re.compile(r"'sha256-([^']+)'")
VIETNAMESE = re.compile(r"[^\W\d_a-zA-Z]")  # a letter that English has not
EVENT = re.compile(r"on[a-z]+")


class Page(HTMLParser):
    """The few facts that are checked."""

    def __init__(self, text: str):
        super().__init__(convert_charrefs=True)
        self.is_whole = text.lstrip()[:9].lower() == "<!doctype"
        self.lang = ""
        self.title = ""
        self.ids: Counter[str] = Counter()
        self.actions: list[str] = []
        self.inline: list[tuple[str, str | None, str]] = []  # tag, nonce, content
        self.scripts: list[tuple[str, str | None]] = []  # src, nonce
        self.attributes: set[str] = set()  # forbidden ones
        self._inside: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.attributes |= {name for name in given if name == "style" or EVENT.fullmatch(name)}
        if "id" in given:
            self.ids[given["id"] or ""] += 1
        if tag == "html":
            self.lang = given.get("lang") or ""
        elif tag == "form":
            self.actions.append(given.get("action") or "")
        elif tag in ("button", "input") and given.get("formaction"):
            self.actions.append(given["formaction"])
        elif tag == "script" and "src" in given:
            self.scripts.append((given["src"] or "", given.get("nonce")))
        elif tag == "style" or (tag == "script" and given.get("type") != "application/json"):
            self.inline.append((tag, given.get("nonce"), ""))
        if tag in ("script", "style", "title"):
            self._inside.append(tag)

    def handle_endtag(self, tag):
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data):
        if self._inside == ["title"]:
            self.title += data
        elif self._inside and self._inside[-1] in ("script", "style") and self.inline:
            tag, nonce, content = self.inline[-1]
            if tag == self._inside[-1]:
                self.inline[-1] = (tag, nonce, content + data)


class Spoken(HTMLParser):
    """The words of a page, each with the language it is said to be in."""

    READ_OUT = ("aria-label", "placeholder", "title", "alt")
    EMPTY = ("area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "use", "wbr")

    def __init__(self, text: str):
        super().__init__(convert_charrefs=True)
        self.words: list[tuple[str, str]] = []  # language, words
        self._open: list[tuple[str, str]] = []  # tag, language inside it
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        language = given.get("lang") or (self._open[-1][1] if self._open else "")
        self.words += [(language, given[name]) for name in self.READ_OUT if given.get(name)]
        if tag not in self.EMPTY:
            self._open.append((tag, language))

    def handle_endtag(self, tag):
        while self._open:
            if self._open.pop()[0] == tag:
                return

    def handle_data(self, data):
        tag, language = self._open[-1] if self._open else ("", "")
        if tag == "title":
            data = data.partition(" · ")[
                0
            ]  # whose page it is stands behind, and a title cannot mark a language
        if tag not in ("script", "style") and data.strip():
            self.words.append((language, " ".join(data.split())))


def left_in_vietnamese(text: str) -> list[str]:
    """What a page in English says in Vietnamese without saying so."""
    return [words for language, words in Spoken(text).words if language != "vi" and VIETNAMESE.search(words)]


def faults(text: str, policy: str, host: str) -> list[str]:
    """What is wrong with a page of `host` that came with this Content-Security-Policy; sentences."""
    page = Page(text)
    found = [f"id “{name}” stands {times} times" for name, times in page.ids.items() if times > 1]
    if page.is_whole and not page.title.strip():
        found.append("no title")
    if page.is_whole and not page.lang:
        found.append("no lang")
    found += [f"a forbidden attribute: {name}" for name in sorted(page.attributes)]
    nonces, digests = set(NONCE.findall(policy)), set(DIGEST.findall(policy))
    for tag, nonce, content in page.inline:
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        if nonce not in nonces and digest not in digests:
            found.append(f"an inline {tag} that the policy refuses")
    for src, nonce in page.scripts:
        if nonce not in nonces or not _is_here(src, host):
            found.append(f"a script that the policy refuses: {src}")
    found += [f"a form that leads elsewhere: {one}" for one in page.actions if not _is_here(one, host)]
    return found


def _is_here(address: str, host: str) -> bool:
    parts = urlsplit(address)
    return parts.netloc in ("", host) and parts.scheme in ("", "http", "https")


def check(response) -> None:
    """Fails the test that opened a faulty page."""
    if response.mimetype != "text/html" or response.direct_passthrough or response.content_encoding:
        return
    request, policy = response.request, response.headers.get("Content-Security-Policy", "")
    if policy.startswith("sandbox"):  # what somebody else wrote, let to do nothing
        return
    found = faults(response.get_data(as_text=True), policy, request.host)
    assert not found, f"{request.method} {request.path}: {'; '.join(found)}"
