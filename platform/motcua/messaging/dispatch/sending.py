"""Sending one claimed message, and reading which of the four outcomes Zalo's answer means."""

import time
from datetime import datetime, timedelta

import structlog

from motcua.core.clock import jitter, now
from motcua.core.errors import MotcuaError
from motcua.messaging.channels.fallbacks import Next, next_step, wait_until
from motcua.messaging.pace.traffic import CIRCUIT_OPEN, QUOTA_SPENT, RATE_REACHED, Way
from motcua.zalo.errors import Retry, ZaloError

from .claims import Claimed
from .deciding import CRASHED, WAIT_FOR_ADMIN
from .outcomes import Outcome

LONGEST_WAIT_S = 15.0  # from the claim to the send: with one request's time-out still inside the lease
FIRST_RETRY_S, LONGEST_RETRY_S = 2.0, 900.0
STOPPED_PAUSE_S = 5.0
BEHIND = "in_line"

log = structlog.get_logger(__name__)


async def send_line(way_of, line: list[Claimed], stopping, put) -> int:
    """One recipient's messages, one after the other; when one must wait, those behind it wait too.

    Returns how many set out. `way_of(one)` gives the Way, `stopping()` says whether nothing more may set out, `put`
    takes the outcomes.
    """
    held: Outcome | None = None
    set_out = 0
    for one in line:
        if held is not None:
            outcome = outcome_for(
                one, "queued", failure=BEHIND if held.failure else None, retry_at=held.retry_at, untried=True
            )
            way_of(one).unused()
        else:
            outcome = hand_back(one, way_of(one), stopping()) or await send(one, way_of(one))
        if outcome.state == "queued":
            held = outcome
        set_out += not outcome.untried
        put(outcome)
    return set_out


def hand_back(one: Claimed, way: Way, stopping: bool) -> Outcome | None:
    """The outcome of a message that does not set out after all; None when it does."""
    if not stopping and way.stopped is None and time.monotonic() - one.claimed_s < LONGEST_WAIT_S:
        return None
    way.unused()
    pause = None
    if way.stopped == CIRCUIT_OPEN:
        pause = moment_of(one) + timedelta(seconds=STOPPED_PAUSE_S)
    failure = way.stopped if way.stopped in (CIRCUIT_OPEN, RATE_REACHED, QUOTA_SPENT) else None
    return outcome_for(one, "queued", failure=failure, retry_at=pause, untried=True)


async def send(one: Claimed, way: Way) -> Outcome:
    """One outcome, whatever happens."""
    token, client, channel = way.access_token, way.client, one.route.channel
    try:
        message = one.message
    except MotcuaError as error:
        way.unused()
        return outcome_of(error, one)
    except Exception as error:  # a bug of ours in one message must not hold up everybody's
        log.exception("decision_crashed", message=one.id, error=type(error).__name__)
        way.unused()
        retry_at = moment_of(one) + WAIT_FOR_ADMIN
        return outcome_for(one, "queued", failure=CRASHED, retry_at=retry_at, untried=True)
    try:
        if channel == "consultation":
            sent = await client.send_consultation(token, one.address, message)
        elif channel == "zbs_uid":
            sent = await client.send_template_to_user(token, one.address, message)
        else:
            sent = await client.send_template_to_phone(token, one.address, message, one.tracking_id)
    except MotcuaError as error:
        return outcome_of(error, one)
    except Exception as error:  # a bug of ours: the request may have left, so nobody sends it again blindly
        log.exception("send_crashed", message=one.id, error=type(error).__name__)
        return outcome_for(one, "uncertain", failure="send_crashed")
    way.note_quota(sent.quota)
    return outcome_for(one, "sent", zalo_message_id=sent.message_id, sent_at=now())


def outcome_for(one: Claimed, state: str, **what) -> Outcome:
    return Outcome(
        one.tenant_id, one.lane, one.id, one.claimed_at, state, price_vnd=one.route.price_vnd, **what
    )


def moment_of(one: Claimed) -> datetime:
    """Now, for what other hosts will wait for: where our clock is ahead of the database's, by that one."""
    return min(now(), one.claimed_at + timedelta(seconds=time.monotonic() - one.claimed_s))


def outcome_of(error: MotcuaError, one: Claimed) -> Outcome:
    """Which of the four outcomes an exception of `motcua.zalo` means for this message."""
    moment = moment_of(one)
    if not isinstance(error, ZaloError):
        return outcome_for(one, "failed", failure=error.code)
    match next_step(error, one.route.channel, has_other=one.has_other):
        case Next.RECONCILE:
            return outcome_for(one, "uncertain", failure=error.code)
        case Next.OTHER:
            return outcome_for(one, "queued", failure=error.code, retry_at=moment, refused=one.route.channel)
        case Next.WAIT:
            wait = getattr(error, "retry_at", None) or _wait(error.retry, one.attempts, moment)
            wait = wait or wait_until(error, moment)
            return outcome_for(one, "queued", failure=error.code, retry_at=wait)
        case _:
            return outcome_for(one, "failed", failure=error.code)


def _wait(retry: Retry, attempts: int, moment: datetime) -> datetime | None:
    """When to try again; None for never. Exponential with full jitter where nobody said how long."""
    match retry:
        case Retry.NEVER:
            return None
        case Retry.REFRESH_TOKEN if attempts < 3:  # the new token too may be refused: then wait like the rest
            return moment
        case Retry.NEXT_MINUTE:
            return retry.earliest(moment) + jitter(0, 5)
        case Retry.NEXT_DAY | Retry.NEXT_MONTH | Retry.MORNING:
            return retry.earliest(moment) + jitter(0, 60)  # not everybody at once
        case Retry.AFTER_FIX:
            return moment + timedelta(minutes=10)
        case _:
            ceiling = min(LONGEST_RETRY_S, FIRST_RETRY_S * 2 ** min(attempts, 20))
            return moment + jitter(ceiling / 2, ceiling)
