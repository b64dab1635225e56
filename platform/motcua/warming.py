"""What every process makes once, made before a citizen has to wait for it."""

import threading
import time

import structlog
from flask import Flask
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from motcua.catalogue import indexes
from motcua.core.database import db, tenant_scope
from motcua.messaging.dispatch import serving
from motcua.services import prepared
from motcua.tenancy.models import all_tenant_ids

AFTER_S = 5.0
# What waits to be sent goes first: the making takes seconds of the processor that a drain needs.
LOOK_EVERY_S, LONGEST_WAIT_S = 1.0, 300.0

log = structlog.get_logger(__name__)


def warm(app: Flask) -> None:
    """Make the index of procedures and the services' shared tables; what cannot be made is met again when asked for."""
    with app.app_context():
        try:
            tenants = all_tenant_ids()
            db.session.rollback()
            for tenant_id in tenants[:1]:  # the base, nearly all of the work, is the same for all
                with tenant_scope(tenant_id):
                    indexes.tenant_index(tenant_id)
            prepared.warm()
        except (SQLAlchemyError, RedisError) as error:
            log.warning("not_warmed", error=type(error).__name__)


class Warmer(threading.Thread):
    """`warm` for a worker, soon after its start, when nothing is sent."""

    def __init__(self, app: Flask):
        super().__init__(name="warmer", daemon=True)
        self.app, self._stopping = app, threading.Event()

    def run(self) -> None:
        if self._stopping.wait(AFTER_S):
            return
        until = time.monotonic() + LONGEST_WAIT_S
        while serving.is_sending() and time.monotonic() < until:
            if self._stopping.wait(LOOK_EVERY_S):
                return
        warm(self.app)

    def stop(self) -> None:
        self._stopping.set()
