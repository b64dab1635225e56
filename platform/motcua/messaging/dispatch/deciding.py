"""What becomes of each due message before anything is marked: closed, put off, left alone, or sent by a route."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from motcua.core.clock import jitter, now
from motcua.core.errors import MotcuaError
from motcua.core.fair_ring import Turn
from motcua.core.throttle import Grant
from motcua.messaging.channels.routing import Options, Route, Wait, choose
from motcua.messaging.channels.rules import Rules
from motcua.messaging.pace import traffic
from motcua.messaging.pace.standing import Account, Standing
from motcua.messaging.pace.traffic import CIRCUIT_OPEN, QUOTA_SPENT
from motcua.zalo.errors import QuotaExceeded, Retry, ZaloNeedsConsent

from . import claims
from .claims import Claimed, Content, Due

WAIT_FOR_ADMIN = timedelta(minutes=10)  # an admin who connects again makes what waits due at once
FOREVER = "infinity"  # PostgreSQL's own: until somebody says otherwise
CHANNELS_OF = {"consultation": ("consultation",), "zbs": ("zbs_uid", "zbs_phone")}
CRASHED = "decision_crashed"

log = structlog.get_logger(__name__)

PAUSED, NOT_INVITED, NO_CHANNEL, EXPIRED = "paused", "trial_not_invited", "no_channel_left", "expired"


@dataclass(slots=True)
class Candidate:
    due: Due
    account: Account
    route: Route
    content: Content
    options: Options


@dataclass
class Decision:
    """For the messages that one turn found; `candidates` leave when the account's allowance lets them.

    Both they and `claimed` have each recipient's messages in the order they were written. So whatever grants a part of
    them keeps back the later ones, and what stays for a moment is known before those behind it are judged.
    """

    turn: Turn
    candidates: list[Candidate] = field(default_factory=list)
    closed: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    put_off: dict[tuple[str, datetime | str | None], list[int]] = field(
        default_factory=lambda: defaultdict(list)
    )
    claimed: list[Claimed] = field(default_factory=list)
    token_wanted: set[int] = field(default_factory=set)  # accounts whose token must be renewed first
    spent: set[tuple[int, str]] = field(default_factory=set)  # found to have no quota left
    left: int = 0  # untouched, in their old place
    away_s: float | None = None
    # Recipient -> the first message that others wait for.
    _held: dict[int | str, int] = field(default_factory=dict)

    def wants(self) -> dict[tuple[int, str], int]:
        """(account id, kind) -> how many would like to leave."""
        wanted: dict[tuple[int, str], int] = defaultdict(int)
        for one in self.candidates:
            wanted[one.account.id, one.route.kind] += 1
        return wanted

    def leave(self, due: Due | Claimed) -> None:
        self.left += 1
        self.hold(due)

    def put(self, due: Due | Claimed, failure: str, until: datetime | str | None) -> None:
        self.put_off[failure, until].append(due.id)
        if claims.holds_line(until, now()):
            self.hold(due)

    def is_held(self, due: Due | Claimed) -> bool:
        """An earlier one of this look to the same recipient stays for a moment."""
        return self._held.get(due.recipient, due.id) < due.id

    def hold(self, due: Due | Claimed) -> None:
        """Later ones to the same recipient stay."""
        self._held[due.recipient] = min(due.id, self._held.get(due.recipient, due.id))


def decide(
    turn: Turn,
    found: list[Due],
    standing: Standing,
    rules: Rules,
    token_failures: dict[int, str],
    spent: frozenset[tuple[int, str]] = frozenset(),
) -> Decision:
    """`token_failures`: accounts without a token for now, and the code of the error that says why.

    `spent`: (account id, kind) whose quota is used up: then the next channel is tried.
    """
    decision, known = Decision(turn), Known(standing, rules, token_failures, spent, now())
    for due in _by_lines(found):
        _decide_one(decision, due, known)
    return decision


def _by_lines(found: list[Due]) -> list[Due]:
    """As they were found, but that each recipient's messages have changed places to be in the order of their ids."""
    if len({one.recipient for one in found}) == len(found):
        return found
    lines: dict[int | str, list[Due]] = defaultdict(list)
    for one in found:
        lines[one.recipient].append(one)
    for line in lines.values():
        line.sort(key=lambda one: one.id, reverse=True)
    return [lines[one.recipient].pop() for one in found]


