"""The jobs of this room. Each is safe to run twice, takes names and ids only, and finds its own work."""

import time
from datetime import timedelta

import structlog

from motcua.core import background_loop, queue
from motcua.core.clock import now
from motcua.core.database import tenant_scope
from motcua.tenancy.tokens import valid_access_token
from motcua.zalo.errors import ZaloError

from . import claims, line, reconciling, sending
from .claims import Claimed, Outcome
from .outbox import DELIVER

BATCH = 100
TIME_SLICE_S = 20.0  # then the next tenant's turn
WAIT_FOR_TOKEN = timedelta(minutes=1)

log = structlog.get_logger(__name__)


def deliver(tenant_id: str, lane: str) -> int:
    """Send what this tenant owes on this lane until nothing is due or the time slice ends; returns how many."""
    queue.woken(DELIVER, tenant_id, lane)
    began, handled = time.monotonic(), 0
    with tenant_scope(tenant_id):
        while batch := claims.claim(lane, BATCH):
            claims.record(_send_batch(tenant_id, batch))
            handled += len(batch)
            if time.monotonic() - began > TIME_SLICE_S:
                queue.wake(DELIVER, tenant_id, lane, lane=lane)
                break
    return handled


def _send_batch(tenant_id: str, batch: list[Claimed]) -> list[Outcome]:
    tokens: dict[int, str] = {}
    closed: list[Outcome] = []
    for account_id in {one.account_id for one in batch if one.route}:
        try:
            tokens[account_id] = valid_access_token(tenant_id, account_id, line.hosts())
        except ZaloError as error:
            # Nothing has left yet. It waits for an admin or for Zalo, until it expires.
            closed += [
                Outcome(one.id, "queued", failure=error.code, retry_at=now() + WAIT_FOR_TOKEN)
                for one in batch
                if one.account_id == account_id
            ]
    held = {outcome.id for outcome in closed}
    ready = [one for one in batch if one.id not in held]
    outcomes = background_loop.run(sending.send_all(line.client(), tokens, ready))
    _renew_refused_tokens(tenant_id, ready, outcomes, tokens)
    return closed + outcomes


def _renew_refused_tokens(tenant_id, batch, outcomes, tokens) -> None:
    """Zalo refused a token that we thought fresh: renew it once; the messages are already due again."""
    refused = {outcome.id for outcome in outcomes if outcome.failure == sending.TOKEN_REFUSED}
    for account_id in {one.account_id for one in batch if one.id in refused}:
        try:
            valid_access_token(tenant_id, account_id, line.hosts(), rejected=tokens[account_id])
        except ZaloError as error:
            log.warning("token_not_renewed", tenant=tenant_id, error=error.code)


def reconcile(tenant_id: str) -> int:
    """Find out what became of messages whose answer was lost; returns how many are settled."""
    queue.woken(reconciling.RECONCILE, tenant_id)
    with tenant_scope(tenant_id):
        return reconciling.settle(tenant_id)
