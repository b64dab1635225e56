"""Claiming for several tenants at once: one look, one decision, one commit."""

import asyncio
import math
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import psycopg
import structlog
from redis.exceptions import RedisError

from motcua.core import fair_ring
from motcua.core.fair_ring import Settled, Turn
from motcua.core.hot_connection import Transaction
from motcua.core.throttle import FIRST_PAUSE_S, Grant
from motcua.messaging.channels import rules
from motcua.messaging.channels.rules import Rules
from motcua.messaging.limits import quotas
from motcua.messaging.pace import traffic
from motcua.messaging.pace.standing import KEPT_S, STANDING, Account, Standing, standing_of
from motcua.messaging.pace.traffic import (
    CIRCUIT_OPEN,
    QUOTA_SPENT,
    RATE_REACHED,
    TOKEN_REFUSED,
    Gathered,
    Way,
)
from motcua.zalo.errors import ZaloNeedsConsent

from . import claims, deciding
from .claims import Claimed, Due
from .deciding import Decision
from .outcomes import Outcome

MOST_TENANTS = 64
LEAST_QUANTUM = 16
LOOK_AGAIN_S = 1.0  # from the first queued message on: what was written late, or came back
WIDEST_LOOK = 2000
RULES_KEPT_S = 5.0
SPENT_FOR_S = 60.0  # then what is left is asked again
STUCK_LOOKS, STUCK_AWAY_S = 5, 0.25

log = structlog.get_logger(__name__)


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


@dataclass
class Claim:
    """`in_doubt`: marked in a transaction whose commit was lost; they surely have not left."""

    lane: str
    claimed: list[Claimed] = field(default_factory=list)
    in_doubt: list[Outcome] = field(default_factory=list)


