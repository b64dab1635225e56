"""Looking at due messages of one tenant at a time, and keeping what must be known to decide on them."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import psycopg

from motcua.core.fair_ring import Turn
from motcua.core.hot_connection import Transaction
from motcua.messaging.channels import rules
from motcua.messaging.channels.rules import Rules
from motcua.messaging.pace.standing import KEPT_S, STANDING, Standing, standing_of

from . import claims
from .claims import Due
from .deciding import Decision

RULES_KEPT_S = 5.0


@dataclass(slots=True)
class Look:
    """What was asked for one turn; rows that are None: nothing."""

    batch: int
    after: tuple[datetime, int] | None = None
    rows: psycopg.AsyncCursor | None = None
    standing_rows: psycopg.AsyncCursor | None = None
    rules_rows: psycopg.AsyncCursor | None = None


@dataclass(slots=True)
class Seen:
    look: Look
    decision: Decision
    found: list[Due]
    is_held: bool


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

    async def ask_for_new_rules(self, turns: Sequence[Turn]) -> None:
        """Which tenants' rules must be read in the next claim, asked for all of them in one trip."""
        moment = time.monotonic()
        asked = [
            turn.tenant_id
            for turn in turns
            if turn.tenant_id not in self._rules or moment - self._rules[turn.tenant_id][0] > RULES_KEPT_S
        ]
        if asked:
            fresh, stale = await asyncio.to_thread(rules.held, asked)
            self._rules |= {one: (moment, found) for one, found in fresh.items()}
            self._stale |= stale

    async def look(
        self, transaction: Transaction, turn: Turn, batch: int, after: tuple[datetime, int] | None
    ) -> Look:
        """Ask for up to `batch` due messages behind `after`; the answers come with the transaction's next sync."""
        known, standing_rows = self._standings.get(turn.tenant_id), None
        is_known = known is not None and time.monotonic() - known[0] <= KEPT_S
        if is_known and known[1].is_held:
            return Look(turn.quantum)
        # Claims of one tenant's lane follow one another, so that two workers cannot take two messages to the same
        # citizen past each other. The lock comes in a statement of its own: the look's snapshot must be younger.
        await transaction.enter(turn.tenant_id, lock=f"{turn.tenant_id} {turn.lane}")
        if not is_known:
            standing_rows = await transaction.run(STANDING, {"tenant": turn.tenant_id})
        rules_rows = None
        if turn.tenant_id in self._stale:
            rules_rows = await transaction.run(rules.RULES, {"tenant": turn.tenant_id})
        rows = await transaction.run(claims.LOOK, claims.look_words(turn, batch, after))
        return Look(batch, after, rows, standing_rows, rules_rows)

    async def learn(self, tenant_id: str, look: Look) -> None:
        """Take what the look brought of the tenant itself: its rules and its standing, where they were asked for."""
        row = look.rules_rows and await look.rules_rows.fetchone()
        if row is not None:
            await self._learn_rules(tenant_id, row)
        if look.standing_rows is not None:
            standing = standing_of(tenant_id, await look.standing_rows.fetchall())
            self._standings[tenant_id] = time.monotonic(), standing
            self._weights[tenant_id] = standing.weight

    async def _learn_rules(self, tenant_id: str, row: Sequence) -> None:
        stored, spent_vnd = rules.stored_of(row), 0
        if stored.month is not None:
            spent_vnd = await asyncio.to_thread(self._spent_vnd, tenant_id, stored.month)
        found = rules.keep(tenant_id, self._stale.pop(tenant_id), stored, spent_vnd)
        self._rules[tenant_id] = time.monotonic(), found
