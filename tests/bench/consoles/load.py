"""Signed-in people at their consoles, from a process of its own: each opens a page, reads it, opens the next.

`python -m tests.bench.consoles.load` reads one JSON object from stdin: `port`, `seconds`, `think_s` (least and
most between two pages), `sessions` of `host`, `cookie`, `role`, `seed`, and the province's `procedure`, `names`
and `codes` to look for. It prints `{page: {"ms": [...], "failed": [words, ...]}}`.

A page is timed from the request to its last byte, as far as a browser on a fast line sees the server; its style
sheets are in every browser's cache and are not asked for. What follows a form is a page of its own.
"""

import asyncio
import gzip
import json
import random
import re
import sys
import time
import uuid
from collections import defaultdict
from http.cookies import SimpleCookie

import aiohttp
import uvloop

from tests.bench.consoles.walks import ACT, DOSSIER, FIND, LIST, PERIODS, TABS, TAKE_IN, WALKS, WORDS

CODES = re.compile(r'href="/console/dossiers/([^"/?]*\d[^"/?]*)"')
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
SEEN = re.compile(r'name="act" value="move">\s*<input type="hidden" name="seen" value="([^"]+)"')
TIMEOUT = aiohttp.ClientTimeout(total=60)


class Measured:
    """Milliseconds and failures by page."""

    def __init__(self):
        self.pages: dict[str, dict[str, list]] = defaultdict(lambda: {"ms": [], "failed": []})

    def took(self, page: str, began: float) -> None:
        self.pages[page]["ms"].append(round((time.perf_counter() - began) * 1000, 1))

    def failed(self, page: str, why: str) -> None:
        self.pages[page]["failed"].append(why)


class Person:
    """One browser. It keeps what the server sets, and remembers the dossiers of the last list it saw."""

    def __init__(self, given: dict, port: int, http: aiohttp.ClientSession, measured: Measured):
        self.given, self.http, self.measured = given, http, measured
        self.base = f"http://127.0.0.1:{port}"
        self.cookies = {"motcua": given["cookie"]}
        self.chance = random.Random(given["seed"])  # the same people every time
        self.codes: list[str] = list(given["codes"])
        self.walk = WALKS[given["role"]]

    async def work(self, until: float, think_s: tuple[float, float]) -> None:
        await asyncio.sleep(self.chance.uniform(0, think_s[1]))
        while time.monotonic() < until:
            page = self.chance.choices(self.walk, [one.often for one in self.walk])[0]
            await self._open(page)
            await asyncio.sleep(self.chance.uniform(*think_s))

    async def _open(self, page) -> None:
        if page.path:
            text = await self._ask(page.name, "GET", page.path.format(**self._words()))
            if page.name == LIST:
                self.codes = CODES.findall(text) or self.codes
        elif page.name == DOSSIER:
            await self._dossier()
        elif page.name == FIND:
            await self._find()
        elif page.name == ACT:
            await self._act()
        elif page.name == TAKE_IN:
            await self._take_in()

    def _words(self) -> dict[str, str]:
        return {
            "tab": self.chance.choice(TABS),
            "word": self.chance.choice(WORDS),
            "period": self.chance.choice(PERIODS),
            "procedure": self.given["procedure"],
        }

    async def _dossier(self) -> str:
        return await self._ask(DOSSIER, "GET", f"/console/dossiers/{self.chance.choice(self.codes)}")

    async def _find(self) -> None:
        token = TOKEN.search(await self._ask(LIST, "GET", "/console/dossiers/"))
        sought = self.chance.choice(self.given["names"])
        if self.chance.random() < 0.5:
            sought = self.chance.choice(self.given["codes"])[-4:]
        if token:
            await self._send(FIND, "/console/dossiers/find", {"csrf_token": token[1], "q": sought})

    async def _act(self) -> None:
        """A dossier goes to a colleague, if it stands where that can be."""
        code = self.chance.choice(self.codes)
        text = await self._ask(DOSSIER, "GET", f"/console/dossiers/{code}")
        token, seen = TOKEN.search(text), SEEN.search(text)
        if token and seen:
            form = {"csrf_token": token[1], "act": "move", "seen": seen[1], "to_agency": self.given["agency"]}
            form |= {"officer": "Trần Thị Minh Tâm", "step": "Thẩm định"}
            await self._send(ACT, f"/console/dossiers/{code}/act", form)

    async def _take_in(self) -> None:
        procedure = self.given["procedure"]
        text = await self._ask("take-in form", "GET", f"/console/dossiers/new?procedure={procedure}")
        if token := TOKEN.search(text):
            form = {
                "csrf_token": token[1], "procedure": procedure, "submission": str(uuid.uuid4()),
                "channel": "counter", "agency": self.given["agency"], "decision": "accept",
                "owner_name": self.chance.choice(self.given["names"]),
                "code": "",
                "paper-0-originals": "1", "paper-0-copies": "0",
            }  # fmt: skip
            await self._send(TAKE_IN, "/console/dossiers/new", form)

    async def _send(self, page: str, path: str, form: dict[str, str]) -> None:
        """A form, and the page it leads to."""
        text = await self._ask(page, "POST", path, form)
        if text.startswith("/console/"):
            await self._ask(f"after: {page}", "GET", text)

    async def _ask(self, page: str, method: str, path: str, form: dict[str, str] | None = None) -> str:
        """The answer's text, or where it leads; "" for one that failed."""
        headers = {"Host": self.given["host"], "Accept-Encoding": "gzip", "Accept": "text/html"}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        began = time.perf_counter()
        try:
            async with self.http.request(
                method, self.base + path, data=form, headers=headers, allow_redirects=False
            ) as answer:
                body = await answer.read()
        except (TimeoutError, aiohttp.ClientError) as error:
            self.measured.failed(page, type(error).__name__)
            return ""
        self.measured.took(page, began)
        for header in answer.headers.getall("Set-Cookie", ()):
            self.cookies |= {name: one.value for name, one in SimpleCookie(header).items()}
        target = answer.headers.get("Location", "")
        if answer.status >= 400 or "/login" in target:
            self.measured.failed(page, f"{answer.status} {path}")
            return ""
        if target:
            return target
        return (gzip.decompress(body) if answer.headers.get("Content-Encoding") == "gzip" else body).decode()


async def load(given: dict) -> dict:
    measured = Measured()
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(
        connector=connector, timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
    ) as http:
        people = [Person(one, given["port"], http, measured) for one in given["sessions"]]
        until = time.monotonic() + given["seconds"]
        await asyncio.gather(*(one.work(until, tuple(given["think_s"])) for one in people))
    return measured.pages


if __name__ == "__main__":
    sys.stdout.write(json.dumps(uvloop.run(load(json.load(sys.stdin)))))
