"""Where each tenant stands: whose turns to take, how far looks got, and what becomes of each after its turn."""

import asyncio
import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime

import structlog
from redis.exceptions import RedisError

from motcua.core import fair_ring
from motcua.core.fair_ring import Settled, Turn
from motcua.messaging.pace.turns import Turns

from .looking import Seen

MOST_TENANTS = 64
LEAST_QUANTUM = 16
LOOK_AGAIN_S = 1.0  # from the first queued message on: what was written late, or came back
WIDEST_LOOK = 2000
STUCK_LOOKS, STUCK_AWAY_S = 5, 0.25
BROKEN_AWAY_S = 60.0

log = structlog.get_logger(__name__)


class Places:
    """`weight(tenant)` is how large a share of the ring the tenant has."""

    def __init__(self, turns: Turns, weight: Callable[[str], float]):
        self._turns, self._weight = turns, weight
        self._weighed: dict[tuple[str, str], float] = {}
        self._passed: dict[tuple[str, str], tuple[float, tuple[datetime, int]]] = {}
        self._widened: dict[tuple[str, str], int] = {}
        self._stuck: Counter[tuple[str, str]] = Counter()
        self._few = 1  # tenants in the ring, where they were fewer than asked for
        self._a_turn = float(LEAST_QUANTUM)  # how many messages a tenant's turn found lately

    def next(self, want: int) -> list[Turn]:
        """The turns in which about `want` messages should be found; empty when it is nobody's. Waits for Redis."""
        count = max(1, min(MOST_TENANTS, 2 * self._few, round(want / self._a_turn)))
        quantum = max(LEAST_QUANTUM, min(want, math.ceil(2 * want / count)))
        turns = self._turns.next(count, quantum)
        if turns:
            self._few = len(turns) if len(turns) < count else MOST_TENANTS
        return turns

    def reach(self, turn: Turn) -> tuple[int, tuple[datetime, int] | None]:
        """How many messages to look at in this turn, and behind which."""
        key = turn.tenant_id, turn.lane
        passed_s, passed = self._passed.get(key, (0.0, None))
        after = passed if time.monotonic() - passed_s < LOOK_AGAIN_S else None
        return self._widened.get(key, turn.quantum), after

    def after(self, seen: Seen, busy: bool) -> Settled:
        """Where the tenant stands after its turn: it leaves the ring only when a look from the first queued
        message on found less than it asked for, and took it all."""
        decision, look, turn = seen.decision, seen.look, seen.decision.turn
        key, found = (turn.tenant_id, turn.lane), len(look.found)
        if look.is_broken:
            self._passed.pop(key, None)
            return Settled(turn, 0, away_s=BROKEN_AWAY_S)
        took = len(decision.claimed)
        self._a_turn += (max(min(found, turn.quantum), 1) - self._a_turn) / 4
        if seen.is_held:
            return Settled(turn, 0, leaves=True)
        is_short = found < look.batch
        if decision.left:
            self._passed.pop(key, None)
            return self._behind(key, seen, busy)
        self._widened.pop(key, None)
        self._stuck.pop(key, None)
        if is_short and look.after is None:
            self._passed.pop(key, None)
            return Settled(turn, took, leaves=True)
        if is_short:
            self._passed.pop(key, None)
        else:
            last = look.found[-1]
            since = time.monotonic() if look.after is None else self._passed[key][0]
            self._passed[key] = since, (last.next_attempt_at, last.id)
        return Settled(turn, took)

    def _behind(self, key: tuple[str, str], seen: Seen, busy: bool) -> Settled:
        """Some had to stay: behind a limit, or behind earlier messages to the same people."""
        decision, look = seen.decision, seen.look
        took = len(decision.claimed)
        if decision.away_s is not None:
            return Settled(decision.turn, took, away_s=decision.away_s)
        if not took and len(look.found) == look.batch:
            self._widened[key] = min(look.batch * 4, WIDEST_LOOK)
        if took or busy or decision.token_wanted or decision.spent:
            self._stuck.pop(key, None)
            return Settled(decision.turn, took)
        self._stuck[key] += 1
        patient = self._stuck[key] > STUCK_LOOKS
        return Settled(decision.turn, took, away_s=STUCK_AWAY_S if patient else None)

    async def settle(self, done: list[Settled]) -> None:
        try:
            await asyncio.to_thread(self._weigh_and_settle, done)
        except RedisError as error:  # what is claimed goes out all the same; the sweep fills the ring again
            log.warning("ring_unreachable", error=type(error).__name__)

    def _weigh_and_settle(self, done: list[Settled]) -> None:
        changed: dict[str, dict[str, float]] = defaultdict(dict)
        for one in done:
            key = one.turn.tenant_id, one.turn.lane
            weight = self._weight(one.turn.tenant_id)
            if weight != self._weighed.get(key, 1.0):
                self._weighed[key] = changed[one.turn.lane][one.turn.tenant_id] = weight
        self._turns.settle(done)
        for lane, weights in changed.items():
            fair_ring.weigh(lane, weights)
