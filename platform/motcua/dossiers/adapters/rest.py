"""A province's JSON API, asked over HTTP.

GET {url}/changes?cursor=…&limit=…   {"items": [payload, …], "cursor": "…", "has_more": true}
GET {url}/dossiers/{code}?proof=…     payload, or 404
GET {url}/dossiers?phone_hash=…&proof=…   {"items": [payload, …]}
GET {url}/procedures?since=…          {"items": [payload, …]}
with `Authorization: Bearer <token>`.
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from motcua.core import background_loop, json_calls

from .contract import Page, Payload, SourceRefused, SourceUnavailable

TOTAL_S = 15.0
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
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        call = json_calls.Call("GET", self.url + path, query, headers=lambda: headers, total_s=TOTAL_S)
        try:
            said = background_loop.run(json_calls.ask(call))
        except json_calls.Unanswered as error:
            raise SourceUnavailable from error
        except json_calls.Refused as error:
            if error.status == 404 and none_for_404:
                return None
            raise SourceRefused from error
        if not isinstance(said, dict):
            raise SourceUnavailable
        return said


def _items(said: Any) -> list[Payload]:
    items = said.get("items") if isinstance(said, dict) else None
    if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
        raise SourceUnavailable
    return items
