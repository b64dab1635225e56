"""Reading the inbox in order."""

from datetime import timedelta

import structlog
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from motcua.core import counters, crypto, queue, scope
from motcua.core.clock import now
from motcua.core.database import db, tenant_scope
from motcua.core.errors import Forbidden
from motcua.tenancy import routes
from motcua.tenancy.models import OfficialAccount, ZaloApp
from motcua.zalo import signature, webhooks
from motcua.zalo.webhook_events import Event, UnknownEvent

from .models import WebhookEvent
from .telling import READ  # noqa: F401

MOST_TRIES = 8
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('inbox/' || :tenant, 0))")

log = structlog.get_logger(__name__)


def handle_next(handler) -> bool:
    """Deal with the oldest due event of the tenant in scope in one transaction; False when none is due.

    One reader a tenant at a time keeps a citizen's events in order. An event whose time has not come
    (`handler` returns False) or which fails is tried again later, and set aside after MOST_TRIES.
    """
    tenant_id = scope.required()
    db.session.execute(LOCK, {"tenant": tenant_id})
    row = db.session.scalar(
        db.select(WebhookEvent)
        .where(WebhookEvent.state == "new", WebhookEvent.next_try_at <= now())
        .order_by(WebhookEvent.next_try_at, WebhookEvent.id)
        .limit(1)
    )
    if row is None:
        db.session.rollback()
        return False
    row_id, row.tries = row.id, row.tries + 1
    try:
        with db.session.begin_nested():
            settled = handler(row.oa_id, _open(row))
    except Exception as error:
        log.exception("webhook_event_failed", tenant=tenant_id, event_id=row_id, error=type(error).__name__)
        settled = None
    if settled:
        row.state = "done"
    elif row.tries >= MOST_TRIES:
        row.state = "failed" if settled is None else "ignored"
    else:
        row.next_try_at = now() + timedelta(seconds=2**row.tries)
    db.session.commit()
    return True


def find(oa_id: str, event_key: str) -> Event | None:
    """One stored event of the tenant in scope."""
    row = db.session.scalar(
        db.select(WebhookEvent).where(WebhookEvent.oa_id == oa_id, WebhookEvent.event_key == event_key)
    )
    return row and _open(row)


def has_due() -> bool:
    """Whether the tenant in scope has events waiting: the sweep asks."""
    return db.session.scalar(
        db.select(db.exists().where(WebhookEvent.state == "new", WebhookEvent.next_try_at <= now()))
    )


def _open(row: WebhookEvent) -> Event:
    return webhooks.parse(crypto.keyring().decrypt(row.tenant_id, "webhook", row.body_encrypted).encode())
