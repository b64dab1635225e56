"""Claiming for several tenants at once: one look, one decision, one commit."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import psycopg
import structlog
from redis.exceptions import RedisError

from motcua.core.fair_ring import Settled, Turn
from motcua.messaging.pace.traffic import TOKEN_REFUSED, Gathered, Way
from motcua.zalo.errors import ZaloNeedsConsent

from . import deciding
from .allowing import Ways
from .claims import Claimed
from .deciding import Decision
from .looking import Look, Looker, Seen
from .marking import mark
from .outcomes import Outcome
from .paying import Purse, Unused
from .places import Places

STALE_AFTER_S = 0.25

log = structlog.get_logger(__name__)


@dataclass
class Claim:
    """`in_doubt`: marked in a transaction whose commit was lost; they surely have not left."""

    lane: str
    tenants: int  # how many had a turn
    claimed: list[Claimed] = field(default_factory=list)
    in_doubt: list[Outcome] = field(default_factory=list)


class Claimer:
    """Claims for one drain, and what it remembers of tenants in between."""

    def __init__(self, means, turns):
        self._means = means
        self._ways = Ways(means.client)
        self._looker = Looker(means.spent_vnd)
        self._purse = Purse(means.spent_vnd, means.plan_used)
        self._places = Places(turns, self._looker.weight)
        self._token_failures: dict[tuple[str, int], str] = {}
        self._wanted: set[tuple[str, int]] = set()  # accounts whose token must be renewed first
        self._marked: list[Decision] = []
        self._coming: tuple[float, asyncio.Task[list[Turn]]] | None = None  # the next turns, and since when

    def way_of(self, one: Claimed) -> Way:
        return self._ways.of(one)

    def news(self) -> Gathered:
        """What happened on the ways since the last time; to be told, in a thread, by `traffic.tell`."""
        return self._ways.news()

    def give_back(self, unused: Unused) -> None:
        """What those took that did not leave; in a thread."""
        self._purse.give_back(unused)

    async def claim(self, want: int, *, busy: bool) -> Claim | None:
        """About `want` messages of the tenants whose turn it is; None when it is nobody's.

        `busy`: messages of this drain are on their way, and others may be waiting behind them.
        """
        turns = await self._coming_turns() or await asyncio.to_thread(self._next, want)
        if not turns:
            return None
        await self.look_after_tokens()
        claim, self._marked = Claim(turns[0].lane, len(turns)), []
        try:
            decisions = await self._claim_all(turns, want, busy)
        except psycopg.Error as error:
            log.warning("claim_failed", lane=claim.lane, error=type(error).__name__)
            claim.in_doubt = [outcome for one in self._marked for outcome in _doubtful(one)]
            await self._give_back(turns, away_s=1.0)
            return claim
        claim.claimed = [one for decision in decisions for one in decision.claimed]
        self._wanted |= {(one.turn.tenant_id, account) for one in decisions for account in one.token_wanted}
        return claim

    async def let_go(self) -> None:
        """No claim follows: the turns that were asked for go back."""
        with suppress(RedisError):
            await self._give_back(await self._coming_turns())

    async def _coming_turns(self) -> list[Turn]:
        """What was asked for while the last claim was written, unless it has become too old to be anybody's turn."""
        if self._coming is None:
            return []
        (asked_s, coming), self._coming = self._coming, None
        turns = await coming
        if time.monotonic() - asked_s < STALE_AFTER_S:
            return turns
        await self._give_back(turns)
        return []

    async def _give_back(self, turns: Sequence[Turn], away_s: float | None = None) -> None:
        if turns:
            await self._places.settle([Settled(turn, 0, away_s=away_s) for turn in turns])

    def _next(self, want: int) -> list[Turn]:
        """In one thread: whoever comes back to the loop waits until it has gone round."""
        turns = self._places.next(want)
        self._looker.ask_for_new_rules(turns)
        return turns

    async def _claim_all(self, turns: list[Turn], want: int, busy: bool) -> list[Decision]:
        looks = [self._looker.plan(turn, *self._places.reach(turn)) for turn in turns]
        async with self._means.claims.transaction() as transaction:
            await self._looker.look(transaction, looks)
            seen = [self._see(look) for look in looks]
            await self._ways.allow([one.decision for one in seen])
            await self._pay([one.decision for one in seen])
            self._marked = [one.decision for one in seen]
            await mark(transaction, self._marked)
            if len(turns) > 1 and sum(len(one.claimed) for one in self._marked) >= want // 2:
                # A claim for many takes longer than what it found lasts: meanwhile Redis says whose turn is next.
                self._coming = time.monotonic(), asyncio.create_task(asyncio.to_thread(self._next, want))
        self._marked = []
        await self._places.settle([self._places.after(one, busy) for one in seen])
        return [one.decision for one in seen]

    def _see(self, look: Look) -> Seen:
        if not look.is_broken:
            try:
                return self._decide(look)
            except Exception as error:
                look.give_up(error)
        return Seen(look, Decision(look.turn))

    def _decide(self, look: Look) -> Seen:
        turn = look.turn
        standing = self._looker.standing(turn.tenant_id)
        if standing.is_held:
            return Seen(look, Decision(turn), is_held=True)
        failures = {
            account_id: code
            for (tenant_id, account_id), code in self._token_failures.items()
            if tenant_id == turn.tenant_id
        }
        spent = self._ways.spent_of(turn.tenant_id)
        rules = self._looker.rules(turn.tenant_id)
        return Seen(look, deciding.decide(turn, look.found, standing, rules, failures, spent))

    async def _pay(self, decisions: Sequence[Decision]) -> None:
        for decision in decisions:
            if decision.claimed:
                tenant_id = decision.turn.tenant_id
                standing, rules = self._looker.standing(tenant_id), self._looker.rules(tenant_id)
                for one in await self._purse.take(decision, standing, rules):
                    self._ways.of(one).unused()

    async def look_after_tokens(self) -> None:
        """What Zalo said of a token concerns the whole account: renew it once, or ask for consent."""
        while self._wanted:
            await self._renew(*self._wanted.pop(), None)
        for tenant_id, account_id, way in self._ways.unsettled():
            if way.stopped == TOKEN_REFUSED:
                way.is_settled = True
                await self._renew(tenant_id, account_id, way.access_token)
            elif way.stopped == ZaloNeedsConsent.code:
                way.is_settled = True
                await asyncio.to_thread(self._means.refuse, tenant_id, account_id)
                self._looker.forget_standing(tenant_id)

    async def _renew(self, tenant_id: str, account_id: int, rejected: str | None) -> None:
        failure = await asyncio.to_thread(self._means.renew, tenant_id, account_id, rejected)
        self._looker.forget_standing(tenant_id)
        if failure is not None:
            self._token_failures[tenant_id, account_id] = failure


def _doubtful(decision: Decision) -> list[Outcome]:
    return [
        Outcome(
            one.tenant_id,
            one.lane,
            one.id,
            one.claimed_at,
            "queued",
            untried=True,
            price_vnd=one.route.price_vnd,
        )
        for one in decision.claimed
    ]
