"""What may go to Zalo now for one Official Account: its app's and its own allowance, and its circuits.

Tokens are taken for a whole batch in one trip to Redis; the gate then lets that many requests pass and
gathers what became of them, so that no request waits for Redis.
"""

from dataclasses import dataclass
from datetime import timedelta

from motcua.alerts.watching import circuit_of
from motcua.core import throttle
from motcua.core.clock import now
from motcua.core.database import db
from motcua.core.throttle import Bucket
from motcua.tenancy.models import CALLS_PER_MINUTE, OfficialAccount, ZaloApp
from motcua.zalo.errors import NotEntitled, RateLimited, ZaloUnavailable, ZaloUncertain, error_for
from motcua.zalo.gate import Outcome

# A broadcast leaves room for the receipts of the same app.
RESERVED = {"urgent": 0.0, "emergency": 0.1, "normal": 0.1, "broadcast": 0.3}
BLOCKED_FOR_S = 600.0
ILL = frozenset({ZaloUnavailable.code, ZaloUncertain.code})


@dataclass(frozen=True)
class Line:
    """The names and limits of one OA's way to Zalo; plain values, good without a database session."""

    app_id: str
    oa_id: str
    app_secret: str
    app_per_minute: int
    oa_per_minute: int

    def buckets(self, lane: str) -> list[Bucket]:
        # One hash tag an app, so that a cluster keeps together what one script touches.
        app = f"zalo:{{{self.app_id}}}"
        return [
            Bucket(app, self.app_per_minute, RESERVED[lane]),
            Bucket(f"{app}:oa:{self.oa_id}", self.oa_per_minute, RESERVED[lane]),
        ]


def line_of(account_id: int) -> Line:
    """Of an OA of the tenant in scope."""
    account, app = db.session.execute(
        db.select(OfficialAccount, ZaloApp)
        .outerjoin(ZaloApp, ZaloApp.app_id == OfficialAccount.app_id)
        .where(OfficialAccount.id == account_id)
    ).one()
    per_minute = app.calls_per_minute if app else CALLS_PER_MINUTE
    return Line(
        app_id=account.app_id,
        oa_id=account.oa_id,
        app_secret=app.app_secret if app else "",
        app_per_minute=per_minute,
        oa_per_minute=account.calls_per_minute or per_minute,
    )


class Allowance:
    """A `zalo.gate.Gate` that lets `granted` requests pass; `close` settles with Redis.

    `kind` is what the circuit guards: "consultation" or "zbs"; an OA may be refused one and not the other.
    """

    def __init__(self, line: Line, kind: str, lane: str, grant: throttle.Grant):
        self.line, self.granted, self.reason, self.wait_s = line, grant.count, grant.reason, grant.wait_s
        self._buckets, self._circuit = line.buckets(lane), circuit_of(line, kind)
        self._passed = self._ok = self._ill = 0
        self._remain: int | None = None
        self._exhausted = False
        self._refusal: str | None = None

    async def admit(self, endpoint: str) -> None:
        if self._passed >= self.granted:
            raise RateLimited(retry_at=now() + timedelta(seconds=max(self.wait_s, 1.0)))
        self._passed += 1

    async def observe(self, outcome: Outcome) -> None:
        if outcome.failure == NotEntitled.code:
            host = outcome.endpoint.partition("/")[0]
            self._refusal = error_for(host, outcome.zalo_code).remedy
        elif outcome.answered:
            self._ok += 1
        elif outcome.failure in ILL:
            self._ill += 1
        self._exhausted |= outcome.failure == RateLimited.code
        if outcome.rate_remain is not None:
            known = outcome.rate_remain if self._remain is None else self._remain
            self._remain = min(known, outcome.rate_remain)

    def close(self) -> None:
        """Give back what was not used and tell all other processes what Zalo said."""
        app, oa = self._buckets
        throttle.give_back([app, oa], self.granted - self._passed)
        if self._exhausted or self._remain is not None:
            # Zalo does not say whose limit it is; holding the OA alone keeps other provinces going, and
            # each of them hears for itself.
            throttle.spend(oa, self._remain, exhausted=self._exhausted or self._remain == 0)
        if self._refusal and not self._ok:
            throttle.note_results(self._circuit, 0, 1, open_for_s=BLOCKED_FOR_S, why=self._refusal)
        else:
            throttle.note_results(self._circuit, self._ok, self._ill)


def ask(line: Line, kind: str, lane: str, want: int) -> Allowance:
    """How many of `want` requests may leave now; call `close` on it when they are done."""
    return Allowance(line, kind, lane, throttle.take(line.buckets(lane), [circuit_of(line, kind)], want))
