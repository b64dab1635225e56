"""A province's JSON API, asked over HTTP.

GET {url}/changes?cursor=…&limit=…   {"items": [payload, …], "cursor": "…", "has_more": true}
GET {url}/dossiers/{code}?proof=…     payload, or 404
GET {url}/dossiers?phone_hash=…&proof=…   {"items": [payload, …]}
GET {url}/procedures?since=…          {"items": [payload, …]}
with `Authorization: Bearer <token>`.
"""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import aiohttp

from motcua.core import background_loop

from .contract import Page, Payload, SourceRefused, SourceUnavailable

CONNECT_S, TOTAL_S = 3.0, 15.0
TRIES, FIRST_PAUSE_S = 3, 0.3  # only reading is asked for: asking again does no harm
MOST_BYTES = 32 * 1024 * 1024
PAGE = 500


@dataclass
class RestAdapter:
    """`url` without a trailing slash."""

    url: str
    token: str | None = field(default=None, repr=False)

    def changes_since(self, cursor: str | None) -> Page:
        said = self._ask("/changes", {"limit": str(PAGE)} | ({"cursor": cursor} if cursor else {}))
        items = _items(said)
        onward = said.get("cursor")
        if onward is not None and not isinstance(onward, str):
            raise SourceUnavailable
        return Page(items, onward if onward is not None else cursor, said.get("has_more") is True)

    def get_dossier(self, code: str, proof: str | None = None) -> Payload | None:
        return self._ask(
            f"/dossiers/{quote(code, safe='')}", {"proof": proof} if proof else {}, none_for_404=True
        )

    def search_by_phone(self, phone_hash: str, proof: str | None = None) -> list[Payload]:
        return _items(
            self._ask("/dossiers", {"phone_hash": phone_hash} | ({"proof": proof} if proof else {}))
        )

    def list_procedures(self, since: str | None = None) -> list[Payload]:
        return _items(self._ask("/procedures", {"since": since} if since else {}))

    def _ask(self, path: str, query: dict[str, str], *, none_for_404: bool = False) -> Any:
        said = background_loop.run(self._ask_with_patience(self.url + path, query, none_for_404))
        if said is not None and not isinstance(said, dict):
            raise SourceUnavailable
        return said

    async def _ask_with_patience(self, url: str, query: dict[str, str], none_for_404: bool) -> Any:
        timeout = aiohttp.ClientTimeout(total=TOTAL_S, connect=CONNECT_S)
        headers = {"Accept": "application/json"} | (
            {"Authorization": f"Bearer {self.token}"} if self.token else {}
        )
        async with aiohttp.ClientSession(timeout=timeout, headers=headers, trust_env=False) as session:
            for tried in range(1, TRIES + 1):
                try:
                    return await _once(session, url, query, none_for_404)
                except SourceUnavailable:
                    if tried == TRIES:
                        raise
                    await asyncio.sleep(FIRST_PAUSE_S * 2 ** (tried - 1))
        raise AssertionError("unreachable")


async def _once(session: aiohttp.ClientSession, url: str, query: dict[str, str], none_for_404: bool) -> Any:
    try:
        async with session.get(url, params=query, allow_redirects=False) as answer:
            if answer.status == 404 and none_for_404:
                return None
            if answer.status >= 500 or answer.status == 429:
                raise SourceUnavailable
            if answer.status != 200:
                raise SourceRefused
            body = await answer.content.read(MOST_BYTES + 1)
            while len(body) <= MOST_BYTES and (more := await answer.content.read(MOST_BYTES)):
                body += more
    except aiohttp.InvalidURL as error:
        raise SourceRefused from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise SourceUnavailable from error
    if len(body) > MOST_BYTES:
        raise SourceUnavailable
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise SourceUnavailable from error


def _items(said: Any) -> list[Payload]:
    items = said.get("items") if isinstance(said, dict) else None
    if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
        raise SourceUnavailable
    return items
