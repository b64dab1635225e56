"""Sending a claimed batch at once, each recipient's messages in their order, and reading Zalo's answers."""

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from motcua.core.clock import jitter, now
from motcua.core.errors import MotcuaError
from motcua.zalo.client import ZaloClient
from motcua.zalo.errors import Retry, ZaloTokenInvalid, ZaloUncertain
from motcua.zalo.messages import ZbsTemplate, from_stored

from .claims import Claimed, Outcome

CONCURRENCY = 48
LONGEST_BATCH_S = 15.0  # with one request's time-out still inside the claim's lease
FIRST_RETRY_S, LONGEST_RETRY_S = 2.0, 900.0
TOKEN_REFUSED = ZaloTokenInvalid.code

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Way:
    """How messages of one account and kind leave: a token, and a client behind that account's gate."""

    access_token: str
    client: ZaloClient


Ways = dict[tuple[int, str], Way]  # by account id and the route's kind


async def send_all(ways: Ways, batch: list[Claimed]) -> list[Outcome]:
    """One outcome for every message of `batch`, whatever happens."""
    lines: dict[str, list[Claimed]] = defaultdict(list)
    for one in batch:
        lines[one.recipient].append(one)
    room, stop_at = asyncio.Semaphore(CONCURRENCY), time.monotonic() + LONGEST_BATCH_S
    groups = await asyncio.gather(*(_send_line(ways, line, room, stop_at) for line in lines.values()))
    return [outcome for group in groups for outcome in group]


async def _send_line(
    ways: Ways, line: list[Claimed], room: asyncio.Semaphore, stop_at: float
) -> list[Outcome]:
    """One recipient's messages, one after the other; when one must wait, those behind it wait too."""
    outcomes: list[Outcome] = []
    async with room:
        for one in line:
            held = outcomes[-1].retry_at if outcomes and outcomes[-1].state == "queued" else None
            if time.monotonic() > stop_at:
                held = now()  # the lease is nearly over: what has not left goes back
            outcomes.append(
                Outcome(one.id, "queued", retry_at=held, untried=True) if held else await _send(ways, one)
            )
    return outcomes


async def _send(ways: Ways, one: Claimed) -> Outcome:
    if one.route is None:
        return Outcome(one.id, "failed", failure="no_channel_left")
    way = ways[one.account_id, one.route.kind]
    token, client = way.access_token, way.client
    try:
        if one.route.channel == "consultation":
            sent = await client.send_consultation(token, one.recipient, from_stored(one.consultation))
        elif one.route.channel == "zbs_uid":
            sent = await client.send_template_to_user(token, one.recipient, _template(one))
        else:
            sent = await client.send_template_to_phone(token, one.recipient, _template(one), one.tracking_id)
    except MotcuaError as error:
        return outcome_of(error, one)
    except Exception as error:  # a bug of ours: the request may have left, so nobody sends it again blindly
        log.exception("send_crashed", message=one.id, error=type(error).__name__)
        return Outcome(one.id, "uncertain", failure="send_crashed")
    return Outcome(one.id, "sent", zalo_message_id=sent.message_id, sent_at=now())


def _template(one: Claimed) -> ZbsTemplate:
    return ZbsTemplate(one.template_id, one.template_data)


def outcome_of(error: MotcuaError, one: Claimed) -> Outcome:
    """Which of the four outcomes an exception of `motcua.zalo` means for this message."""
    if isinstance(error, ZaloUncertain):
        return Outcome(one.id, "uncertain", failure=error.code)
    retry = getattr(error, "retry", Retry.NEVER)
    if retry is Retry.OTHER_CHANNEL:
        return Outcome(one.id, "queued", failure=error.code, retry_at=now(), refused=one.route.channel)
    wait = getattr(error, "retry_at", None) or _wait(retry, one.attempts)
    if wait is None:
        return Outcome(one.id, "failed", failure=error.code)
    return Outcome(one.id, "queued", failure=error.code, retry_at=wait)


def _wait(retry: Retry, attempts: int) -> datetime | None:
    """When to try again; None for never. Exponential with full jitter where nobody said how long."""
    moment = now()
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
