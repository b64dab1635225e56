"""Looking at due messages of several tenants in one trip, and keeping what must be known to decide on them."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import structlog

from motcua.core.fair_ring import Turn
from motcua.core.hot_connection import Transaction
from motcua.messaging.channels import rules
from motcua.messaging.channels.rules import Rules
from motcua.messaging.pace.standing import KEPT_S, STANDINGS, Standing, standing_of

from . import claims
from .claims import Due
from .deciding import Decision

RULES_KEPT_S = 5.0

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Look:
    """At up to `batch` due messages behind `after`, in one turn; `is_asked` False: surely nothing leaves."""

    turn: Turn
    batch: int
    after: tuple[datetime, int] | None = None
    is_asked: bool = True
    found: list[Due] = field(default_factory=list)
    is_broken: bool = False  # what is stored of the tenant cannot be read: nobody else waits for it

    def give_up(self, error: Exception) -> None:
        """Only this tenant waits; said once."""
        if not self.is_broken:
            turn, self.is_broken = self.turn, True
            log.error("tenant_not_served", tenant=turn.tenant_id, lane=turn.lane, error=type(error).__name__)


@dataclass(slots=True)
class Seen:
    look: Look
    decision: Decision
    is_held: bool = False


class Looker:
    """`spent_vnd(tenant, month)` is called in a thread."""

    def __init__(self, spent_vnd: Callable[[str, date], int]):
        self._spent_vnd = spent_vnd
        self._standings: dict[str, tuple[float, Standing]] = {}
        self._weights: dict[str, float] = {}
        self._rules: dict[str, tuple[float, Rules]] = {}
        self._stale: dict[str, bytes | None] = {}  # tenants whose rules must be read, and their version

    def standing(self, tenant_id: str) -> Standing:
        """As of the last look."""
        return self._standings[tenant_id][1]

    def rules(self, tenant_id: str) -> Rules:
        """As of the last look."""
        return self._rules[tenant_id][1]

    def weight(self, tenant_id: str) -> float:
        return self._weights.get(tenant_id, 1.0)

    def forget_standing(self, tenant_id: str) -> None:
        """Something of it has changed: the next look reads it anew."""
        self._standings.pop(tenant_id, None)

    def ask_for_new_rules(self, turns: Sequence[Turn]) -> None:
        """Which tenants' rules must be read in the next claim, asked of Redis for all of them in one trip."""
        moment = time.monotonic()
        asked = [
            turn.tenant_id
            for turn in turns
            if turn.tenant_id not in self._rules or moment - self._rules[turn.tenant_id][0] > RULES_KEPT_S
        ]
        if asked:
            fresh, stale = rules.held(asked)
            self._rules |= {one: (moment, found) for one, found in fresh.items()}
            self._stale |= stale

    def plan(self, turn: Turn, batch: int, after: tuple[datetime, int] | None) -> Look:
        """Nothing is asked of a tenant that is known to be held."""
        known = self._fresh_standing(turn.tenant_id)
        if known is not None and known.is_held:
            return Look(turn, turn.quantum, is_asked=False)
        return Look(turn, batch, after)

    async def look(self, transaction: Transaction, looks: Sequence[Look]) -> None:
        """All of one lane, sorted by tenant; then what must be known to decide on what they found is known, too,
        but of those that are broken."""
        asked = {one.turn.tenant_id: one for one in looks if one.is_asked}
        if not asked:
            return
        unknown = [one for one in asked if self._fresh_standing(one) is None]
        stale = [one for one in asked if one in self._stale]
        due_rows = await transaction.run_for_many(claims.LOOK, claims.look_words(list(asked.values())))
        standing_rows = unknown and await transaction.run_for_many(STANDINGS, {"tenants": unknown})
        rules_rows = stale and await transaction.run_for_many(rules.RULES, {"tenants": stale})
        await transaction.sync()
        for row in await due_rows.fetchall():
            asked[row[-1]].found.append(claims.due_of(row))
        if unknown:
            self._learn_standings([asked[one] for one in unknown], await standing_rows.fetchall())
        if stale:
            for row in await rules_rows.fetchall():
                try:
                    await self._learn_rules(row)
                except Exception as error:  # of what an admin, a vendor or an older release has stored
                    asked[row[0]].give_up(error)

    def _fresh_standing(self, tenant_id: str) -> Standing | None:
        read_s, standing = self._standings.get(tenant_id, (0.0, None))
        return standing if time.monotonic() - read_s <= KEPT_S else None

    def _learn_standings(self, looks: Sequence[Look], rows: Sequence[tuple]) -> None:
        by_tenant: dict[str, list[tuple]] = defaultdict(list)
        for row in rows:
            by_tenant[row[0]].append(row)
        moment = time.monotonic()
        for look in looks:
            tenant_id = look.turn.tenant_id
            try:
                standing = standing_of(tenant_id, by_tenant[tenant_id])
            except Exception as error:
                look.give_up(error)
                continue
            self._standings[tenant_id] = moment, standing
            self._weights[tenant_id] = standing.weight

    async def _learn_rules(self, row: Sequence) -> None:
        tenant_id, stored, spent_vnd = row[0], rules.stored_of(row), 0
        if stored.month is not None:
            spent_vnd = await asyncio.to_thread(self._spent_vnd, tenant_id, stored.month)
        found = rules.keep(tenant_id, self._stale.pop(tenant_id), stored, spent_vnd)
        self._rules[tenant_id] = time.monotonic(), found
