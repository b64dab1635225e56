"""The core of the client: one call to Zalo, its answer read, its refusal raised."""

import json
from copy import copy
from dataclasses import dataclass
from typing import Any, Self

import aiohttp

from .dialect import Dialect
from .errors import (
    RateLimited,
    ZaloError,
    ZaloRejected,
    ZaloTokenInvalid,
    ZaloUnavailable,
    ZaloUncertain,
    error_for,
)
from .gate import Gate, Passage
from .hosts import Hosts
from .limits import refuse
from .pipes import Pipes
from .proof import appsecret_proof
from .reading import as_int, as_text, read_json
from .transport import RawAnswer, exchange

_UPLOAD_PATIENCE = 6  # a video of 50 MB takes longer than an answer


@dataclass(frozen=True)
class Answer:
    """A success: `data` as Zalo gave it, `body` the whole object around it."""

    data: Any
    body: dict
    rate_limit: int | None
    rate_remain: int | None


class Caller:
    """Base of the client's families of endpoints.

    `timeout_s` is the longest wait for an answer once connected, six times that for uploads. With
    `app_secret` every call carries appsecret_proof. `gate` is asked before every request and told of every
    answer, Zalo's rate limit included. `dialect` settles what the sources disagree on. With `pipes` what is
    posted as JSON goes over them instead of `session`.
    """

    def __init__(
        self,
        hosts: Hosts,
        session: aiohttp.ClientSession,
        *,
        timeout_s: float = 10.0,
        app_secret: str | None = None,
        gate: Gate | None = None,
        dialect: Dialect | None = None,
        pipes: Pipes | None = None,
    ):
        self.hosts = hosts
        self.session = session
        self.timeout_s = timeout_s
        self._app_secret = app_secret
        self._gate = gate
        self.dialect = dialect or Dialect()
        self.pipes = pipes
        self._proven: dict[str, dict[str, str]] = {}

    def proving(self, app_secret: str) -> Self:
        """The same client, over the same connections, for an app that demands appsecret_proof."""
        other = copy(self)
        other._app_secret, other._proven = app_secret, {}
        return other

    def gated(self, gate: Gate | None) -> Self:
        """The same client, over the same connections, through the gate of one app and OA."""
        other = copy(self)
        other._gate = gate
        return other

    async def _call(
        self,
        host: str,
        method: str,
        path: str,
        access_token: str,
        *,
        json_body: dict | None = None,
        query: dict | None = None,
        data_query: dict | None = None,
        form: aiohttp.FormData | None = None,
        headers: dict[str, str] | None = None,
        repeatable: bool = False,
    ) -> Answer:
        """Ask `host` ("openapi", "business", "graph"); `data_query` travels as one parameter `data` of JSON.

        `repeatable` says that asking twice does no harm: then a lost answer is ZaloUnavailable, else
        ZaloUncertain. Raises the family of Zalo's code when Zalo says no, which it does with HTTP 200.
        """
        headers = self._headers(access_token) | _fit_for_headers(headers or {})
        request: dict[str, Any] = {}
        if json_body is not None:
            headers["Content-Type"] = "application/json"
            request["data"] = _json(json_body)
        elif form is not None:
            request["data"] = form
        if data_query is not None:
            request["params"] = {"data": _json(data_query).decode()}
        elif query:
            request["params"] = {name: str(value) for name, value in query.items() if value is not None}
        lost = ZaloUnavailable if repeatable else ZaloUncertain
        async with Passage(self._gate, host + path) as passage:
            url = getattr(self.hosts, host) + path
            if self.pipes is not None and request.keys() == {"data"} and form is None and not repeatable:
                raw = await self.pipes.post(url, headers, request["data"], timeout_s=self.timeout_s)
                if raw.status >= 500:
                    raise lost(details={"http_status": raw.status})
            else:
                raw = await exchange(
                    self.session,
                    method,
                    url,
                    timeout_s=self.timeout_s * (1 if form is None else _UPLOAD_PATIENCE),
                    repeatable=repeatable,
                    headers=headers,
                    **request,
                )
            passage.http_status = raw.status
            passage.rate_limit, passage.rate_remain = as_int(raw.rate_limit), as_int(raw.rate_remain)
            return _read(host, path, raw, lost, passage)

    def _headers(self, access_token: str) -> dict[str, str]:
        if not _is_fit(access_token):
            raise ZaloTokenInvalid(details={"cause": "not_a_token"})
        headers = self._proven.get(access_token)
        if headers is None:
            headers = {"access_token": access_token}
            if self._app_secret:
                headers["appsecret_proof"] = appsecret_proof(access_token, self._app_secret)
            self._proven = {access_token: headers}  # the last one only: a token is good for a day
        return headers


def _is_fit(value: object) -> bool:
    # A pasted token with a line break would otherwise fail as a broken header, or smuggle one in.
    return isinstance(value, str) and bool(value) and value.isascii() and value.isprintable()


def _fit_for_headers(values: dict[str, str]) -> dict[str, str]:
    for name, value in values.items():
        if not _is_fit(value):
            refuse(name, "Mã này có ký tự lạ hoặc đang trống. Xin sao chép lại mã.")
    return values


def _read(host: str, path: str, raw: RawAnswer, lost: type[ZaloError], passage: Passage) -> Answer:
    try:
        body = read_json(raw.body)
    except ValueError:
        body = None
    code = as_int(body.get("error")) if isinstance(body, dict) else None
    if code is None:
        raise _unreadable(raw.status, lost)
    if code != 0:
        raise error_for(host, code, as_text(body.get("message")) or "", host + path)
    return Answer(body.get("data"), body, passage.rate_limit, passage.rate_remain)


def _json(value: dict) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError) as error:  # `from None`: it carries the whole text it failed on
        raise ZaloRejected(details={"cause": type(error).__name__}) from None


def _unreadable(status: int, lost: type[ZaloError]) -> ZaloError:
    details = {"cause": "unreadable_answer", "http_status": status}
    if status == 429:
        return RateLimited(details=details)
    # A gateway that answers 3xx or 4xx turned the request away before Zalo's own code saw it.
    return lost(details=details) if status < 300 else ZaloUnavailable(details=details)
