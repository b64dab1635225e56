"""One drain: claiming ahead, sending over many connections, writing outcomes and telling of them, all at once.

It lives on the background loop and ends when there is nothing left, when its turns end, or when it is
stopped: then what has not left goes back untried, and what is on the wire is waited for.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import psycopg
import structlog

from motcua.core.hot_connection import HotConnection
from motcua.messaging.pace.turns import Turns
from motcua.zalo.client import ZaloClient

from . import outcomes
from .claiming import Claimer
from .outcomes import Outcome
from .senders import Senders
from .telling import Teller

LEAST_CLAIM, MOST_CLAIM = 64, 256
# Of a claim, what is left when the next begins. More would keep one process busier, but what it holds nobody else can
# send, and all of it is in doubt when it dies. A claim for several provinces takes longer.
LEFT_OF_ONE, LEFT_OF_MANY = 1 / 4, 9 / 16
WRITE_EVERY_S, WRITE_AT_ONCE = 0.05, 500
# Sent, and not written down: all in doubt when the process dies. Nothing more is claimed while so many wait.
MOST_UNWRITTEN = 512
IDLE_S = 0.01
KEEP_TRYING_S = 120.0  # to write outcomes while the database is away
TOLD_WITHIN_S = 5.0  # at the end; what is not told by then is made up for by the sweep and by time

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Means:
    """What a drain works with. `renew(tenant, account id, rejected token)`, `refuse(tenant, account id)`,
    `spent_vnd(tenant, month)` and `plan_used(tenant, month)` are called in a thread."""

    claims: HotConnection
    records: HotConnection
    client: ZaloClient
    spent_vnd: Callable[[str, date], int]
    renew: Callable[[str, int, str | None], str | None]
    refuse: Callable[[str, int], None]
    plan_used: Callable[[str, date], int]


class Drain:
    def __init__(self, means: Means, turns: Turns):
        self._means, self._turns = means, turns
        self._claimer = Claimer(means, turns)
        self._teller = Teller(self._claimer.news, self._claimer.give_back, turns)
        self._something, self._changed = asyncio.Event(), asyncio.Event()
        self._senders = Senders(self._claimer.way_of, self._is_stopping, self._put, self._changed.set)
        self._open = 0  # messages claimed and without a written outcome
        self._wanted = LEAST_CLAIM  # of the next claim
        self._left = LEFT_OF_ONE
        self._outcomes: list[Outcome] = []
        self._writing = 0  # of those that are no longer in the list
        self._stopping = False
        self._handled = 0

    def stop(self) -> None:
        """Nothing more sets out. Call it on the loop."""
        self._stopping = True
        self._something.set()
        self._changed.set()

    async def run(self) -> int:
        """How many messages were claimed."""
        writer = asyncio.create_task(self._write())
        telling = asyncio.create_task(self._teller.run())
        feeding = asyncio.create_task(self._feed())
        try:
            await asyncio.wait({feeding, writer}, return_when=asyncio.FIRST_COMPLETED)
            if writer.done():  # it only ends by an error: nothing can be recorded any more
                self.stop()
                writer.result()
            await feeding
        finally:
            for task in (writer, feeding, telling):
                task.cancel()
            await asyncio.gather(self._senders.end(), writer, feeding, telling, return_exceptions=True)
        return self._handled

    async def _feed(self) -> None:
        try:
            while not self._stopping:
                self._senders.reserve = self._wanted * self._left
                if self._has_enough():
                    await self._wait_for_room()
                    continue
                # What comes back while nobody has a turn gives somebody one, once it is told.
                was_open, was_behind = self._open > 0, self._teller.is_behind
                found = await self._claim()
                if found is None and not was_open:
                    if was_behind and await self._teller.all_told(TOLD_WITHIN_S):
                        continue
                    break
                if not found:
                    await self._a_moment()
        except Exception:  # whatever it is, what is on the wire is waited for and written down
            self.stop()  # what is queued here goes back
            await self._finish()
            raise
        await self._finish()

    async def _finish(self) -> None:
        while self._open:
            await self._a_moment()
        if not await self._teller.all_told(TOLD_WITHIN_S):
            log.warning("outcomes_not_told")
        await self._claimer.let_go()
        await self._claimer.look_after_tokens()

    async def _claim(self) -> int | None:
        """How many lines were added; None when nobody has work."""
        claim = await self._claimer.claim(self._wanted, busy=self._open > 0)
        if claim is None:
            return None
        self._left = LEFT_OF_MANY if claim.tenants > 1 else LEFT_OF_ONE
        self._open += len(claim.in_doubt)
        for outcome in claim.in_doubt:
            self._put(outcome)
        self._handled += len(claim.claimed)
        self._open += len(claim.claimed)
        lines = self._senders.add(claim.lane, claim.claimed)
        if len(claim.claimed) >= self._wanted // 2:
            self._wanted = min(MOST_CLAIM, self._wanted * 2)
        return lines

    def _has_enough(self) -> bool:
        """To send, or to write down."""
        unwritten = len(self._outcomes) + self._writing
        return self._senders.queued >= self._senders.reserve or unwritten >= MOST_UNWRITTEN

    async def _wait_for_room(self) -> None:
        queued, began = self._senders.queued, time.monotonic()
        while self._has_enough() and not self._stopping:
            await self._a_moment()
        # No more than lasts about a tenth of a second.
        rate = (queued - self._senders.queued) / max(time.monotonic() - began, 0.001)
        self._wanted = max(LEAST_CLAIM, min(MOST_CLAIM, int(rate / 10)))

    async def _a_moment(self) -> None:
        self._changed.clear()
        try:
            async with asyncio.timeout(IDLE_S):
                await self._changed.wait()
        except TimeoutError:
            pass

    def _is_stopping(self) -> bool:
        return self._stopping

    def _put(self, outcome: Outcome) -> None:
        self._outcomes.append(outcome)
        if len(self._outcomes) in (1, WRITE_AT_ONCE):
            self._something.set()

    async def _write(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            if len(self._outcomes) < WRITE_AT_ONCE and not self._stopping:
                await asyncio.sleep(WRITE_EVERY_S)
            batch, self._outcomes = self._outcomes, []
            if batch:
                self._writing = len(batch)
                await self._record(batch)
                self._writing = 0
                self._open -= len(batch)
                self._teller.add(batch)
                self._changed.set()

    async def _record(self, batch: list[Outcome]) -> None:
        """Tries for long: an outcome that is not written becomes uncertain, and was not."""
        until, pause = time.monotonic() + KEEP_TRYING_S, 0.05
        while True:
            try:
                return await outcomes.record(self._means.records, batch)
            except psycopg.Error as error:
                if time.monotonic() > until:
                    raise
                log.warning("outcomes_not_written", count=len(batch), error=type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 1.0)
