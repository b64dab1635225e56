"""A worker that stops half-way: what it claims, and what it writes, as the drain does it."""

from motcua.core import background_loop
from motcua.messaging.dispatch import outcomes, serving
from motcua.messaging.dispatch.claiming import Claimer
from motcua.messaging.dispatch.claims import Claimed
from motcua.messaging.dispatch.outcomes import Outcome
from motcua.messaging.pace.turns import OneTenant


def claim(lane: str, batch: int, tenant_id: str = "binh-thuan") -> list[Claimed]:
    """Take up to `batch` messages and do nothing with them."""
    claimer = Claimer(serving.means(), OneTenant(tenant_id, lane))
    found = background_loop.run(claimer.claim(batch, busy=False))
    return found.claimed if found else []


def record(*written: Outcome) -> None:
    background_loop.run(outcomes.record(serving.means().records, written))