@dataclass(frozen=True, slots=True)
class Known:
    standing: Standing
    rules: Rules
    token_failures: dict[int, str]
    spent: frozenset[tuple[int, str]]
    moment: datetime


def _decide_one(decision: Decision, due: Due, known: Known) -> None:
    account = claims.account_of(known.standing, due)
    if due.is_expired:
        decision.closed["expired", EXPIRED].append(due.id)
        if due.is_behind:  # what is ahead of it is ahead of the next ones too: LOOK says so only of the first
            decision.hold(due)
    elif due.is_behind or decision.is_held(due):
        decision.leave(due)
    elif not due.is_allowed:
        decision.closed["failed", NOT_INVITED].append(due.id)
    elif account is None:
        decision.closed["failed", NO_CHANNEL].append(due.id)
    elif known.standing.holds(account.oa_id, decision.turn.lane):
        decision.put(due, PAUSED, FOREVER)
    else:
        try:
            _route(decision, due, account, known)
        except MotcuaError as error:  # a key is missing: for the operator to mend
            decision.put(due, error.code, known.moment + WAIT_FOR_ADMIN)
        except Exception as error:  # a bug of ours in one message must not hold up everybody's
            log.exception("decision_crashed", message=due.id, error=type(error).__name__)
            decision.put(due, CRASHED, known.moment + WAIT_FOR_ADMIN)


def _route(decision: Decision, due: Due, account: Account, known: Known) -> None:
    turn = decision.turn
    content = claims.content_of(due.content)
    options = claims.options_of(turn.tenant_id, turn.lane, due, content, account)
    spent = {
        name for kind, names in CHANNELS_OF.items() if (account.id, kind) in known.spent for name in names
    }
    if spent:
        options = replace(options, refused=options.refused | spent)
    route = choose(options, known.moment, known.rules)
    if route is None and spent:
        decision.put(due, QuotaExceeded.code, Retry.NEXT_DAY.earliest(known.moment) + jitter(0, 60))
    elif route is None:
        decision.closed["failed", NO_CHANNEL].append(due.id)
    elif isinstance(route, Wait):
        decision.put(due, route.reason, route.until)
    elif not account.is_connected:
        decision.put(due, ZaloNeedsConsent.code, known.moment + WAIT_FOR_ADMIN)
    elif account.id in known.token_failures:
        decision.put(due, known.token_failures[account.id], known.moment + WAIT_FOR_ADMIN)
    elif account.access_token is None:
        decision.token_wanted.add(account.id)
        decision.leave(due)
    else:
        decision.candidates.append(Candidate(due, account, route, content, options))


def allow(decision: Decision, grants: dict[tuple[int, str], Grant]) -> dict[tuple[int, str], int]:
    """Fill `claimed` with what was granted; returns how many tokens of each (account id, kind) are left over.

    Behind an open circuit a message waits out the pause; at the rate limit it keeps its place in the line.
    """
    free = {key: grant.count for key, grant in grants.items()}
    for one in decision.candidates:
        key = one.account.id, one.route.kind
        if decision.is_held(one.due):
            decision.leave(one.due)
        elif free[key] > 0:
            decision.claimed.append(
                claims.claimed_of(decision.turn, one.due, one.route, one.account, one.content, one.options)
            )
            free[key] -= 1
        elif grants[key].reason == QUOTA_SPENT:
            decision.leave(one.due)  # looked at again at once, for another channel
            decision.spent.add(key)
        elif grants[key].reason == CIRCUIT_OPEN:
            pause = timedelta(seconds=max(grants[key].wait_s, 1.0))
            decision.put(one.due, CIRCUIT_OPEN, now() + pause)
        else:
            decision.leave(one.due)
            decision.away_s = max(decision.away_s or 0.0, grants[key].wait_s, traffic.LEAST_AWAY_S)
    return free


def hold_back(
    decision: Decision, staying: Sequence[Claimed], failure: str, until: datetime | str | None
) -> Sequence[Claimed]:
    """Put off some of the `claimed` after all; returns them, and those behind them that stay, too."""
    numbers = {one.id for one in staying}
    decision.claimed = [one for one in decision.claimed if one.id not in numbers]
    for one in staying:
        decision.put(one, failure, until)
    behind = [one for one in decision.claimed if decision.is_held(one)]
    if behind:
        decision.claimed = [one for one in decision.claimed if not decision.is_held(one)]
        for one in behind:
            decision.leave(one)
    return [*staying, *behind]
