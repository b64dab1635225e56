"""A person's hand at a page: it presses what is seen, fills in what is labelled, and knows how long a person takes.

The times are the keystroke-level model of Card, Moran and Newell ("The Keystroke-Level Model for User Performance
Time with Interactive Systems", Communications of the ACM 23(7), 1980, pp. 396–410): a key 0.28 s for the average
person who is no typist, 0.50 s in codes and secrets (their "random letters"), 1.10 s to point with the mouse, 0.40 s
to move the hand between mouse and keyboard, 1.35 s to make up one's mind. A press of the mouse's button is reckoned at
0.20 s. Before every press and every field a person makes up their mind, which is more often than the model's own rules
would have it.

Reading is not in that model. Assumed here: 4 s for a page not seen before and 1 s for each field on it; 2 s for a page
that comes again; 4 s for a message on a phone. With a second phone in the hand: 15 s to scan an authenticator's code,
5 s to read six digits off it. A Vietnamese letter costs the keys of Telex: “ễ” is three. An address that is handed on
is copied and pasted: a press on it and eight keys.
"""

import os
import re
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field

from playwright.sync_api import Locator, Page

from tests.browsing import picture

KEY_S, CODE_KEY_S, POINT_S, PRESS_S, HOME_S, MIND_S = 0.28, 0.50, 1.10, 0.20, 0.40, 1.35
PAGE_S, FIELD_S, AGAIN_S, MESSAGE_S, SCAN_S, DIGITS_S = 4.0, 1.0, 2.0, 4.0, 15.0, 5.0
PASTE_KEYS = 8  # all of it, copy, the address bar, paste, Enter
AT_A_HANDS_PACE = os.environ.get("MOTCUA_HAND_PACE") == "1"
WIDTHS = (360, 1920, 1366)  # the last is what the hand works at
HEIGHT = 800
FIELDS = "main :is(input, select, textarea):not([type=hidden], [tabindex='-1'])"


@dataclass
class Step:
    """What a person did for one purpose; `person_s` by the model, `took_s` by the clock."""

    name: str
    presses: int = 0
    keys: int = 0
    fields: int = 0
    pages: int = 0
    person_s: float = 0.0
    took_s: float = 0.0


@dataclass
class Sheet:
    """The steps of a walk in their order; the hands of several people write on the same one."""

    steps: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        one, began = Step(name), time.monotonic()
        self.steps.append(one)
        yield
        one.took_s = time.monotonic() - began

    def spend(self, seconds: float) -> None:
        self.steps[-1].person_s += seconds
        if AT_A_HANDS_PACE:
            time.sleep(seconds)

    def table(self, receipt_at: int) -> str:
        """A Markdown table; what all took up to step `receipt_at`, and to the end. The clock is at this run's pace."""
        heads = ("who does what", "clicks", "fields", "keys", "pages", "a person's s", "by the clock, s")
        rows = [heads, ("---",) * len(heads), *map(_row, self.steps)]
        rows.insert(2 + receipt_at, _row(_sum("**to the receipt**", self.steps[:receipt_at])))
        rows.append(_row(_sum("**all**", self.steps)))
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(one: Step) -> tuple[str, ...]:
    counted = (one.presses, one.fields, one.keys, one.pages, round(one.person_s), round(one.took_s))
    return (one.name, *map(str, counted))


def _sum(name: str, steps: list[Step]) -> Step:
    figures = [astuple(one)[1:] for one in steps]
    return Step(name, *map(sum, zip(*figures, strict=True)))


