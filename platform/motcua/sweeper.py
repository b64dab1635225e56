"""Every few seconds: whatever the queue forgot and the database still knows, for every tenant.

Each worker process runs one; two at once do no harm, because each step is one statement on rows that it
changes. Redis may be empty, a worker dead, a job lost: this finds the work again.
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
from motcua.broadcasts import running as broadcasts
from motcua.catalogue.importing import imports
from motcua.conversation import inbox
from motcua.core import queue
from motcua.core.database import db, tenant_scope
from motcua.dossiers import lookout, recalculating, rereading
from motcua.dossiers.adapters import pulling
from motcua.dossiers.door import jobs as door_jobs
from motcua.dossiers.door import subscriptions, telling
from motcua.messaging.sweep import sweep
from motcua.surveys import asking
from motcua.tenancy.models import all_tenant_ids

EVERY_S = 3.0
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
    found = 0
    for tenant_id in tenants:
        with tenant_scope(tenant_id):
            lanes = sweep()
            watching.look()
            for forget in FORGET:
                db.session.execute(forget, {"tenant": tenant_id})
            telling.forget_old()
            db.session.commit()
            imports.wake_waiting()
            recalculating.wake_waiting()
            rereading.wake_waiting()
            subscriptions.wake_waiting()
            door_jobs.wake_waiting()
            pulling.wake_due()
            reminding.sweep()
            asking.sweep()
            lookout.wake_due()
            broadcasts.wake_due()
            if waiting := inbox.has_due():
                queue.wake(inbox.READ, tenant_id, lane="urgent")
            found += bool(lanes or waiting)
    queue.connection().set(HEARTBEAT, time.time(), ex=HEARTBEAT_TTL_S)
    return found


class Sweeper(threading.Thread):
    """Runs `sweep_all` until stopped; an outage of PostgreSQL or Redis only delays it."""

    def __init__(self, app: Flask, every_s: float = EVERY_S):
        super().__init__(name="sweeper", daemon=True)
        self.app, self.every_s, self.stopping = app, every_s, threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            with self.app.app_context():
                try:
                    sweep_all()
                except (SQLAlchemyError, RedisError) as error:
                    log.warning("sweep_postponed", error=type(error).__name__)
            self.stopping.wait(self.every_s)

    def stop(self) -> None:
        self.stopping.set()
