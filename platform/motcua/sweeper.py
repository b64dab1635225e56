"""Every few seconds: whatever the queue forgot and the database still knows, for every tenant.

Each worker process runs one and they take turns; two at once do no harm, because each step is one statement on
rows that it changes. Redis may be empty, a worker dead, a job lost: this finds the work again. One statement over
all provinces names those with work that cannot wait; apart from that they are visited in turn, so that a round
costs about the same with sixty provinces and with a thousand.
"""

import math
import threading
import time
from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import structlog
from flask import Flask
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from motcua import retention
from motcua.alerts import watching
from motcua.appointments import reminding
from motcua.audit import anchoring
from motcua.audit.models import PLATFORM
from motcua.broadcasts import running as broadcasts
from motcua.catalogue.importing import imports
from motcua.conversation import inbox
from motcua.conversation import services as service_talk
from motcua.conversation.receiving.telling import READ
from motcua.core import everywhere, queue, scope
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.data_requests import handling as data_requests
from motcua.dossiers import lookout, recalculating, rereading, untold
from motcua.dossiers.adapters import pulling
from motcua.dossiers.door import jobs as door_jobs
from motcua.dossiers.door import subscriptions, telling
from motcua.exports import making as exports
from motcua.facts import keeping as facts
from motcua.feedback import drafts as feedback_drafts
from motcua.messaging import template_sync
from motcua.messaging.dispatch import reconciling, serving
from motcua.messaging.limits import plans, spending
from motcua.messaging.pace.sweep import DUE, sweep, wake_everywhere
from motcua.reminders import licences
from motcua.services import waiting as waiting_answers
from motcua.services.sources import taking
from motcua.subscriptions import telling as telling_subscribers
from motcua.surveys import asking
from motcua.tenancy.models import all_tenant_ids

EVERY_S = 3.0
# With many provinces a round takes long, and this thread's time is the senders' time too.
REST = 2.0
# Every province is visited whole once in this time, and at once where few provinces share the installation.
WHOLE_WITHIN_S, LEAST_AT_ONCE = 300.0, 10
# What waits to be sent goes first: a visit takes this process forty milliseconds, in which it sends two hundred.
NONE_WHILE_SENDING_S = 30.0
WHOLE_WHILE_SENDING_S, LEAST_WHILE_SENDING = 900.0, 3
TURN, VISITED, HELD = "motcua:sweep:turn", "motcua:sweep:visited", "motcua:sweep:held"
HEARTBEAT = "motcua:workers:heartbeat"
HEARTBEAT_TTL_S = 30
FORGET = [
    text(f"DELETE FROM {table} WHERE tenant_id = :tenant AND created_at < now() - interval '3 days'")  # noqa: S608
    for table in ("answered_request", "dossier_batch_chunk")
]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Step:
    """One room's part of a visit, for the tenant in scope.

    `due`: SQL, true of a row of `tenant` for whom it cannot wait for the province's turn; it may use `:now`.
    """

    run: Callable[[], object]
    due: str = "false"

    @property
    def name(self) -> str:
        return f"{self.run.__module__}.{self.run.__name__}"


def _forget() -> None:
    for forget in FORGET:
        db.session.execute(forget, {"tenant": scope.required()})
    telling.forget_old()
    waiting_answers.forget_old()
    feedback_drafts.forget_old()
    db.session.commit()


def _read_inbox() -> None:
    if inbox.has_due():
        queue.wake(READ, scope.required(), lane="urgent")


INBOX = Step(_read_inbox, inbox.DUE_THERE)
STEPS = (
    Step(sweep, DUE),
    Step(spending.tally, spending.DUE),
    Step(watching.look),
    Step(anchoring.anchor_today),
    Step(_forget),
    Step(retention.sweep),
    Step(imports.wake_waiting),
    Step(recalculating.wake_waiting),
    Step(rereading.wake_waiting),
    Step(subscriptions.wake_waiting, subscriptions.DUE),
    Step(door_jobs.wake_waiting),
    Step(pulling.wake_due, pulling.DUE),
    Step(reconciling.wake_due, reconciling.DUE),
    Step(reminding.sweep),
    Step(licences.sweep),
    Step(data_requests.finish_erasures),
    Step(exports.tidy),
    Step(taking.wake_waiting),
    Step(asking.sweep),
    Step(service_talk.sweep, waiting_answers.DUE),
    Step(lookout.wake_due),
    Step(untold.sweep),
    Step(telling_subscribers.wake_due, telling_subscribers.DUE),
    Step(template_sync.wake_due),
    Step(broadcasts.wake_due, broadcasts.DUE),
    Step(facts.wake_due),
    INBOX,
)
_DUE = ", ".join(f"coalesce({step.due}, false)" for step in STEPS)
# One look at all provinces for all rooms: what it costs does not grow with what waits.
NAMED = text(f"""
    SELECT id, found FROM tenant CROSS JOIN LATERAL (SELECT ARRAY[{_DUE}] OFFSET 0) AS due(found)
    WHERE status <> 'suspended' AND true = ANY (found)
""")  # noqa: S608 - our own constants


