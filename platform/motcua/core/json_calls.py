"""Asking another system's JSON API, with patience for reading and none for nonsense."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

TRIES, FIRST_PAUSE_S = 3, 0.3  # only what may be asked again is asked here
MOST_BYTES = 32 * 1024 * 1024


class Unanswered(Exception):
    """No answer, or none that can be read: worth another try later."""


class Refused(Exception):
    """The other side answered and said no; `status` is its HTTP status, 0 where the address is none."""

    def __init__(self, status: int):
        super().__init__(str(status))
        self.status = status


@dataclass(frozen=True)
class Call:
    """One question. `headers` is called for each try: a signature holds the moment it was made."""

    method: str
    url: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    headers: Callable[[], Mapping[str, str]] = dict
    connect_s: float = 3.0
    total_s: float = 15.0  # each try


async def ask(call: Call) -> Any:
    """What the JSON of a 200 says. Raises Unanswered after the last try, Refused at once."""
    timeout = aiohttp.ClientTimeout(total=call.total_s, connect=call.connect_s)
    async with aiohttp.ClientSession(timeout=timeout, trust_env=False) as session:
        for tried in range(1, TRIES + 1):
            try:
                return await _once(session, call)
            except Unanswered:
                if tried == TRIES:
                    raise
                await asyncio.sleep(FIRST_PAUSE_S * 2 ** (tried - 1))
    raise AssertionError("unreachable")


async def _once(session: aiohttp.ClientSession, call: Call) -> Any:
    headers = {"Accept": "application/json", **call.headers()}
    try:
        async with session.request(
            call.method, call.url, params=call.query, data=call.body, headers=headers, allow_redirects=False
        ) as answer:
            if answer.status >= 500 or answer.status == 429:
                raise Unanswered
            if answer.status != 200:
                raise Refused(answer.status)
            body = await answer.content.read(MOST_BYTES + 1)
            while len(body) <= MOST_BYTES and (more := await answer.content.read(MOST_BYTES)):
                body += more
    except aiohttp.InvalidURL as error:
        raise Refused(0) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Unanswered from error
    if len(body) > MOST_BYTES:
        raise Unanswered
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unanswered from error
