"""The jobs of this room. Each is safe to run twice, takes names and ids only, and finds its own work."""

import time
from datetime import datetime, timedelta

import structlog

from motcua.core import background_loop, queue
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.tenancy import tokens
from motcua.tenancy.tokens import valid_access_token
from motcua.zalo.errors import ZaloError, ZaloNeedsConsent

from . import claims, line, reconciling, sending, traffic
from .claims import Claimed, Outcome
from .outbox import CIRCUIT_OPEN, DELIVER

BATCH = 100
RATE_REACHED = "rate_reached"
TIME_SLICE_S = 20.0  # then the next tenant's turn
WAIT_FOR_TOKEN = timedelta(minutes=10)  # an admin who connects again makes what waits due at once

log = structlog.get_logger(__name__)


def deliver(tenant_id: str, lane: str) -> int:
    """Send what this tenant owes on this lane until nothing is due, Zalo's limit is reached (the sweep wakes
    us again) or the time slice ends; returns how many were handled."""
    queue.woken(DELIVER, tenant_id, lane)
    began, handled = time.monotonic(), 0
    with tenant_scope(tenant_id):
        while batch := claims.claim(lane, BATCH):
            outcomes = _send_batch(tenant_id, lane, batch)
            claims.record(outcomes)
            handled += len(batch)
            if any(outcome.failure == RATE_REACHED for outcome in outcomes):
                break
            if time.monotonic() - began > TIME_SLICE_S:
                queue.wake(DELIVER, tenant_id, lane, lane=lane)
                break
    return handled


def _send_batch(tenant_id: str, lane: str, batch: list[Claimed]) -> list[Outcome]:
    groups: dict[tuple[int, str], list[Claimed]] = {}
    for one in batch:
        if one.route:
            groups.setdefault((one.account_id, one.route.kind), []).append(one)
    ways: sending.Ways = {}
    allowances: list[traffic.Allowance] = []
    held: list[Outcome] = []
    for (account_id, kind), group in groups.items():
        try:
            token = valid_access_token(tenant_id, account_id, line.hosts())
        except ZaloError as error:
            # Nothing has left yet. It waits for an admin or for Zalo, until it expires.
            held += [_held(one, error.code, now() + WAIT_FOR_TOKEN) for one in group]
            continue
        way = traffic.line_of(account_id)
        allowance = traffic.ask(way, kind, lane, len(group))
        allowances.append(allowance)
        client = line.client().proving(way.app_secret).gated(allowance)
        ways[account_id, kind] = sending.Way(token, client)
        held += [_turned_away(one, allowance) for one in group[allowance.granted :]]
    db.session.rollback()  # no transaction while we wait for Zalo
    waiting = {outcome.id for outcome in held}
    ready = [one for one in batch if one.id not in waiting]
    outcomes = background_loop.run(sending.send_all(ways, ready))
    for allowance in allowances:
        allowance.close()
    _look_after_tokens(tenant_id, ready, outcomes, ways)
    return held + outcomes


def _held(one: Claimed, failure: str, until: datetime | None) -> Outcome:
    return Outcome(one.id, "queued", failure=failure, retry_at=until, untried=True)


def _turned_away(one: Claimed, allowance: traffic.Allowance) -> Outcome:
    """Behind an open circuit it waits out the pause; at the rate limit it keeps its place in the line."""
    if allowance.reason == CIRCUIT_OPEN:
        return _held(one, CIRCUIT_OPEN, now() + timedelta(seconds=max(allowance.wait_s, 1.0)))
    return _held(one, RATE_REACHED, None)


def _look_after_tokens(tenant_id, batch, outcomes, ways: sending.Ways) -> None:
    """What Zalo said of the token concerns the whole account: renew it once, or ask for consent."""
    failures = {outcome.id: outcome.failure for outcome in outcomes}
    said: dict[int, set] = {}
    for one in batch:
        if one.route:
            said.setdefault(one.account_id, set()).add(failures[one.id])
    for account_id, found in said.items():
        if ZaloNeedsConsent.code in found:
            tokens.mark_needs_consent(account_id, "grant_gone")
            db.session.commit()
        elif sending.TOKEN_REFUSED in found:
            rejected = next(way.access_token for (key, _), way in ways.items() if key == account_id)
            try:
                valid_access_token(tenant_id, account_id, line.hosts(), rejected=rejected)
            except ZaloError as error:
                log.warning("token_not_renewed", tenant=tenant_id, error=error.code)


def reconcile(tenant_id: str) -> int:
    """Find out what became of messages whose answer was lost; returns how many are settled."""
    queue.woken(reconciling.RECONCILE, tenant_id)
    with tenant_scope(tenant_id):
        return reconciling.settle(tenant_id)