def sweep_all() -> int:
    """One round: everything for the provinces whose turn it is, and for the others what cannot wait for it.

    Returns how many had something waiting. Call it in an app context.
    """
    tenants = sorted(all_tenant_ids())
    db.session.rollback()
    queue.connection().set(HEARTBEAT, time.time(), ex=HEARTBEAT_TTL_S)
    plans.keep_everywhere()
    try:
        found, named, visits = wake_everywhere(), _named(), _visits(tenants)
    except SQLAlchemyError as error:
        # The reports' server is away: as long as that lasts, everybody is visited.
        log.warning("sweep_without_reports", error=type(error).__name__)
        found, named, visits = set(), {}, tenants
    for tenant_id, steps in named.items():
        _run_all(tenant_id, steps)
    for tenant_id in visits:
        _run_all(tenant_id, [step for step in STEPS if step not in named.get(tenant_id, ())])
    retention.forget_quarantined()
    with tenant_scope(PLATFORM):
        anchoring.anchor_today()
    queue.connection().set(HEARTBEAT, time.time(), ex=HEARTBEAT_TTL_S)
    return len(found | {tenant_id for tenant_id, due in named.items() if INBOX in due})


def _run_all(tenant_id: str, steps: Sequence[Step]) -> None:
    with tenant_scope(tenant_id):
        for step in steps:
            _run(step)


def _run(step: Step) -> None:
    """What a bug stops in one room, of one province, goes on everywhere else."""
    try:
        step.run()
    except Exception as error:
        if _is_away(error):
            raise
        db.session.rollback()
        log.exception("sweep_step_failed", tenant=scope.required(), step=step.name)


def _is_away(error: Exception) -> bool:
    """Whether a server does not answer, which the next province would meet as well."""
    if isinstance(error, DBAPIError):
        code = getattr(error.orig, "sqlstate", None)
        return code is None or code.startswith(("08", "57P"))
    return isinstance(error, RedisError | PoolTimeout)


def _named() -> dict[str, list[Step]]:
    return {
        tenant_id: [step for step, is_due in zip(STEPS, found, strict=True) if is_due]
        for tenant_id, found in everywhere.rows(NAMED, {"now": now()})
    }


def _visits(tenants: list[str]) -> Iterator[str]:
    """Those that follow the last one visited whole, by any worker; from the first on where Redis forgot.

    None while this process has just begun to send, unless visits were held back for as long before; fewer while it
    goes on: with a thousand provinces their visits are an eighth of its time.
    """
    sending_s = serving.sending_for_s()
    most = _most_visits(len(tenants), sending_s)
    if 0 < sending_s < NONE_WHILE_SENDING_S and _held_for_s() < NONE_WHILE_SENDING_S:
        return
    last = (queue.connection().get(VISITED) or b"").decode()
    behind = bisect(tenants, last)
    for tenant_id in (tenants[behind:] + tenants[:behind])[:most]:
        if not sending_s and serving.sending_for_s():
            break
        queue.connection().set(VISITED, tenant_id)
        queue.connection().delete(HELD)
        yield tenant_id


def _most_visits(tenants: int, sending_s: float) -> int:
    if not sending_s:
        return max(LEAST_AT_ONCE, math.ceil(tenants * EVERY_S / WHOLE_WITHIN_S))
    every_s = NONE_WHILE_SENDING_S if sending_s < NONE_WHILE_SENDING_S else EVERY_S
    return max(LEAST_WHILE_SENDING, math.ceil(tenants * every_s / WHOLE_WHILE_SENDING_S))


def _held_for_s() -> float:
    """Since when visits are held back, by any worker; they are from now on."""
    moment = now().timestamp()
    queue.connection().set(HELD, moment, nx=True)
    since = float(queue.connection().get(HELD) or moment)
    if since > moment:  # by a host whose clock is ahead of this one's
        queue.connection().set(HELD, moment)
    return max(moment - since, 0.0)


def _is_my_turn(every_s: float) -> bool:
    """One worker's round is enough for all; two at once do no harm, so nothing more is asked of Redis."""
    try:
        return bool(queue.connection().set(TURN, "1", nx=True, px=int(every_s * 900)))
    except RedisError:
        return True


class Sweeper(threading.Thread):
    """Runs `sweep_all` until stopped; an outage of PostgreSQL or Redis only delays it."""

    def __init__(self, app: Flask, every_s: float = EVERY_S):
        super().__init__(name="sweeper", daemon=True)
        self.app, self.every_s, self.stopping = app, every_s, threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            began = time.monotonic()
            with self.app.app_context():
                try:
                    if _is_my_turn(self.every_s):
                        sweep_all()
                except (SQLAlchemyError, RedisError) as error:
                    log.warning("sweep_postponed", error=type(error).__name__)
                except Exception:
                    # Nobody would notice that this thread has ended, and everything waits for it.
                    log.exception("sweep_failed")
            self.stopping.wait(max(self.every_s, (time.monotonic() - began) * REST))

    def stop(self) -> None:
        self.stopping.set()
