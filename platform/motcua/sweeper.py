"""Every few seconds: whatever the queue forgot and the database still knows, for every tenant.

Each worker process runs one and they take turns; two at once do no harm, because each step is one statement on
rows that it changes. Redis may be empty, a worker dead, a job lost: this finds the work again.
"""

import threading
import time

import structlog
from flask import Flask
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from motcua.alerts import watching
from motcua.appointments import reminding
from motcua.audit import anchoring
from motcua.audit.models import PLATFORM
from motcua.broadcasts import running as broadcasts
from motcua.catalogue.importing import imports
from motcua.conversation import inbox
from motcua.conversation import services as service_talk
from motcua.conversation.telling import READ
from motcua.core import queue
from motcua.core.database import db, tenant_scope
from motcua.data_requests import handling as data_requests
from motcua.dossiers import lookout, recalculating, rereading
from motcua.dossiers.adapters import pulling
from motcua.dossiers.door import jobs as door_jobs
from motcua.dossiers.door import subscriptions, telling
from motcua.exports import making as exports
from motcua.facts import keeping as facts
from motcua.feedback import drafts as feedback_drafts
from motcua.messaging import reconciling, spending, template_sync
from motcua.messaging.sweep import sweep
from motcua.reminders import licences
from motcua.services import waiting as waiting_answers
from motcua.services.sources import taking
from motcua.subscriptions import telling as telling_subscribers
from motcua.surveys import asking
from motcua.tenancy.models import all_tenant_ids

EVERY_S = 3.0
# With many provinces a round takes long, and this thread's time is the senders' time too.
REST = 2.0
TURN = "motcua:sweep:turn"
HEARTBEAT = "motcua:workers:heartbeat"
HEARTBEAT_TTL_S = 30
FORGET = [
    text(f"DELETE FROM {table} WHERE tenant_id = :tenant AND created_at < now() - interval '3 days'")  # noqa: S608
    for table in ("answered_request", "dossier_batch_chunk")
]

log = structlog.get_logger(__name__)


def sweep_all() -> int:
    """One round over all tenants; returns how many had something waiting. Call it in an app context."""
    tenants = all_tenant_ids()
    db.session.rollback()
    queue.connection().set(HEARTBEAT, time.time(), ex=HEARTBEAT_TTL_S)
    found = 0
    for tenant_id in tenants:
        with tenant_scope(tenant_id):
            lanes = sweep()
            spending.tally()
            watching.look()
            for forget in FORGET:
                db.session.execute(forget, {"tenant": tenant_id})
            telling.forget_old()
            waiting_answers.forget_old()
            feedback_drafts.forget_old()
            db.session.commit()
            anchoring.anchor_today()
            imports.wake_waiting()
            recalculating.wake_waiting()
            rereading.wake_waiting()
            subscriptions.wake_waiting()
            door_jobs.wake_waiting()
            pulling.wake_due()
            reconciling.wake_due()
            reminding.sweep()
            licences.sweep()
            data_requests.finish_erasures()
            exports.tidy()
            taking.wake_waiting()
            asking.sweep()
            service_talk.sweep()
            lookout.wake_due()
            telling_subscribers.wake_due()
            template_sync.wake_due()
            broadcasts.wake_due()
            facts.wake_due()
            if waiting := inbox.has_due():
                queue.wake(READ, tenant_id, lane="urgent")
            found += bool(lanes or waiting)
    with tenant_scope(PLATFORM):
        anchoring.anchor_today()
    queue.connection().set(HEARTBEAT, time.time(), ex=HEARTBEAT_TTL_S)
    return found


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
            self.stopping.wait(max(self.every_s, (time.monotonic() - began) * REST))

    def stop(self) -> None:
        self.stopping.set()
