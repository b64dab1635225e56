"""What may go to Zalo now for one Official Account: its app's and its own allowance, and its circuits.

Tokens are taken for whole batches of many accounts in one trip to Redis; what became of the requests is
gathered and told in one trip too, so that no request waits for Redis.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from motcua.alerts.watching import circuit_of
from motcua.core import throttle
from motcua.core.throttle import FAILURES_TO_OPEN, FIRST_PAUSE_S, Bucket, Grant, Report, Request
from motcua.messaging.limits import quotas
from motcua.zalo.client import ZaloClient
from motcua.zalo.errors import (
    NotEntitled,
    QuotaExceeded,
    RateLimited,
    ZaloNeedsConsent,
    ZaloTokenInvalid,
    ZaloUnavailable,
    ZaloUncertain,
    error_for,
)
from motcua.zalo.gate import Outcome

# A broadcast leaves room for the receipts of the same app.
RESERVED = {"urgent": 0.0, "emergency": 0.1, "normal": 0.1, "broadcast": 0.3}
BLOCKED_FOR_S = 600.0
LEAST_AWAY_S = 0.5  # at a limit: so that a handful may leave at once, not one at a time
CIRCUIT_OPEN, RATE_REACHED = "circuit_open", "rate_reached"
QUOTA_SPENT = QuotaExceeded.code
# Those that mean the whole OA's quota; others are one citizen's.
OA_QUOTA_CODES = {-211, -144, -147}
ILL = frozenset({ZaloUnavailable.code, ZaloUncertain.code})
TOKEN_REFUSED = ZaloTokenInvalid.code


@dataclass(frozen=True)
class Line:
    """The names and limits of one OA's way to Zalo; plain values, good without a database session."""

    app_id: str
    oa_id: str
    app_secret: str
    app_per_minute: int
    oa_per_minute: int

    def buckets(self, lane: str) -> tuple[Bucket, Bucket]:
        # One hash tag an app, so that a cluster keeps together what one script touches.
        app = f"zalo:{{{self.app_id}}}"
        return (
            Bucket(app, self.app_per_minute, RESERVED[lane]),
            Bucket(f"{app}:oa:{self.oa_id}", self.oa_per_minute, RESERVED[lane]),
        )


