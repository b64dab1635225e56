"""Letting as many candidates leave as Zalo's limits allow now, and the ways by which they leave."""

import asyncio
import time
from collections.abc import Iterator, Sequence

from motcua.core.throttle import FIRST_PAUSE_S, Grant
from motcua.messaging.pace import traffic
from motcua.messaging.pace.standing import Account
from motcua.messaging.pace.traffic import CIRCUIT_OPEN, QUOTA_SPENT, RATE_REACHED, Gathered, Way
from motcua.zalo.client import ZaloClient

from . import deciding
from .claims import Claimed
from .deciding import Decision

SPENT_FOR_S = 60.0  # then what is left is asked again


class Ways:
    """The ways of one drain, and which of them have no quota left for now."""

    def __init__(self, client: ZaloClient):
        self._client = client
        self._ways: dict[tuple[str, int, str], Way] = {}
        self._news: set[Way] = set()  # those of which something is to be told
        self._spent: dict[tuple[str, int, str], float] = {}

    def of(self, one: Claimed) -> Way:
        return self._ways[one.tenant_id, one.account.id, one.route.kind]

    def unsettled(self) -> Iterator[tuple[str, int, Way]]:
        """(tenant, account id, way) of those that stopped, and nobody has yet seen to why."""
        for (tenant_id, account_id, _), way in list(self._ways.items()):
            if way.stopped is not None and not way.is_settled:
                yield tenant_id, account_id, way

    def news(self) -> Gathered:
        """What happened since the last time; to be told, in a thread, by `traffic.tell`."""
        found = traffic.gather(self._news)
        self._news.clear()
        return found

    def spent_of(self, tenant_id: str) -> frozenset[tuple[int, str]]:
        """(account id, kind) without quota."""
        moment = time.monotonic()
        return frozenset(
            (account_id, kind)
            for (owner, account_id, kind), until in self._spent.items()
            if owner == tenant_id and moment < until
        )

    async def allow(self, decisions: Sequence[Decision]) -> None:
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
                self._let_leave(decision, grants[id(decision)])

    def _let_leave(self, decision: Decision, grants: dict[tuple[int, str], Grant]) -> None:
        tenant_id = decision.turn.tenant_id
        for (account_id, kind), number in deciding.allow(decision, grants).items():
            self._ways[tenant_id, account_id, kind].unused(number)
        for account_id, kind in decision.spent:
            self._spent[tenant_id, account_id, kind] = time.monotonic() + SPENT_FOR_S

    def _way(self, tenant_id: str, account: Account, kind: str) -> Way:
        key = tenant_id, account.id, kind
        way = self._ways.get(key)
        if way is None or way.access_token != account.access_token or way.line != account.line:
            way = Way(account.line, kind, account.access_token, self._client, self._news.add)
            self._ways[key] = way
        return way


def _tell_and_ask(news: Gathered, wants: Sequence[tuple]) -> list[Grant]:
    traffic.tell(news)
    return traffic.ask(wants)


def _reason(way: Way) -> str:
    return way.stopped if way.stopped in (RATE_REACHED, QUOTA_SPENT) else CIRCUIT_OPEN
