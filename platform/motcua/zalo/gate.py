"""What stands between the client and Zalo for one app and OA: a rate limit, a circuit breaker, a counter.

The client only asks and tells; what the gate knows, and where it keeps it, is the caller's affair.
"""

import asyncio
import time
from dataclasses import dataclass
from typing import Protocol

import structlog

from .errors import ZaloError, ZaloUnavailable

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What became of one admitted request; it holds nothing of the citizen and no token.

    `endpoint` is host and path ("openapi/v3.0/oa/message/cs"). `failure` is None when Zalo accepted, else
    the `code` of the family raised ("zalo_unavailable", "zalo_uncertain", "zalo_rate_limited" ...), or
    "cancelled", or "crashed" for a bug of ours. `zalo_code` is 0 for accepted and None where no readable
    answer came, so `answered` tells an ill Zalo from one that says no. `http_status` is None without an
    HTTP answer; `rate_limit` and `rate_remain` are Zalo's requests a minute, None where it did not say.
    `took_s` is the time since the gate admitted.
    """

    endpoint: str
    failure: str | None
    http_status: int | None
    zalo_code: int | None
    rate_limit: int | None
    rate_remain: int | None
    took_s: float

    @property
    def answered(self) -> bool:
        return self.zalo_code is not None


class Gate(Protocol):
    """Given to the client with `ZaloClient(..., gate=...)` or, per OA, with `client.gated(gate)`.

    One gate serves many requests at once. For every `admit` that returned there is exactly one `observe`,
    also when the caller was cancelled.
    """

    async def admit(self, endpoint: str) -> None:
        """Called before a request leaves; may wait. To turn it away raise ZaloUnavailable or RateLimited
        with `retry_at`. Any other exception reaches the caller as ZaloUnavailable: nothing has left.
        """

    async def observe(self, outcome: Outcome) -> None:
        """Called after. What it raises is logged and dropped: the answer is there already."""


class Passage:
    """One request on its way through the gate; `gate` may be None. Use as an async context manager.

    The body sets `http_status`, `rate_limit` and `rate_remain` as it learns them.
    """

    def __init__(self, gate: Gate | None, endpoint: str):
        self._gate, self._endpoint = gate, endpoint
        self._started = 0.0
        self.http_status: int | None = None
        self.rate_limit: int | None = None
        self.rate_remain: int | None = None

    async def __aenter__(self) -> "Passage":
        if self._gate is not None:
            try:
                await self._gate.admit(self._endpoint)
            except ZaloError:
                raise
            except Exception as error:
                raise ZaloUnavailable(details={"cause": f"gate: {type(error).__name__}"}) from error
        self._started = time.monotonic()
        return self

    async def __aexit__(self, _kind, error: BaseException | None, _trace) -> None:
        if self._gate is None:
            return
        try:
            await self._gate.observe(self._outcome(error))
        except Exception as broken:
            log.warning("gate_observe_failed", endpoint=self._endpoint, error=type(broken).__name__)

    def _outcome(self, error: BaseException | None) -> Outcome:
        zalo_code, http_status = (0 if error is None else None), self.http_status
        if isinstance(error, ZaloError):
            zalo_code = error.zalo_code
            http_status = http_status or error.details.get("http_status")
        return Outcome(
            endpoint=self._endpoint,
            failure=_failure(error),
            http_status=http_status,
            zalo_code=zalo_code,
            rate_limit=self.rate_limit,
            rate_remain=self.rate_remain,
            took_s=time.monotonic() - self._started,
        )


def _failure(error: BaseException | None) -> str | None:
    if error is None:
        return None
    if isinstance(error, ZaloError):
        return error.code
    return "cancelled" if isinstance(error, asyncio.CancelledError) else "crashed"