class Way:
    """How messages of one account and kind leave: a token, a client, and a `zalo.gate.Gate` that keeps count.

    `kind` is what the circuit guards: "consultation" or "zbs"; an OA may be refused one and not the other.
    Once Zalo has said something that concerns every message, `stopped` says what, and nothing more is asked.
    """

    def __init__(
        self,
        line: Line,
        kind: str,
        access_token: str,
        client: ZaloClient,
        has_news: Callable[["Way"], object] = lambda way: None,
    ):
        """`has_news(way)` is called when there is something to `gather` of it."""
        self.line, self.kind, self.access_token, self._has_news = line, kind, access_token, has_news
        self.client = client.proving(line.app_secret).gated(self)
        self.stopped: str | None = None
        self.stopped_s = 0.0
        self.is_settled = False  # what a stop by the token asks for is done
        self._failures = 0
        self._forget()

    def _forget(self) -> None:
        self._unused = self._ok = self._ill = 0
        self._remain: int | None = None
        self._exhausted = False
        self._refusal: str | None = None
        self._left: int | None = None

    def note_quota(self, quota: dict[str, str]) -> None:
        """What Zalo's answer says is left of the OA's templates: "remainingQuota" by phone, "remain" by user id."""
        told = quota.get("remainingQuota") or quota.get("remain", "")
        if self.kind == "zbs" and told.isdigit():
            self._left = int(told) if self._left is None else min(self._left, int(told))

    async def admit(self, endpoint: str) -> None:
        """Everything was granted before it was claimed."""

    async def observe(self, outcome: Outcome) -> None:
        self._has_news(self)
        failure = outcome.failure
        if failure is None:
            self._ok += 1
            self._failures = 0
        elif failure == NotEntitled.code:
            host = outcome.endpoint.partition("/")[0]
            self._refusal = error_for(host, outcome.zalo_code).remedy
            self._stop(CIRCUIT_OPEN)
        elif outcome.answered:
            self._ok += 1
            self._failures = 0
            if failure in (TOKEN_REFUSED, ZaloNeedsConsent.code):
                self._stop(failure)
            elif failure == QUOTA_SPENT and outcome.zalo_code in OA_QUOTA_CODES:
                self._left = 0
                self._stop(QUOTA_SPENT)
        elif failure in ILL:
            self._ill += 1
            self._failures += 1
            if self._failures >= FAILURES_TO_OPEN:
                self._stop(CIRCUIT_OPEN)
        if failure == RateLimited.code or outcome.rate_remain == 0:
            self._exhausted = True
            self._stop(RATE_REACHED)
        if outcome.rate_remain is not None:
            known = outcome.rate_remain if self._remain is None else self._remain
            self._remain = min(known, outcome.rate_remain)

    def unused(self, count: int = 1) -> None:
        """So many were granted and did not leave."""
        if count:
            self._unused += count
            self._has_news(self)

    def goes_on(self) -> bool:
        """False while stopped; after a pause Redis, where all processes tell, is asked again."""
        return self.stopped is None or time.monotonic() - self.stopped_s > FIRST_PAUSE_S

    def reopen(self) -> None:
        self.stopped, self._failures = None, 0

    def _stop(self, why: str) -> None:
        if self.stopped is None:
            self.stopped, self.stopped_s = why, time.monotonic()

    def quota(self) -> tuple[int, int | None]:
        """How many were not used, and how many Zalo says are left; ask before `report`, which forgets."""
        return self._unused, self._left

    def report(self) -> Report | None:
        """What has happened since the last report."""
        if not (self._unused or self._ok or self._ill or self._exhausted or self._refusal):
            return None  # what Zalo says is left comes with an answer, which counts
        app, oa = self.line.buckets("urgent")
        # Zalo does not say whose limit it is; holding the OA alone keeps other provinces going, and each of
        # them hears for itself.
        buckets = [(app, self._unused, None, False)] if self._unused else []
        if self._unused or self._exhausted or self._remain is not None:
            buckets.append((oa, self._unused, self._remain, self._exhausted))
        circuit = circuit_of(self.line, self.kind)
        circuits: list[tuple] = []
        if self._refusal:
            circuits = [(circuit, 0, 1, BLOCKED_FOR_S, self._refusal)]
        elif self._ok or self._ill:
            # A success after the failures has closed it already: `_failures` counts those in a row.
            ok = self._ok if not self._failures else 0
            circuits = [(circuit, ok, self._ill, 0.0, "")]
        self._forget()
        return Report(tuple(buckets), tuple(circuits)) if buckets or circuits else None


def ask(wants: Sequence[tuple[Line, str, str, int]]) -> list[Grant]:
    """How many requests may leave now of each (line, kind, lane, want): by quota, then by the minute."""
    allowed = quotas.take([(line.oa_id, kind, want) for line, kind, _, want in wants])
    grants = throttle.take_all(
        [
            Request(line.buckets(lane), (circuit_of(line, kind),), most)
            for (line, kind, lane, _), most in zip(wants, allowed, strict=True)
        ]
    )
    unused, answers = [], []
    for (line, kind, _, want), most, grant in zip(wants, allowed, grants, strict=True):
        if grant.count < most:
            unused.append((line.oa_id, kind, most - grant.count))
        elif most < want:
            grant = Grant(most, reason=QUOTA_SPENT)
        answers.append(grant)
    if unused:
        quotas.give_back(unused)
    return answers


@dataclass(frozen=True)
class Gathered:
    """What happened on some ways: (OA id, kind, how many) not used and known to be left, and reports."""

    unused: list[tuple[str, str, int]]
    left: list[tuple[str, str, int]]
    reports: list[Report]


def gather(ways: Iterable[Way]) -> Gathered:
    """Where the ways are used, so that nothing is counted twice or lost; the ways forget it."""
    found = Gathered([], [], [])
    for way in ways:
        unused, left = way.quota()
        if unused:
            found.unused.append((way.line.oa_id, way.kind, unused))
        if left is not None:
            found.left.append((way.line.oa_id, way.kind, left))
        if (report := way.report()) is not None:
            found.reports.append(report)
    return found


def tell(news: Gathered) -> None:
    """Give back what was not used and tell all other processes what Zalo said: a trip for each kind of news."""
    if news.unused:
        quotas.give_back(news.unused)
    if news.left:
        quotas.know_all(news.left)
    if news.reports:
        throttle.report_all(news.reports)