class Claimer:
    """Claims for one drain, and what it remembers of tenants in between."""

    def __init__(self, means, turns):
        self._means, self._turns = means, turns
        self._ways: dict[tuple[str, int, str], Way] = {}
        self._news: set[Way] = set()  # those of which something is to be told
        self._standings: dict[str, tuple[float, Standing]] = {}
        self._rules: dict[str, tuple[float, Rules]] = {}
        self._stale: dict[str, bytes | None] = {}  # tenants whose rules must be read, and their version
        self._token_failures: dict[tuple[str, int], str] = {}
        self._weights: dict[str, float] = {}
        self._weighed: dict[tuple[str, str], float] = {}
        self._wanted: set[tuple[str, int]] = set()  # accounts whose token must be renewed first
        self._spent: dict[tuple[str, int, str], float] = {}
        self._passed: dict[tuple[str, str], tuple[float, tuple[datetime, int]]] = {}
        self._widened: dict[tuple[str, str], int] = {}
        self._stuck: Counter[tuple[str, str]] = Counter()
        self._marked: list[Decision] = []
        self._few = 1  # tenants in the ring, where they were fewer than asked for
        self._a_turn = float(LEAST_QUANTUM)  # how many messages a tenant's turn found lately

    def way_of(self, one: Claimed) -> Way:
        return self._ways[one.tenant_id, one.account.id, one.route.kind]

    def news(self) -> Gathered:
        """What happened on the ways since the last time; to be told, in a thread, by `traffic.tell`."""
        found = traffic.gather(self._news)
        self._news.clear()
        return found

    async def claim(self, want: int, *, busy: bool) -> Claim | None:
        """About `want` messages of the tenants whose turn it is; None when it is nobody's.

        `busy`: messages of this drain are on their way, and others may be waiting behind them.
        """
        count = max(1, min(MOST_TENANTS, 2 * self._few, round(want / self._a_turn)))
        quantum = max(LEAST_QUANTUM, min(want, math.ceil(2 * want / count)))
        turns = await asyncio.to_thread(self._turns.next, count, quantum)
        if not turns:
            return None
        self._few = len(turns) if len(turns) < count else MOST_TENANTS
        turns = sorted(turns, key=lambda turn: turn.tenant_id)  # locks in one order everywhere
        await self.look_after_tokens()
        await self._look_for_new_rules(turns)
        claim, self._marked = Claim(turns[0].lane), []
        try:
            decisions = await self._claim_all(turns, busy)
        except psycopg.Error as error:
            log.warning("claim_failed", lane=claim.lane, error=type(error).__name__)
            claim.in_doubt = [outcome for one in self._marked for outcome in _doubtful(one)]
            await self._settle([Settled(turn, 0, away_s=1.0) for turn in turns])
            return claim
        claim.claimed = [one for decision in decisions for one in decision.claimed]
        self._wanted |= {(one.turn.tenant_id, account) for one in decisions for account in one.token_wanted}
        return claim

    async def _claim_all(self, turns: list[Turn], busy: bool) -> list[Decision]:
        looks, seen = [], []
        async with self._means.claims.transaction() as transaction:
            for turn in turns:
                looks.append(await self._look(transaction, turn))
            await transaction.sync()
            for turn, look in zip(turns, looks, strict=True):
                await self._learn_rules(turn.tenant_id, look)
                seen.append(await self._see(turn, look))
            await self._keep_to_plans([one.decision for one in seen])
            await self._allow([one.decision for one in seen])
            self._marked = [one.decision for one in seen]
            await mark(transaction, self._marked)
        self._marked = []
        await self._settle([self._settled(one, busy) for one in seen])
        return [one.decision for one in seen]

    async def _look(self, transaction: Transaction, turn: Turn) -> "Look":
        key, moment = (turn.tenant_id, turn.lane), time.monotonic()
        known, standing_rows = self._standings.get(turn.tenant_id), None
        is_known = known is not None and moment - known[0] <= KEPT_S
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
        passed_s, passed = self._passed.get(key, (0.0, None))
        after = passed if moment - passed_s < LOOK_AGAIN_S else None
        batch = self._widened.get(key, turn.quantum)
        rows = await transaction.run(claims.LOOK, claims.look_words(turn, batch, after))
        return Look(batch, after, rows, standing_rows, rules_rows)

    async def _see(self, turn: Turn, look: "Look") -> "Seen":
        if look.standing_rows is not None:
            standing = standing_of(turn.tenant_id, await look.standing_rows.fetchall())
            self._standings[turn.tenant_id] = time.monotonic(), standing
            self._weights[turn.tenant_id] = standing.weight
        standing = self._standings[turn.tenant_id][1]
        if standing.is_held:
            return Seen(look, Decision(turn), [], True)
        found = [claims.due_of(row) for row in await look.rows.fetchall()]
        return Seen(look, self._decide(turn, found, standing), found, False)

    def _decide(self, turn: Turn, found: list, standing: Standing) -> Decision:
        failures = {
            account_id: code
            for (tenant_id, account_id), code in self._token_failures.items()
            if tenant_id == turn.tenant_id
        }
        moment = time.monotonic()
        spent = frozenset(
            (account_id, kind)
            for (tenant_id, account_id, kind), until in self._spent.items()
            if tenant_id == turn.tenant_id and moment < until
        )
        return deciding.decide(turn, found, standing, self._rules[turn.tenant_id][1], failures, spent)

    async def _allow(self, decisions: Sequence[Decision]) -> None:
        """Ask for what the candidates need, all in one trip, and let as many of them leave as may."""
        asked = []
        for decision in decisions:
            accounts = {one.account.id: one.account for one in decision.candidates}
            for (account_id, kind), number in decision.wants().items():
                way = self._way(decision.turn.tenant_id, accounts[account_id], kind)
                asked.append((decision, account_id, kind, way, number))
        grants: dict[int, dict[tuple[int, str], Grant]] = {id(decision): {} for decision in decisions}
        if asked:
            wants = [
                (way.line, kind, decision.turn.lane, number if way.goes_on() else 0)
                for decision, _, kind, way, number in asked
            ]
            answers = await asyncio.to_thread(_tell_and_ask, self.news(), wants)
            for (decision, account_id, kind, way, _), grant in zip(asked, answers, strict=True):
                if not way.goes_on():
                    grant = Grant(0, FIRST_PAUSE_S, _reason(way))
                elif grant.count:
                    way.reopen()
                grants[id(decision)][account_id, kind] = grant
        for decision in decisions:
            if decision.candidates:
                left_over = deciding.allow(decision, grants[id(decision)])
                for (account_id, kind), number in left_over.items():
                    self._ways[decision.turn.tenant_id, account_id, kind].unused(number)
                for account_id, kind in decision.spent:
                    until = time.monotonic() + SPENT_FOR_S
                    self._spent[decision.turn.tenant_id, account_id, kind] = until

    async def _keep_to_plans(self, decisions: Sequence[Decision]) -> None:
        for decision in decisions:
            most = self._standings[decision.turn.tenant_id][1].monthly_limit
            if most is not None and decision.candidates:
                room = await asyncio.to_thread(
                    quotas.use_plan,
                    decision.turn.tenant_id,
                    most,
                    len(decision.candidates),
                    self._means.count_sent,
                )
                deciding.limit(decision, room)

    def _way(self, tenant_id: str, account: Account, kind: str) -> Way:
        key = tenant_id, account.id, kind
        way = self._ways.get(key)
        if way is None or way.access_token != account.access_token or way.line != account.line:
            way = Way(account.line, kind, account.access_token, self._means.client, self._news.add)
            self._ways[key] = way
        return way

    def _settled(self, seen: Seen, busy: bool) -> Settled:
        """Where the tenant stands after its turn: it leaves the ring only when a look from the first queued
        message on found less than it asked for, and took it all."""
        decision, look, turn = seen.decision, seen.look, seen.decision.turn
        key, found = (turn.tenant_id, turn.lane), len(seen.found)
        took = len(decision.claimed)
        self._a_turn += (max(min(found, turn.quantum), 1) - self._a_turn) / 4
        if seen.is_held:
            return Settled(turn, 0, leaves=True)
        is_short = found < look.batch
        if decision.left:
            self._passed.pop(key, None)
            return self._settled_behind(key, seen, busy)
        self._widened.pop(key, None)
        self._stuck.pop(key, None)
        if is_short and look.after is None:
            self._passed.pop(key, None)
            return Settled(turn, took, leaves=True)
        if is_short:
            self._passed.pop(key, None)
        else:
            last = seen.found[-1]
            since = time.monotonic() if look.after is None else self._passed[key][0]
            self._passed[key] = since, (last.next_attempt_at, last.id)
        return Settled(turn, took)

    def _settled_behind(self, key: tuple[str, str], seen: Seen, busy: bool) -> Settled:
        """Some had to stay: behind a limit, or behind earlier messages to the same people."""
        decision, look = seen.decision, seen.look
        took = len(decision.claimed)
        if decision.away_s is not None:
            return Settled(decision.turn, took, away_s=decision.away_s)
        if not took and len(seen.found) == look.batch:
            self._widened[key] = min(look.batch * 4, WIDEST_LOOK)
        if took or busy or decision.token_wanted or decision.spent:
            self._stuck.pop(key, None)
            return Settled(decision.turn, took)
        self._stuck[key] += 1
        patient = self._stuck[key] > STUCK_LOOKS
        return Settled(decision.turn, took, away_s=STUCK_AWAY_S if patient else None)

    async def _settle(self, done: list[Settled]) -> None:
        try:
            await asyncio.to_thread(self._weigh_and_settle, done)
        except RedisError as error:  # what is claimed goes out all the same; the sweep fills the ring again
            log.warning("ring_unreachable", error=type(error).__name__)

    def _weigh_and_settle(self, done: list[Settled]) -> None:
        changed: dict[str, dict[str, float]] = defaultdict(dict)
        for one in done:
            key = one.turn.tenant_id, one.turn.lane
            weight = self._weights.get(one.turn.tenant_id, 1.0)
            if weight != self._weighed.get(key, 1.0):
                self._weighed[key] = changed[one.turn.lane][one.turn.tenant_id] = weight
        self._turns.settle(done)
        for lane, weights in changed.items():
            fair_ring.weigh(lane, weights)

    async def _look_for_new_rules(self, turns: Sequence[Turn]) -> None:
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

    async def _learn_rules(self, tenant_id: str, look: "Look") -> None:
        row = look.rules_rows and await look.rules_rows.fetchone()
        if row is None:
            return
        stored, spent_vnd = rules.stored_of(row), 0
        if stored.month is not None:
            spent_vnd = await asyncio.to_thread(self._means.spent_vnd, tenant_id, stored.month)
        found = rules.keep(tenant_id, self._stale.pop(tenant_id), stored, spent_vnd)
        self._rules[tenant_id] = time.monotonic(), found

    async def look_after_tokens(self) -> None:
        """What Zalo said of a token concerns the whole account: renew it once, or ask for consent."""
        while self._wanted:
            await self._renew(*self._wanted.pop(), None)
        for (tenant_id, account_id, _), way in list(self._ways.items()):
            if way.stopped == TOKEN_REFUSED and not way.is_settled:
                way.is_settled = True
                await self._renew(tenant_id, account_id, way.access_token)
            elif way.stopped == ZaloNeedsConsent.code and not way.is_settled:
                way.is_settled = True
                await asyncio.to_thread(self._means.refuse, tenant_id, account_id)
                self._standings.pop(tenant_id, None)

    async def _renew(self, tenant_id: str, account_id: int, rejected: str | None) -> None:
        failure = await asyncio.to_thread(self._means.renew, tenant_id, account_id, rejected)
        self._standings.pop(tenant_id, None)
        if failure is not None:
            self._token_failures[tenant_id, account_id] = failure


