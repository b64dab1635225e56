"""Telling everybody else, in Redis, what became of messages: beside the writing, which must not wait for it.

A lease runs out while an outcome is not written; what is told late costs nobody a message. What waits to be told is
added up, so that it grows with the tenants and not with the messages.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import structlog
from redis.exceptions import RedisError

from motcua.core.clock import now
from motcua.messaging.pace import rates, traffic
from motcua.messaging.pace.turns import Turns

from .outcomes import Outcome
from .paying import Unused

log = structlog.get_logger(__name__)


@dataclass
class Untold:
    """What became of written messages, added up."""

    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    unused: Unused = field(default_factory=Unused)
    again: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # lane -> who has work again

    def add(self, batch: Iterable[Outcome]) -> None:
        moment = now()
        for one in batch:
            self.counts[one.tenant_id, one.lane, one.state] += 1
            self.unused.add(one)
            if one.state == "queued" and (one.retry_at is None or one.retry_at <= moment):
                self.again[one.lane].add(one.tenant_id)


class Teller:
    """`news()` is asked on the loop for what happened on the ways, `give_back(unused)` is called in a thread."""

    def __init__(
        self, news: Callable[[], traffic.Gathered], give_back: Callable[[Unused], None], turns: Turns
    ):
        self._news, self._give_back, self._turns = news, give_back, turns
        self._waiting = Untold()
        self._something, self._all_told = asyncio.Event(), asyncio.Event()
        self._all_told.set()

    @property
    def is_behind(self) -> bool:
        return not self._all_told.is_set()

    def add(self, batch: Iterable[Outcome]) -> None:
        """These are written."""
        self._waiting.add(batch)
        self._all_told.clear()
        self._something.set()

    async def all_told(self, within_s: float) -> bool:
        """Waits for it."""
        try:
            async with asyncio.timeout(within_s):
                await self._all_told.wait()
        except TimeoutError:
            return False
        return True

    async def run(self) -> None:
        """One thing after the other, until it is cancelled."""
        while True:
            await self._something.wait()
            self._something.clear()
            untold, self._waiting = self._waiting, Untold()
            try:
                await asyncio.to_thread(self._tell, self._news(), untold)
            except Exception as error:  # a bug of ours: what is written and told next does not suffer for it
                log.exception("outcomes_not_told", error=type(error).__name__)
            if not self._something.is_set():
                self._all_told.set()

    def _tell(self, news: traffic.Gathered, untold: Untold) -> None:
        """What Zalo said, what was not used, how many went, and who has work again."""
        traffic.tell(news)
        self._give_back(untold.unused)
        rates.count(untold.counts)
        for lane, tenants in untold.again.items():
            try:
                self._turns.again(lane, sorted(tenants))
            except RedisError as error:
                log.warning("queue_unreachable", error=type(error).__name__)
