"""What a province has bought and may spend: its plan's messages and its month's money, taken for what leaves.

Taken after Zalo's limits have had their say and before anything is marked, so that nothing is taken for a message
that stays; given back for one that does not leave after all. Workers on all hosts share the counts, in Redis.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from motcua.core.clock import now
from motcua.core.months import month_at
from motcua.messaging.channels.routing import LOOK_AGAIN, URGENT_LANES, cap_reason
from motcua.messaging.channels.rules import Budget, Rules
from motcua.messaging.limits import plans, spending
from motcua.messaging.pace.standing import Standing
from motcua.zalo.errors import Retry

from . import deciding
from .claims import Claimed
from .deciding import Decision
from .outcomes import Outcome

DID_NOT_LEAVE = ("queued", "failed")


@dataclass
class Unused:
    """What messages that did not leave had taken: of the plan by tenant and month, and money by tenant."""

    messages: Counter[tuple[str, date]] = field(default_factory=Counter)
    money_vnd: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: Outcome) -> None:
        if outcome.state in DID_NOT_LEAVE:
            self.messages[outcome.tenant_id, month_at(outcome.claimed_at)] += 1
            self.money_vnd[outcome.tenant_id] += outcome.price_vnd


class Purse:
    """Of one drain. `spent_vnd(tenant, month)` and `plan_used(tenant, month)` begin a count that Redis has not."""

    def __init__(self, spent_vnd: Callable[[str, date], int], plan_used: Callable[[str, date], int]):
        self._spent_vnd, self._plan_used = spent_vnd, plan_used
        self._months: dict[str, date] = {}  # in which money was taken for a tenant last

    async def take(self, decision: Decision, standing: Standing, rules: Rules) -> Sequence[Claimed]:
        """Take what the claimed messages need; those for which there is nothing wait, and are returned."""
        is_counted = standing.monthly_limit is not None or rules.budget.month is not None
        if not decision.claimed or not is_counted:
            return ()
        return await asyncio.to_thread(self._take, decision, standing.monthly_limit, rules.budget)

    def give_back(self, unused: Unused) -> None:
        """Waits for Redis."""
        if unused.messages:
            plans.give_back(unused.messages)
            money = unused.money_vnd
            spending.give_back(
                {(name, self._months[name]): money[name] for name in money if name in self._months}
            )

    def _take(self, decision: Decision, most: int | None, budget: Budget) -> list[Claimed]:
        tenant_id, is_emergency = decision.turn.tenant_id, decision.turn.lane == "emergency"
        staying: list[Claimed] = []
        month = month_at(now())
        if most is not None:
            limit = None if is_emergency else most
            granted = plans.take(tenant_id, month, limit, len(decision.claimed), self._plan_used)
            staying += deciding.hold_back(
                decision, decision.claimed[granted:], plans.PLAN_LIMIT, Retry.NEXT_MONTH.earliest(now())
            )
        paid = [one for one in decision.claimed if one.route.price_vnd]
        if budget.month is not None and paid:
            self._months[tenant_id] = budget.month
            is_urgent = decision.turn.lane in URGENT_LANES
            cap = None if is_emergency else budget.cap(is_urgent=is_urgent)
            prices = [one.route.price_vnd for one in paid]
            granted = spending.take(tenant_id, budget.month, prices, cap, self._spent_vnd)
            # What stays behind them costs nothing: of what does, they are the last of each line.
            dear = deciding.hold_back(decision, paid[granted:], cap_reason(is_urgent), now() + LOOK_AGAIN)
            if dear and most is not None:
                plans.give_back({(tenant_id, month): len(dear)})
            staying += dear
        return staying