async def mark(transaction: Transaction, decisions: Sequence[Decision]) -> None:
    """Write what was decided, of tenants in their order; what was claimed may leave after the commit."""
    leaving = [one for one in decisions if one.claimed]
    if leaving:
        claimed = [one for decision in leaving for one in sorted(decision.claimed, key=lambda one: one.id)]
        words = {
            "tenants": [one.turn.tenant_id for one in leaving],
            "counts": [len(one.claimed) for one in leaving],
            "ids": [one.id for one in claimed],
            "channels": [one.route.channel for one in claimed],
            "reasons": [one.route.reason for one in claimed],
            "prices": [one.route.price_vnd for one in claimed],
            "lease": claims.LEASE,
        }
        await transaction.run_for_many(claims.MARK, words)
    for decision in decisions:
        await _mark_staying(transaction, decision)


async def _mark_staying(transaction: Transaction, decision: Decision) -> None:
    tenant_id = decision.turn.tenant_id
    if decision.put_off or decision.closed:
        await transaction.enter(tenant_id)
    for (failure, until), ids in decision.put_off.items():
        words = {"failure": failure, "until": str(until) if until else None}
        await transaction.run(claims.PUT_OFF, words | {"tenant": tenant_id, "ids": ids})
    for (state, failure), ids in decision.closed.items():
        words = {"state": state, "failure": failure}
        await transaction.run(claims.CLOSE, words | {"tenant": tenant_id, "ids": ids})


def _tell_and_ask(news: Gathered, wants: Sequence[tuple]) -> list[Grant]:
    traffic.tell(news)
    return traffic.ask(wants)


def _reason(way: Way) -> str:
    return way.stopped if way.stopped in (RATE_REACHED, QUOTA_SPENT) else CIRCUIT_OPEN


def _doubtful(decision: Decision) -> list[Outcome]:
    return [
        Outcome(one.tenant_id, one.lane, one.id, one.claimed_at, "queued", untried=True)
        for one in decision.claimed
    ]
