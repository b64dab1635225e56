import asyncio
import time
from datetime import UTC, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))
"""Zalo never states a zone; windows, nights and daily quotas are taken in Vietnamese time."""


class VirtualClock:
    """The one clock every rule looks at; it can jump, run faster or stand still.

    Times are epoch milliseconds. It starts at the real time with scale 1.0.
    """

    def __init__(self):
        self._origin_ms = time.time() * 1000
        self._started = time.monotonic()
        self.scale = 1.0
        self._changed: set[asyncio.Future] = set()

    def now_ms(self) -> int:
        return int(self._origin_ms + (time.monotonic() - self._started) * 1000 * self.scale)

    def local_now(self) -> datetime:
        return datetime.fromtimestamp(self.now_ms() / 1000, UTC).astimezone(VIETNAM)

    def advance(self, seconds: float) -> None:
        self.set(self.now_ms() + seconds * 1000)

    def set(self, now_ms: float) -> None:
        self._origin_ms, self._started = float(now_ms), time.monotonic()
        self._wake()

    def run_at(self, scale: float) -> None:
        """Virtual seconds per real second; 0 freezes the clock."""
        self.set(self.now_ms())
        self.scale = scale
        self._wake()

    async def sleep(self, seconds: float) -> None:
        """Return once `seconds` virtual seconds have passed, at once when somebody jumps past them."""
        until_ms = self.now_ms() + seconds * 1000
        while (left_ms := until_ms - self.now_ms()) > 0:
            change = asyncio.get_running_loop().create_future()
            self._changed.add(change)
            real_s = left_ms / 1000 / self.scale if self.scale else None
            try:
                async with asyncio.timeout(real_s):
                    await change
            except TimeoutError:
                continue
            finally:
                self._changed.discard(change)

    def _wake(self) -> None:
        for change in self._changed:
            if not change.done():
                change.set_result(None)


def local_day(at_ms: int) -> str:
    """The Vietnamese calendar day of a moment, e.g. "2026-11-24"."""
    return datetime.fromtimestamp(at_ms / 1000, VIETNAM).strftime("%Y-%m-%d")


def local_date(at_ms: int) -> str:
    """The Vietnamese calendar day as Zalo writes it in quotas, e.g. "24/11/2026"."""
    return datetime.fromtimestamp(at_ms / 1000, VIETNAM).strftime("%d/%m/%Y")


def wall_ms() -> int:
    """Real time, for measuring; never for Zalo's rules."""
    return int(time.time() * 1000)