class Hand:
    """One person at one browser."""

    def __init__(self, name: str, page: Page, sheet: Sheet):
        self.name, self.page, self.sheet = name, page, sheet
        self._is_typing = False
        self._loaded, self._pages_read, self._known = 0, 0, set()
        page.on("domcontentloaded", self._note)

    def _note(self, page: Page) -> None:
        self._loaded += 1

    def begin(self, address: str) -> None:
        """Type the address of a start page."""
        self._mind()
        self._type(len(address) + 1)
        self.page.goto(address)
        self._read()

    def paste(self, address: str) -> None:
        """Open a link that somebody has handed over."""
        self._mind()
        self._point()
        self._type(PASTE_KEYS)
        self.page.goto(address)
        self._read()

    def press(self, what: Locator, then: Locator | re.Pattern[str] | None = None) -> None:
        """Press a link, a button or a tick; wait for what comes `then`: something to see, or an address."""
        self._mind()
        self._point()
        what.click()
        if isinstance(then, re.Pattern):
            self.page.wait_for_url(then)
        elif then is not None:
            then.first.wait_for()
        self._read()

    def fill(self, label: str | Locator, words: str, is_code: bool = False) -> None:
        """Fill in a field by its label."""
        into = self._field(label)
        keys = keys_of(words)
        self._mind()
        self._point()
        self.sheet.steps[-1].fields += 1
        into.click()
        into.fill("")
        if AT_A_HANDS_PACE:
            into.press_sequentially(words)  # the page sees each letter come
        else:
            into.fill(words)
        self._type(keys, CODE_KEY_S if is_code else KEY_S)

    def choose(self, label: str | Locator, words: str) -> None:
        """Choose from a list: press it, look for the words, press them."""
        self._mind()
        self._point()
        self.sheet.steps[-1].fields += 1
        self._field(label).select_option(label=words)
        self._mind()
        self._point()

    def scan(self) -> None:
        """The authenticator on the other phone takes the code on the screen."""
        self.sheet.spend(SCAN_S)

    def read_digits(self) -> None:
        self.sheet.spend(DIGITS_S)

    def see(self, words: str | re.Pattern[str]) -> str:
        """Wait for a message on a simulated phone, read it, and give its words."""
        bubble = self.page.locator("#log").get_by_text(words).last
        bubble.wait_for()
        self.sheet.spend(MESSAGE_S)
        self._look("message")
        return bubble.inner_text()

    def _field(self, label: str | Locator) -> Locator:
        return self.page.get_by_label(label, exact=True) if isinstance(label, str) else label

    def _mind(self) -> None:
        self.sheet.spend(MIND_S)

    def _point(self) -> None:
        self.sheet.steps[-1].presses += 1
        self.sheet.spend(HOME_S * self._is_typing + POINT_S + PRESS_S)
        self._is_typing = False

    def _type(self, keys: int, seconds: float = KEY_S) -> None:
        self.sheet.steps[-1].keys += keys
        self.sheet.spend(HOME_S * (not self._is_typing) + keys * seconds)
        self._is_typing = True

    def _read(self) -> None:
        """What has come since the last look, if a page has."""
        self.page.wait_for_load_state()
        if self._loaded == self._pages_read:
            return
        self._pages_read = self._loaded
        self.sheet.steps[-1].pages += 1
        kind = re.sub(r"[?#].*", "", self.page.url)
        is_known = kind in self._known
        if is_known:
            self.sheet.spend(AGAIN_S)
        else:
            self._known.add(kind)
            self.sheet.spend(PAGE_S + FIELD_S * self.page.locator(FIELDS).filter(visible=True).count())
        if "SHOTS" in os.environ or not is_known:
            self._look(self.page.locator("h1").first.inner_text())

    def _look(self, name: str) -> None:
        """Nothing runs out of a screen of any width; where SHOTS names a folder a picture of each is kept.

        Not at a hand's pace: a person does not wait for it.
        """
        if AT_A_HANDS_PACE:
            return
        number = sum(one.pages for one in self.sheet.steps)
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            assert self.page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
            picture(self.page, f"hand-{number:02}-{self.name}-{_plain(name)}")


def keys_of(words: str) -> int:
    """Keys of Telex: each mark of a letter is one more, “đ” is two, a capital needs Shift."""
    return (
        len(unicodedata.normalize("NFD", words))
        + sum(one in "đĐ" for one in words)
        + sum(one.isupper() for one in words)
    )


def _plain(name: str) -> str:
    bare = unicodedata.normalize("NFD", name.lower().replace("đ", "d")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")[:40]
