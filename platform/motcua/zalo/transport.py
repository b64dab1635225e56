"""One HTTP exchange with Zalo, and the difference between "surely not sent" and "nobody knows"."""

from dataclasses import dataclass
from typing import Any

import aiohttp

from .errors import ZaloError, ZaloUnavailable, ZaloUncertain

LONGEST_ANSWER = 8 * 1024 * 1024
LONGEST_CONNECT_S = 5.0


@dataclass(frozen=True)
class RawAnswer:
    """Whatever came back below HTTP 500."""

    status: int
    body: bytes
    rate_limit: str | None
    rate_remain: str | None


async def exchange(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    timeout_s: float,
    repeatable: bool,
    broken_gateway: type[ZaloError] | None = None,
    **request: Any,
) -> RawAnswer:
    """Ask once, follow no redirect.

    Raises ZaloUnavailable when the request never left. When it left and the answer was lost (time-out,
    connection broken, HTTP 5xx): ZaloUnavailable if the call is `repeatable`, else ZaloUncertain;
    `broken_gateway` overrides that for HTTP 5xx alone. `timeout_s` is for the whole answer.
    """
    lost = ZaloUnavailable if repeatable else ZaloUncertain
    connect_s = min(timeout_s, LONGEST_CONNECT_S)
    # The total leaves room for the slowest connect, so a time-out of the total means: the request left.
    timeout = aiohttp.ClientTimeout(total=connect_s + timeout_s, connect=connect_s, sock_read=timeout_s)
    try:
        async with session.request(
            method, url, timeout=timeout, allow_redirects=False, **request
        ) as response:
            if response.status >= 500:
                raise (broken_gateway or lost)(details={"http_status": response.status})
            limit, remain = (response.headers.get(f"X-RateLimit-{what}") for what in ("Limit", "Remain"))
            return RawAnswer(response.status, await _read(response), limit, remain)
    # `from None`: the connection library's errors show the address, and a query may hold a phone number.
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
        raise ZaloUnavailable(details={"cause": type(error).__name__}) from None
    except (aiohttp.ClientError, TimeoutError) as error:
        raise lost(details={"cause": type(error).__name__}) from None


async def _read(response: aiohttp.ClientResponse) -> bytes:
    parts, size = [], 0
    async for part in response.content.iter_any():
        parts.append(part)
        size += len(part)
        if size > LONGEST_ANSWER:
            raise aiohttp.ClientPayloadError("answer too long")
    return b"".join(parts)
