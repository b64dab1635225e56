"""The senders of one drain: each takes one recipient's line at a time, as many as the way to Zalo is long."""

import asyncio
import math
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable

from motcua.core.queue import LANES

from . import sending
from .claims import Claimed
from .outcomes import Outcome

LEAST, MOST = 64, 256
# What a process can work off in a second: so many requests are under way, in seconds of one of them. More would
# only wait for the processor, and would all be uncertain when the process dies.
PACE = 5_000
JUDGED_BY = 32  # lines


def suited_to(request_s: float) -> int:
    """How many requests at once, where one takes so long when it waits for nothing of ours."""
    return max(LEAST, min(MOST, math.ceil(request_s * PACE)))


class Senders:
    """`way_of(one)` gives its Way, `stopping()` says whether nothing more may set out, `put` takes the outcomes.

    `run_low` is called when fewer than `reserve` messages are queued: whoever waits for that must not look again and
    again, or what was in reserve is gone before it is seen.
    """

    def __init__(
        self,
        way_of,
        stopping: Callable[[], bool],
        put: Callable[[Outcome], None],
        run_low: Callable[[], None],
    ):
        self._way_of, self._stopping, self._put, self._run_low = way_of, stopping, put, run_low
        self.reserve = 0.0
        self._lines: dict[str, deque[list[Claimed]]] = {lane: deque() for lane in LANES}
        self.queued = 0  # messages in lines that nobody has taken
        self._idle: deque[asyncio.Future] = deque()
        self._tasks: set[asyncio.Task] = set()
        self._wanted = LEAST
        self._sent, self._quickest_s = 0, math.inf  # lines since that was last judged

    def add(self, lane: str, claimed: Iterable[Claimed]) -> int:
        """How many lines they are. Who has several messages gets them one after the other."""
        lines: dict[tuple, list[Claimed]] = defaultdict(list)
        for one in claimed:
            lines[one.tenant_id, one.recipient].append(one)
        for line in lines.values():
            if len(line) > 1:
                line.sort(key=lambda one: one.id)
            self.queued += len(line)
            self._lines[lane].append(line)
            self._wake_one()
        self._be_enough()
        return len(lines)

    async def end(self) -> None:
        """At once; whoever is sending is not waited for."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _wake_one(self) -> None:
        while self._idle:
            sender = self._idle.popleft()
            if not sender.done():
                sender.set_result(None)
                return

    def _judge(self, request_s: float) -> None:
        """The quickest request knows how far it is: the others have waited for the processor, too."""
        self._sent, self._quickest_s = self._sent + 1, min(self._quickest_s, request_s)
        if self._sent == JUDGED_BY:
            self._wanted = suited_to(self._quickest_s)
            self._sent, self._quickest_s = 0, math.inf
            self._be_enough()

    def _be_enough(self) -> None:
        for _ in range(len(self._tasks), self._wanted):
            task = asyncio.create_task(self._send())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _send(self) -> None:
        # Whoever is too many leaves after a line, never when woken for one; and at once, or all who have an answer
        # in the same round of the loop would leave together.
        while len(self._tasks) <= self._wanted:
            while (line := self._next_line()) is None:
                sender = asyncio.get_running_loop().create_future()
                self._idle.append(sender)
                await sender
            began = time.monotonic()
            if set_out := await sending.send_line(self._way_of, line, self._stopping, self._put):
                self._judge((time.monotonic() - began) / set_out)
        self._tasks.discard(asyncio.current_task())

    def _next_line(self) -> list[Claimed] | None:
        for waiting in self._lines.values():
            if waiting:
                line = waiting.popleft()
                was_enough = self.queued >= self.reserve
                self.queued -= len(line)
                if was_enough and self.queued < self.reserve:
                    self._run_low()
                return line
        return None
