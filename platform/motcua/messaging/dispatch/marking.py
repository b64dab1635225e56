"""Writing what was decided, in the transaction that looked: what leaves, what is put off, and what is closed."""

from collections.abc import Sequence

from motcua.core.hot_connection import Transaction
from motcua.messaging import leaving

from . import claims
from .deciding import EXPIRED, Decision


async def mark(transaction: Transaction, decisions: Sequence[Decision]) -> None:
    """Write what was decided, of tenants in their order; what was claimed may leave after the commit."""
    sending = [one for one in decisions if one.claimed]
    if sending:
        claimed = [one for decision in sending for one in sorted(decision.claimed, key=lambda one: one.id)]
        words = {
            "tenants": [one.turn.tenant_id for one in sending],
            "counts": [len(one.claimed) for one in sending],
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
        words = {"failure": failure, "until": str(until) if until else None, "tenant": tenant_id, "ids": ids}
        if until and failure in leaving.OUTLIVED:
            words |= {"life": leaving.LIFETIME["broadcast"], "most": leaving.WAITS_AT_MOST}
            await transaction.run(claims.PUT_OFF_ALIVE, words)
        else:
            await transaction.run(claims.PUT_OFF, words)
    for (state, failure), ids in decision.closed.items():
        if failure == EXPIRED:
            await transaction.run(claims.EXPIRE, {"tenant": tenant_id, "ids": ids})
        else:
            words = {"state": state, "failure": failure}
            await transaction.run(claims.CLOSE, words | {"tenant": tenant_id, "ids": ids})
